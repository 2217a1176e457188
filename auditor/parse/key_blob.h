// SPDX-License-Identifier: MIT
// Public keys in wire form (RFC 4253, 5656, 8709; PROTOCOL.certkeys and PROTOCOL.u2f of OpenSSH), taken apart and
// checked as sshd does before it compares them. Source: OpenSSH sshkey.c, sshbuf-getput-*.c, ssh-*.c.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sshaudit/public_key.h"

namespace sshaudit {

enum class BlobFault {
  none,
  unknown_type,  // nobody knows the type that stands in it
  incomplete,    // it ends too early
  trailing,      // there is something behind the key
  malformed,     // a part is wrong: a negative number, a point that is not on its curve, a length that cannot be
  too_short,     // RSA of fewer bits than sshd ever takes
};

struct DecodedBlob {
  PublicKey key;          // whole when there is no fault; its type and bits as far as they were read
  std::string_view name;  // the type as it stands in the blob; a view of the blob
  std::string wire;       // what sshd would write for this key: aliases, leading zeros and padding are gone
  BlobFault fault = BlobFault::none;
};

// Without rules any key is read. The signature of a certificate is not checked.
struct BlobRules {
  unsigned least_rsa = 0;    // bits of an RSA key
  bool short_names = false;  // "ED25519" for the type in the blob
  bool long_points = false;  // both coordinates of a point have more than half of the bits that they may have
};
DecodedBlob decode_key_blob(std::string_view blob, const BlobRules& rules);

// "SHA256:...", as ssh-keygen(1) and sshd's log have it.
std::string fingerprint_of(const PublicKey& key);

}  // namespace sshaudit
