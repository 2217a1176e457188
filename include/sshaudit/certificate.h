// SPDX-License-Identifier: MIT
// A certificate of OpenSSH (PROTOCOL.certkeys), as far as a login depends on it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sshaudit/public_key.h"

namespace sshaudit {

// Strings may hold any bytes.
struct CertificateOption {
  enum class Data {
    none,     // as for a flag
    text,     // one string
    surplus,  // a string, and more behind it
    other,    // anything else
  };
  std::string name;   // a NUL byte in it is more than sshd can read
  std::string value;  // the string inside the data; empty where there is none
  Data data = Data::none;

  bool operator==(const CertificateOption&) const = default;
};

struct Certificate {
  PublicKey key;  // its type is the certificate's, its digest that of the key that is certified
  std::uint64_t serial = 0;
  bool is_for_user = true;  // otherwise for a host
  std::string key_id;
  std::vector<std::string> principals;  // empty: of nobody by name
  std::uint64_t valid_after = 0;        // seconds since 1970
  std::uint64_t valid_before = 0;       // the first second in which it is no longer valid
  std::vector<CertificateOption> critical_options;
  std::vector<CertificateOption> extensions;
  PublicKey authority;              // the key that signed it
  std::string authority_wire;       // the same in wire form (RFC 4253, 6.6)
  std::string signature_algorithm;  // with which it did; the signature itself is not verified

  bool operator==(const Certificate&) const = default;
};

}  // namespace sshaudit
