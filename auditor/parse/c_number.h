// SPDX-License-Identifier: MIT
// Numbers as strtoll(3) reads them with a base of 0.
#pragma once

#include <optional>
#include <string_view>

namespace sshaudit {

// "12", " -0x1f", "010" (8), and 0 for an empty text. Nothing when something else follows, or when it is too large.
std::optional<long long> c_number(std::string_view text);

}  // namespace sshaudit
