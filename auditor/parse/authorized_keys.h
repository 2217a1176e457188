// SPDX-License-Identifier: MIT
// A key file, line by line, as sshd reads it, with what is wrong where sshd says nothing. Source: OpenSSH
// auth2-pubkeyfile.c, auth_check_authkeys_file; up to 7.7 misc.c, read_keyfile_line.
#pragma once

#include <functional>
#include <string_view>

#include "parse/key_grammar.h"
#include "sshaudit/authorized_key.h"

namespace sshaudit {

// Visits, in order, everything that is neither blank nor a comment. A line with a key that sshd reads is visited for
// itself, always; several lines that are one thing gone wrong (a wrapped key, a private key) are visited once. The time
// taken is linear in the size of the text.
void read_key_lines(std::string_view text, const KeyGrammar& grammar,
                    const std::function<void(const AuthorizedKey&)>& visit);

}  // namespace sshaudit
