// SPDX-License-Identifier: MIT
// RevokedKeys (sshd_config(5)): a list of public keys, one a line, or a key revocation list, which only ssh-keygen(1)
// reads here. Source: OpenSSH authfile.c, sshkey_check_revoked, sshkey_in_file.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "parse/key_grammar.h"
#include "sshaudit/public_key.h"

namespace sshaudit {

bool is_revocation_list(std::string_view bytes);

struct RevokedKeys {
  std::vector<KeyDigest> digests;  // sorted
  std::size_t faulty_line = 0;     // one that is no key: sshd then refuses every key; 0 for none
};
RevokedKeys parse_revoked_keys(std::string_view text, const KeyGrammar& grammar);

}  // namespace sshaudit
