// SPDX-License-Identifier: MIT
// An account that a run could not look at or judge, and why.
#pragma once

#include <string>

#include "sshaudit/account.h"

namespace sshaudit {

struct Loss {
  enum class Why {
    timed_out,  // looking at it took longer than `seconds`
    too_slow,   // judging what was seen of it did
    skipped,    // its home is on the mount `path`, which did not answer in this run
    crashed,    // the process that looked at it or judged it was ended by the signal `number`, or exited with it
    failed,     // it could not go on: `text`
  };
  Why why = Why::failed;
  std::string path;  // what did not answer, on the host; empty where nobody knows
  int seconds = 0;
  int number = 0;
  bool is_signal = false;
  std::string text;

  bool operator==(const Loss&) const = default;
};

struct LostAccount {
  Account account;
  Loss loss;
};

}  // namespace sshaudit
