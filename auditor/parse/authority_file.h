// SPDX-License-Identifier: MIT
// TrustedUserCAKeys (sshd_config(5)): the keys of authorities, one a line, without options. Source: OpenSSH authfile.c,
// sshkey_in_file.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "parse/key_grammar.h"
#include "sshaudit/public_key.h"

namespace sshaudit {

struct Authority {
  PublicKey key;
  std::size_t line = 0;  // 1-based
};

struct AuthorityFile {
  std::vector<Authority> authorities;  // up to the faulty line; no certificates, which nothing is equal to
  std::size_t faulty_line = 0;         // one that sshd cannot read, where it stops; 0 for none
  std::vector<Authority> hidden;       // keys in that line, with options or not, and behind it
};
AuthorityFile parse_authority_file(std::string_view text, const KeyGrammar& grammar);

}  // namespace sshaudit
