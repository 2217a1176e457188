// SPDX-License-Identifier: MIT
// Single values of sshd_config(5): times, numbers, ports and names of files. Source: OpenSSH misc.c, servconf.c.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "parse/sshd_config.h"

namespace sshaudit {

// In seconds: "1h30m". Nothing when it is no time, or more than an int holds. Where a number without a unit
// `keeps_unit` (before 8.4), it has that of the one before it.
std::optional<long> parse_time(std::string_view text, bool keeps_unit = false);

// 0 to INT_MAX; a blank in front and a sign are allowed, as strtonum(3) does.
std::optional<long> parse_integer(std::string_view text);

// A number up to 65535, or the name of a service.
std::optional<int> parse_port(const std::string& text, const ConfigHost& host);

// A name with its `~`, if any, replaced. Nothing when there is no such user.
std::optional<std::string> expand_tilde(const std::string& name, const ConfigHost& host);

// Absolute, from sshd's working directory, /. "none" stays what it is.
std::optional<std::string> absolute_name(const std::string& name, const ConfigHost& host);

}  // namespace sshaudit
