// SPDX-License-Identifier: MIT
// Certificates put together from parts; nobody has signed them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parse/base64.h"
#include "parse/sample_keys.h"

namespace sshaudit {

inline std::string wire_number(std::uint64_t value, unsigned size) {
  std::string bytes;
  for (unsigned i = size; i > 0; --i) bytes += static_cast<char>((value >> (8 * (i - 1))) & 0xFFU);
  return bytes;
}

inline std::string wire_string(std::string_view bytes) { return wire_number(bytes.size(), 4).append(bytes); }

inline std::string sample_blob(std::string_view name) {
  std::string bytes;
  for (const auto& sample : sample_keys) {
    if (sample.name == name) decode_base64(sample.blob, bytes);
  }
  return bytes;
}

struct CertificateParts {
  std::uint64_t serial = 5;
  std::uint32_t kind = 1;
  std::string key_id = "id";
  std::string principals = wire_string("alice");
  std::uint64_t valid_after = 100;
  std::uint64_t valid_before = 200;
  std::string critical;
  std::string extensions;
  std::string authority = sample_blob("ca");
  std::string signature = wire_string("ssh-ed25519") + wire_string(std::string(64, 's'));
};

inline std::string wire_option(std::string_view name, std::string_view data) {
  return wire_string(name) + wire_string(data);
}

// Of the sample "ed".
inline std::string certificate_blob(const CertificateParts& parts) {
  const auto key = sample_blob("ed");
  return wire_string("ssh-ed25519-cert-v01@openssh.com") + wire_string("nonce") + key.substr(key.size() - 36) +
         wire_number(parts.serial, 8) + wire_number(parts.kind, 4) + wire_string(parts.key_id) +
         wire_string(parts.principals) + wire_number(parts.valid_after, 8) + wire_number(parts.valid_before, 8) +
         wire_string(parts.critical) + wire_string(parts.extensions) + wire_string("") + wire_string(parts.authority) +
         wire_string(parts.signature);
}

}  // namespace sshaudit
