// SPDX-License-Identifier: MIT
// Runs a program of the host as somebody else, the way sshd runs its commands (OpenSSH misc.c: subprocess).
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "sshaudit/account.h"
#include "sshaudit/result.h"

namespace sshaudit {

struct ForeignProgram {
  std::vector<std::string> argv;         // argv[0] is an absolute path
  std::vector<std::string> environment;  // "NAME=value", and nothing else
  Identity identity;                     // only root can take another than its own
  std::chrono::milliseconds deadline{10000};
  std::size_t most_output = 16UL * 1024 * 1024;
};

struct ForeignOutcome {
  enum class End {
    exited,
    signalled,
    timed_out,      // with all of its process group it was killed
    not_reachable,  // the identity cannot stat(2) the program
    not_started,    // execve(2) failed
  };
  End end = End::exited;
  int status = 0;  // exit status, number of the signal, or errno of what failed
  std::string out;
  std::string last_words;  // the last line on standard error
  bool truncated = false;  // it wrote more to its output
};

// In "/", with /dev/null as input and no other descriptor. An error when there is no process to be had, or when the
// identity cannot be taken.
Result<ForeignOutcome> run_as(const ForeignProgram& program);

}  // namespace sshaudit
