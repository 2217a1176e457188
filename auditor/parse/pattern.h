// SPDX-License-Identifier: MIT
// The patterns of ssh_config(5), "PATTERNS", as sshd matches them. Source: OpenSSH match.c.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sshaudit {

// `*` and `?`; case counts.
bool matches_pattern(std::string_view text, std::string_view pattern);

// A list with commas, each element possibly negated with `!`. Returns 1 for a match, 0 for none, -1 when a negated
// element matches. An element of more than 1,022 characters makes the list match nothing. With `fold_case` the elements
// are taken in lower case, as the text has to be.
int matches_pattern_list(std::string_view text, std::string_view list, bool fold_case);

// What stands between the commas of a list; of an empty list one element, which is empty.
std::vector<std::string_view> elements_of(std::string_view list);

// In lower case as the C locale has it.
std::string lower_case(std::string_view text);

}  // namespace sshaudit
