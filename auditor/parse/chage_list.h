// SPDX-License-Identifier: MIT
// What `chage -l` prints of an account: all of its shadow(5) row but the password.
#pragma once

#include <optional>
#include <string_view>

#include "sshaudit/account.h"

namespace sshaudit {

// In the C locale, dates as "Nov 27, 2026" or "2026-11-27". Nothing when a line is missing or is not understood.
std::optional<ShadowEntry> parse_chage_list(std::string_view text);

}  // namespace sshaudit
