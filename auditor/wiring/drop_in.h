// SPDX-License-Identifier: MIT
// What `sshaudit enable` adds to sshd's configuration: a file of two lines.
#pragma once

#include <string>
#include <string_view>

#include "parse/sshd_version.h"

namespace sshaudit {

inline constexpr auto drop_in_directory = "/etc/ssh/sshd_config.d";
inline constexpr auto drop_in_name = "50-sshaudit.conf";
inline constexpr auto drop_in_path = "/etc/ssh/sshd_config.d/50-sshaudit.conf";

// The value of AuthorizedKeysCommand: the program with the tokens that this sshd knows, in the logger's order.
std::string logger_command(std::string_view logger, const SshdVersion& version);

// The two lines, with a newline behind each. With `command` it stands behind the logger and runs as `user`.
std::string wiring_lines(std::string_view logger, const SshdVersion& version, std::string_view command = {},
                         std::string_view user = {});

// The whole file.
std::string drop_in_text(std::string_view logger, const SshdVersion& version);

// Whether enable has written this, for whatever version of sshd: nobody has changed it since.
bool is_drop_in_text(std::string_view text, std::string_view logger);

}  // namespace sshaudit
