// SPDX-License-Identifier: MIT
// AuthorizedKeysCommand: where it is set, and what came of running it for one account.
#pragma once

#include <cstddef>
#include <string>

#include "sshaudit/path_walk.h"
#include "sshaudit/sshd_config.h"

namespace sshaudit {

// One that the configuration has, for everybody or in a Match block.
struct KeysCommand {
  std::string text;  // as configured, with its arguments
  std::string user;  // AuthorizedKeysCommandUser; empty when it is not set
  ConfigPlace place;
  bool user_exists = true;

  bool operator==(const KeysCommand&) const = default;
};

enum class KeysCommandEnd {
  not_run,    // what it would print is not known
  skipped,    // sshd does not run it either
  exited,     // with `status`
  signalled,  // by the signal `status`
  timed_out,  // it was ended
};

struct KeysCommandRun {
  std::string command;  // as sshd has it in its log: the program and its arguments, expanded
  std::string user;     // whom it ran as
  KeysCommandEnd end = KeysCommandEnd::not_run;
  int status = 0;
  std::string reason;         // why it was not run, or is not run by sshd
  std::string last_words;     // the last line on its standard error
  std::string printed;        // key lines; at most 16 MiB
  bool truncated = false;     // it printed more
  std::size_t key_lines = 0;  // lines that are neither empty nor a comment

  bool operator==(const KeysCommandRun&) const = default;
};

}  // namespace sshaudit
