// SPDX-License-Identifier: MIT
// Feeds arbitrary bytes to the reader of keys in wire form. What it writes for a key has to read back as that key.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "parse/base64.h"
#include "parse/key_blob.h"
#include "parse/key_types.h"

namespace {

using sshaudit::BlobFault;

constexpr std::size_t largest_input = 64UL * 1024;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_base64(std::string_view blob) {
  std::string bytes;
  require(sshaudit::decode_base64(sshaudit::encode_base64(blob), bytes).fault == sshaudit::Base64Fault::none);
  require(bytes == blob);
  sshaudit::decode_base64(blob, bytes);
  require(bytes.size() <= blob.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > largest_input) return 0;
  const std::string_view blob(reinterpret_cast<const char*>(data), size);
  check_base64(blob);
  for (const unsigned least_rsa : {0U, 768U, 1024U}) {
    const auto decoded = sshaudit::decode_key_blob(blob, {least_rsa});
    const bool is_key = decoded.fault == BlobFault::none;
    require(!is_key || sshaudit::find_key_type(decoded.key.type) != nullptr);
    require(decoded.key.type.empty() || sshaudit::find_key_type(decoded.key.type)->canonical == decoded.key.type);
    if (!is_key) continue;
    require(sshaudit::fingerprint_of(decoded.key).starts_with("SHA256:"));
    const auto again = sshaudit::decode_key_blob(decoded.wire, {least_rsa});
    require(again.fault == BlobFault::none && again.wire == decoded.wire && again.key.digest == decoded.key.digest);
    require(decoded.key.is_certificate || again.key == decoded.key);
  }
  return 0;
}
