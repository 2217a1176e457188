// SPDX-License-Identifier: MIT
// Account expiry and password ageing (shadow(5)), as pam_unix judges them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rules/pam_modules.h"
#include "sshaudit/account.h"

namespace sshaudit {

constexpr std::int64_t seconds_of_a_day = 86400;

// What pam_unix says of a shadow entry on a day, counted since 1970. Source: Linux-PAM, modules/pam_unix/passverify.c,
// check_shadow_expiry.
PamCode shadow_state(const ShadowEntry& entry, std::int64_t today, PamAge age);

// The days after `today` and up to `last` on which shadow_state() may change, ascending.
std::vector<std::int64_t> changing_days(const ShadowEntry& entry, std::int64_t today, std::int64_t last);

std::string day_in_words(std::int64_t day);  // "2026-12-01"

}  // namespace sshaudit
