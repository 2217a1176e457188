// SPDX-License-Identifier: MIT
// All rules, in the order in which sshd meets their subjects.
#pragma once

#include <string_view>
#include <vector>

#include "sshaudit/finding.h"

namespace sshaudit {

std::vector<const RuleInfo*> catalogue();

// Null when there is no such rule.
const RuleInfo* find_rule(std::string_view id);

}  // namespace sshaudit
