// SPDX-License-Identifier: MIT
// What from= of a key line can match at all (sshd(8); ssh_config(5), "PATTERNS").
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sshaudit {

// Why no client ever matches the list, in words; empty when one may. Without `use_dns` clients have no names.
std::string why_nobody_matches(std::string_view list, bool use_dns);

// Elements that never match, in a list that does.
struct DeadElement {
  std::string text;
  std::string why;
  std::string instead;  // what to do
};
std::vector<DeadElement> dead_elements(std::string_view list, bool use_dns);

}  // namespace sshaudit
