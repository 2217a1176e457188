// SPDX-License-Identifier: MIT
// The types of keys, which sshd knows them, and the names that it takes for them. Source: OpenSSH sshkey.c.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sshaudit/server.h"

namespace sshaudit {

enum class KeyFamily { ed25519, rsa, dsa, ecdsa, mldsa_ed25519 };

struct KeyType {
  std::string_view name;
  KeyFamily family = KeyFamily::ed25519;
  std::string_view canonical;  // what the key's own wire form says: "ssh-rsa" for "rsa-sha2-256"
  unsigned bits = 0;           // 0: the key itself says
  std::string_view curve = {};
  bool is_certificate = false;
  bool is_security_key = false;
  unsigned since = 0;  // a version_number()
  unsigned until = ~0U;
};

std::span<const KeyType> key_types();

// The row of a name, whether this sshd knows it or not; null when nobody does. With `short_names` "RSA" and its like
// are names, too, in any case.
const KeyType* find_key_type(std::string_view name, bool short_names = false);

// The row that the first word of a line stands for: up to 7.6 that may be a short name.
const KeyType* key_type_of_word(std::string_view word, unsigned version);

bool is_known(const KeyType& type, unsigned version);

// The type without its "-cert-v01@openssh.com"; itself when it is no certificate.
const KeyType& plain_type(const KeyType& type);

// "ED25519", "ECDSA-SK", "RSA-CERT": as ssh-keygen(1) and sshd's log have it.
std::string short_name(std::string_view type);

// Whether a list like PubkeyAcceptedAlgorithms lets such a key sign: by its own name, or by one of the names of its
// signatures. Source: sshkey.c, sshkey_match_keyname_to_sigalgs.
bool may_sign(std::string_view type, std::string_view algorithms);

}  // namespace sshaudit
