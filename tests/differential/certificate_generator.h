// SPDX-License-Identifier: MIT
// Makes a certificate out of a number, and the files that sshd looks at when somebody offers it: authorities,
// principals and a key file, right and wrong in every way that is known.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "differential/key_line_generator.h"

namespace sshaudit::differential {

// A certificate as it is to be signed by hand, where ssh-keygen(1) has no word for it. Wire form, RFC 4251.
struct HandMade {
  bool is_wanted = false;
  std::uint32_t kind = 1;
  std::string principals;
  std::uint64_t valid_after = 0;
  std::uint64_t valid_before = ~std::uint64_t{0};
  std::string critical;
  std::string extensions;
  std::string signature_algorithm = "ssh-ed25519";
};

struct GeneratedCertificate {
  std::size_t key = 0;                 // position in KeyWorld::keys
  std::size_t authority = 0;           // likewise, of what signs for ssh-keygen
  std::vector<std::string> arguments;  // of ssh-keygen, between the authority and the key
  HandMade by_hand;
  std::string authorities;  // TrustedUserCAKeys
  std::string principals;   // AuthorizedPrincipalsFile
  bool has_principals = true;
  unsigned principals_mode = 0644;
  std::size_t principals_owner = 0;  // 0 the account, 1 root, 2 somebody else
  std::string key_file;
  std::string client;
};

// `hand` is the line of the authority that signs by hand, without a newline.
GeneratedCertificate generate_certificate(std::uint64_t seed, const KeyWorld& world, const std::string& user,
                                          const std::string& hand);

}  // namespace sshaudit::differential
