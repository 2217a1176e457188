// SPDX-License-Identifier: MIT
// Runs a program of the host and keeps what it says.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "sshaudit/result.h"

namespace sshaudit {

struct ProgramOutput {
  int exit_status = 0;  // 128 + the signal's number when one ended it
  std::string out;      // at most 1 MiB of each
  std::string err;
};

// Runs argv[0] (an absolute path) without a shell, with a clean environment, /dev/null as input and no other
// descriptor. Killed and an error when it takes longer than `deadline` or says more than 1 MiB.
Result<ProgramOutput> run_program(const std::vector<std::string>& argv, std::chrono::milliseconds deadline);

}  // namespace sshaudit
