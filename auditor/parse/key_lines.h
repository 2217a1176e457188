// SPDX-License-Identifier: MIT
// The lines of a key file that sshd would try to read as a key.
#pragma once

#include <cstddef>
#include <string_view>

namespace sshaudit {

// How many lines are neither blank nor a comment (sshd(8), "AUTHORIZED_KEYS FILE FORMAT"). A carriage return alone
// is a blank line, and a NUL byte ends its line, as in sshd from 7.8 on.
std::size_t count_key_lines(std::string_view text);

}  // namespace sshaudit
