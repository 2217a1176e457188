// SPDX-License-Identifier: MIT
// The catalogue of rules as sections of a manual page.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sshaudit/finding.h"

namespace sshaudit {

// Text for a manual page, in which troff takes nothing for a request or an escape.
std::string for_troff(std::string_view text);

// A section for each kind of subject, a paragraph with a tag for each rule.
std::string rules_sections(const std::vector<const RuleInfo*>& rules);

}  // namespace sshaudit
