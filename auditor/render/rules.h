// SPDX-License-Identifier: MIT
// The catalogue of rules as text.
#pragma once

#include <string>
#include <vector>

#include "sshaudit/finding.h"

namespace sshaudit {

std::string render_rules(const std::vector<const RuleInfo*>& rules);  // one line each
std::string render_rule(const RuleInfo& rule);                        // in full

}  // namespace sshaudit
