// SPDX-License-Identifier: MIT
// Audits the accounts of a run in processes of their own, and tells how far it is.
#pragma once

#include <functional>

#include "cli/account_audit.h"

namespace sshaudit {

// Takes the report of an account; `outcome` is what it was made of, for AccountAudit::plan().
using TakeReport = std::function<Result<void>(AccountReport& report, const AccountOutcome& outcome)>;

// Calls `take` for each account, in their order. What that returns as an error ends the run.
Result<void> audit_accounts(const Arguments& arguments, AccountAudit& audit, const TakeReport& take);

}  // namespace sshaudit
