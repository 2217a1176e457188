// SPDX-License-Identifier: MIT
// Single values of sshd_config(5): times, numbers, ports and names of files. Source: OpenSSH misc.c, servconf.c.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "parse/sshd_config.h"

namespace sshaudit {

// In seconds: "1h30m". Nothing when it is no time, or more than an int holds. `version` is a version_number(): before
// 8.4 a number without a unit has that of the one before it, from 9.8 on there is no sign, and from 10.3 on seconds may
// have a fraction, which is cut off, but stand only once.
std::optional<long> parse_time(std::string_view text, unsigned version);

// 0 to INT_MAX; a blank in front and a sign are allowed, as strtonum(3) does.
std::optional<long> parse_integer(std::string_view text);

// A number up to 65535, or the name of a service.
std::optional<int> parse_port(const std::string& text, const ConfigHost& host);

// What atoi(3) makes of it: 0 where there is no number.
long leading_number(std::string_view text);

// A name with its `~`, if any, replaced. Nothing when there is no such user. Before 8.9 "~name" without a slash is a
// file of root's.
std::optional<std::string> expand_tilde(const std::string& name, const ConfigHost& host, unsigned version);

// Absolute, from sshd's working directory, /. "none" stays what it is.
std::optional<std::string> absolute_name(const std::string& name, const ConfigHost& host, unsigned version);

}  // namespace sshaudit
