// SPDX-License-Identifier: MIT
// Accounts that a run could not look at: nothing is known of them.
#pragma once

#include <span>

#include "rules/rule.h"
#include "sshaudit/lost_account.h"

namespace sshaudit {

std::span<const Rule<LostAccount>> lost_account_rules();

}  // namespace sshaudit
