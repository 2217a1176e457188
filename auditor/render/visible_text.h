// SPDX-License-Identifier: MIT
// The one place where bytes that somebody else chose become text that is safe on a terminal, in a log and in a mail.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sshaudit {

// Valid UTF-8 without control, bidirectional, invisible or line-separating characters: these, bytes that are not
// UTF-8 and the backslash itself are written as \n \t \r \\ \xNN (a byte) or \u{NNNN} (a character).
std::string visible(std::string_view bytes);

bool is_utf8(std::string_view bytes);

// At most so many bytes of a text in UTF-8, with "..." at the end where it is cut.
std::string cut_to(std::string text, std::size_t size);

// A command line that a POSIX shell reads back as exactly these arguments, made of visible characters only. Bytes that
// are not visible are spelled out in $'...' (POSIX.1-2024); a shell without it reads a word that names nothing.
std::string shell_line(const std::vector<std::string>& arguments);

}  // namespace sshaudit
