// SPDX-License-Identifier: MIT
// The parts of a message in wire form (RFC 4251, 5), read as sshd reads them. Source: OpenSSH sshbuf-getput-basic.c,
// sshbuf-getput-crypto.c.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "parse/key_blob.h"

namespace sshaudit {

constexpr std::size_t largest_wire_number = 16384 / 8;  // bytes

// Reads from the front. The first failure is kept, and every read after it gives nothing.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  BlobFault fault() const { return fault_; }
  bool ok() const { return fault_ == BlobFault::none; }
  std::string_view rest() const { return rest_; }
  void fail(BlobFault fault) {
    if (ok()) fault_ = fault;
  }

  std::string_view take(std::size_t size) {
    if (size > rest_.size()) fail(BlobFault::incomplete);
    if (!ok()) return {};
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  // Of `size` bytes, 8 at the most.
  std::uint64_t integer(std::size_t size) {
    std::uint64_t value = 0;
    for (const char byte : take(size)) value = (value << 8U) | static_cast<unsigned char>(byte);
    return value;
  }

  std::string_view string() { return take(static_cast<std::size_t>(integer(4))); }

  // A NUL byte may stand at the end, and does not count then.
  std::string_view c_string() {
    auto text = string();
    const auto nul = text.find('\0');
    if (nul != std::string_view::npos && nul + 1 < text.size()) fail(BlobFault::malformed);
    return text.substr(0, nul);
  }

  // A number without its leading zeros.
  std::string_view number() {
    auto digits = string();
    const bool negative = !digits.empty() && (static_cast<unsigned char>(digits.front()) & 0x80U) != 0;
    const bool padded = digits.size() == largest_wire_number + 1 && digits.front() == '\0';
    if (negative || (digits.size() > largest_wire_number && !padded)) fail(BlobFault::malformed);
    digits.remove_prefix(std::min(digits.find_first_not_of('\0'), digits.size()));
    return digits;
  }

 private:
  std::string_view rest_;
  BlobFault fault_ = BlobFault::none;
};

}  // namespace sshaudit
