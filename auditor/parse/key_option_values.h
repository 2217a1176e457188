// SPDX-License-Identifier: MIT
// What may stand between the quotes of a key line's options.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "parse/key_grammar.h"

namespace sshaudit {

// A time so late that it never comes: what sshd from 10.4 on makes of one before 1970.
constexpr std::int64_t never = INT64_MAX;

// Of expiry-time: YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, and Z or UTC behind it where sshd knows that; seconds since
// 1970. Source: OpenSSH misc.c, parse_absolute_time, and strptime(3) of the C library.
std::optional<std::int64_t> parse_expiry_time(std::string_view text, const KeyGrammar& grammar);

// The same in UTC, with a Z.
std::string print_expiry_time(std::int64_t seconds);

// "2026-12-01", or "2026-11-30T23:00Z", in UTC.
std::string date_in_words(std::int64_t seconds);

// Of permitopen and permitlisten: "host:80", "[::1]:80", "host:*", or with a slash for the colon. Source: misc.c,
// hpdelim2, a2port.
bool is_permit(std::string_view value, const KeyGrammar& grammar);

// Of environment, before the "=". Source: misc.c, valid_env_name.
bool is_environment_name(std::string_view name, const KeyGrammar& grammar);

}  // namespace sshaudit
