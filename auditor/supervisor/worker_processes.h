// SPDX-License-Identifier: MIT
// What the two processes of a pair do until nothing more comes.
#pragma once

#include "gather/lookout.h"
#include "supervisor/account_work.h"

namespace sshaudit {

struct ObserverPipes {
  int accounts = -1;  // positions, 4 bytes each
  int evidence = -1;
  int answers = -1;
};

// Both end the process: 0 when all was done, 3 when the other end of a pipe was gone.
[[noreturn]] void observe_accounts(const AccountWork& work, const ObserverPipes& pipes, const Watch& watch,
                                   int deadline_seconds) noexcept;
[[noreturn]] void judge_accounts(const AccountWork& work, int evidence, int reports, int answers,
                                 Lookout& lookout) noexcept;

// The first byte of a message.
constexpr char question_mark = 'Q';  // observer to judge
constexpr char evidence_mark = 'E';  // observer to judge: position, evidence
constexpr char report_mark = 'R';    // judge to supervisor: position, report
constexpr char failure_mark = 'F';   // either: position, what went wrong

constexpr int other_end_gone = 3;

}  // namespace sshaudit
