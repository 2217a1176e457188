// SPDX-License-Identifier: MIT
// A public key, as far as sshd tells one from another.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sshaudit {

// SHA-256 of a key in its wire form (RFC 4253, 6.6), which fingerprints show.
using KeyDigest = std::array<std::uint8_t, 32>;

struct PublicKey {
  std::string_view type;         // "ssh-ed25519", never an alias; static storage; empty when there is no key
  unsigned bits = 0;             // as `ssh-keygen -l` prints it
  KeyDigest digest{};            // of a certificate: of the key that it certifies
  bool is_certificate = false;   // then the type ends in "-cert-v01@openssh.com"
  bool is_security_key = false;  // FIDO

  bool operator==(const PublicKey&) const = default;
};

}  // namespace sshaudit
