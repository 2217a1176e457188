// SPDX-License-Identifier: MIT
// Gives accounts to pairs of processes and puts what they report into the order of the accounts. A pair that is past
// the deadline, or dead, costs the account that it was busy with; the others that it had are given to another one.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "sshaudit/lost_account.h"
#include "sshaudit/result.h"
#include "supervisor/account_work.h"

namespace sshaudit {

struct SupervisorLimits {
  std::size_t most_pairs = 0;  // 0: as many as there are processors, and more as long as they only wait
  int deadline = 10;           // seconds for one account
};

// What is known of an account in the end: `report` as AccountWork::judge made it, or a loss.
struct AccountOutcome {
  std::optional<Loss> loss;
  std::string report;
};

struct SupervisedRun {
  std::size_t left_behind = 0;  // processes that cannot be ended now: the kernel waits for what does not answer
  int filter_errnum = 0;        // why users' bytes were parsed without a filter of system calls; 0: with one
};

// Calls `deliver` for each account, in their order, as soon as it is known. What that returns as an error ends the run.
Result<SupervisedRun> supervise(
    std::size_t accounts, const AccountWork& work, const SupervisorLimits& limits,
    const std::function<Result<void>(std::size_t account, AccountOutcome outcome)>& deliver);

}  // namespace sshaudit
