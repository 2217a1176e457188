// SPDX-License-Identifier: MIT
// Findings -> plan, and what an account looks like when the plan is carried out. No input or output.
#pragma once

#include <string_view>
#include <vector>

#include "rules/rule.h"
#include "sshaudit/evidence.h"
#include "sshaudit/plan.h"
#include "sshaudit/report.h"

namespace sshaudit {

// `evidences` are what `report` was made from: one for each kind of connections. Changes of content are planned only
// when `date` ("2026-01-31") is not empty. Plan::then and let_in are left to be found out.
Plan plan_account(const AccountReport& report, const std::vector<AccountEvidence>& evidences, const Context& context,
                  std::string_view date);

// The evidence as it will be, as far as that can be told.
AccountEvidence with_plan(AccountEvidence evidence, const Plan& plan);

// Whether something that the plan opens is out of sight until then.
bool opens_what_is_closed(const std::vector<AccountEvidence>& evidences, const Plan& plan);

// The keys that are accepted then and not now.
std::vector<ListedKey> keys_let_in(const AccountReport& now, const AccountReport& then);

}  // namespace sshaudit
