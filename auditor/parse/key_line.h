// SPDX-License-Identifier: MIT
// One line of a key file as sshd reads it. Source: OpenSSH auth2-pubkeyfile.c (before 9.1 auth2-pubkey.c),
// auth_check_authkey_line, and sshkey.c, sshkey_read.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "parse/key_blob.h"
#include "parse/key_grammar.h"
#include "parse/key_types.h"
#include "sshaudit/authorized_key.h"

namespace sshaudit {

// How this sshd reads a key in wire form.
BlobRules blob_rules(const KeyGrammar& grammar);

// A key at the start of a text, and what is behind it.
struct ReadKey {
  PublicKey key;
  std::size_t end = 0;  // offset of the comment
  std::string wire;     // as in AuthorizedKey
};
std::optional<ReadKey> read_key(std::string_view text, const KeyGrammar& grammar);

// Whether only its length keeps sshd from reading the RSA key at the start of a text.
bool is_short_key(std::string_view text, const KeyGrammar& grammar);

// `line` has no newline and no NUL byte, and is neither blank nor a comment. What is wrong is said as far as one line
// shows it; `line` and `last_line` of the result are left to the caller.
AuthorizedKey parse_key_line(std::string_view line, const KeyGrammar& grammar);

// A line that reads back as the same options, key and comment: "OPTIONS TYPE BASE64 COMMENT". `blob` is the key in wire
// form.
std::string print_key_line(const KeyOptions& options, std::string_view blob, std::string_view comment);

}  // namespace sshaudit
