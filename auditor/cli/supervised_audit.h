// SPDX-License-Identifier: MIT
// Audits the accounts of a run in processes of their own, and tells how far it is.
#pragma once

#include <functional>

#include "cli/account_audit.h"

namespace sshaudit {

// Calls `take` with the report of each account, in their order. What that returns as an error ends the run.
Result<void> audit_accounts(const Arguments& arguments, AccountAudit& audit,
                            const std::function<Result<void>(AccountReport& report)>& take);

}  // namespace sshaudit
