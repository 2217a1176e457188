// SPDX-License-Identifier: MIT
#include "parse/key_blob.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/sha.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <memory>
#include <optional>

#include "parse/base64.h"
#include "parse/key_types.h"
#include "parse/wire_reader.h"

namespace sshaudit {
namespace {

constexpr std::size_t largest_point = 528 * 2 / 8 + 1;
constexpr std::size_t ed25519_size = 32;
constexpr std::size_t mldsa_ed25519_size = 1312 + 32;
constexpr std::size_t most_principals = 256;

std::string u32(std::size_t value) {
  std::string bytes;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) bytes += static_cast<char>((value >> shift) & 0xFFU);
  return bytes;
}

std::string as_string(std::string_view bytes) { return u32(bytes.size()).append(bytes); }

unsigned bits_of(std::string_view number) {
  if (number.empty()) return 0;
  const auto top = static_cast<unsigned char>(number.front());
  return static_cast<unsigned>(number.size() * 8) - static_cast<unsigned>(std::countl_zero(top));
}

// In the form of RFC 4251: a zero in front where the number would look negative.
std::string as_number(std::string_view number) {
  const bool looks_negative = !number.empty() && (static_cast<unsigned char>(number.front()) & 0x80U) != 0;
  return as_string(looks_negative ? std::string(1, '\0').append(number) : std::string(number));
}

const EC_GROUP* group_of(std::string_view curve) {
  struct Free {
    void operator()(EC_GROUP* group) const { EC_GROUP_free(group); }
  };
  using Group = std::unique_ptr<EC_GROUP, Free>;
  static const Group p256(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  static const Group p384(EC_GROUP_new_by_curve_name(NID_secp384r1));
  static const Group p521(EC_GROUP_new_by_curve_name(NID_secp521r1));
  if (curve == "nistp256") return p256.get();
  return curve == "nistp384" ? p384.get() : p521.get();
}

bool is_on_curve(std::string_view point, std::string_view curve) {
  constexpr char uncompressed = 4;
  const auto* group = group_of(curve);
  if (group == nullptr || point.empty() || point.size() > largest_point || point.front() != uncompressed) return false;
  EC_POINT* const place = EC_POINT_new(group);
  const auto* bytes = reinterpret_cast<const unsigned char*>(point.data());
  const bool found = place != nullptr && EC_POINT_oct2point(group, place, bytes, point.size(), nullptr) == 1 &&
                     EC_POINT_is_at_infinity(group, place) == 0;
  EC_POINT_free(place);
  return found;
}

std::string read_rsa(WireReader& reader, PublicKey& key, unsigned least_bits) {
  const auto exponent = reader.number();
  const auto modulus = reader.number();
  key.bits = bits_of(modulus);
  if (key.bits < least_bits) reader.fail(BlobFault::too_short);
  return as_number(exponent) + as_number(modulus);
}

std::string read_dsa(WireReader& reader, PublicKey& key) {
  const auto prime = reader.number();
  key.bits = bits_of(prime);
  std::string wire = as_number(prime);
  for (int i = 0; i < 3; ++i) wire += as_number(reader.number());
  return wire;
}

bool has_long_coordinates(std::string_view point, unsigned bits) {
  const auto half = (point.size() - 1) / 2;
  for (auto number : {point.substr(1, half), point.substr(1 + half)}) {
    number.remove_prefix(std::min(number.find_first_not_of('\0'), number.size()));
    if (bits_of(number) <= bits / 2) return false;
  }
  return true;
}

std::string read_ecdsa(WireReader& reader, const KeyType& type, bool long_points) {
  const auto curve = reader.c_string();
  if (curve != type.curve) reader.fail(BlobFault::malformed);
  const auto point = reader.string();
  if (reader.ok() && !is_on_curve(point, type.curve)) reader.fail(BlobFault::malformed);
  if (reader.ok() && long_points && !has_long_coordinates(point, type.bits)) reader.fail(BlobFault::malformed);
  return as_string(curve) + as_string(point);
}

std::string read_bytes(WireReader& reader, std::size_t size) {
  const auto bytes = reader.string();
  if (bytes.size() != size) reader.fail(BlobFault::malformed);
  return as_string(bytes);
}

// The key's own part, as sshd would write it.
std::string read_public_part(WireReader& reader, const KeyType& type, PublicKey& key, const BlobRules& rules) {
  std::string wire;
  switch (type.family) {
    case KeyFamily::rsa:
      wire = read_rsa(reader, key, rules.least_rsa);
      break;
    case KeyFamily::dsa:
      wire = read_dsa(reader, key);
      break;
    case KeyFamily::ecdsa:
      wire = read_ecdsa(reader, type, rules.long_points);
      break;
    case KeyFamily::ed25519:
      wire = read_bytes(reader, ed25519_size);
      break;
    case KeyFamily::mldsa_ed25519:
      wire = read_bytes(reader, mldsa_ed25519_size);
      break;
  }
  if (type.is_security_key) wire += as_string(reader.c_string());  // the application
  return wire;
}

// At most so many entries of so many strings.
void read_strings(WireReader& reader, std::string_view list, std::size_t most, unsigned strings) {
  WireReader inner(list);
  std::size_t count = 0;
  while (inner.ok() && !inner.rest().empty()) {
    for (unsigned i = 0; i < strings; ++i) inner.string();
    if (++count > most) inner.fail(BlobFault::malformed);
  }
  if (!inner.ok()) reader.fail(BlobFault::malformed);
}

DecodedBlob decode(std::string_view blob, const BlobRules& rules, bool may_be_certificate);

// What a certificate has behind the key: serial, type, id, principals, validity, options, extensions, the authority.
void read_certificate(WireReader& reader, const BlobRules& rules) {
  constexpr std::size_t any_number = ~std::size_t{0};
  reader.take(8);
  const auto kind = reader.take(4);
  if (kind != u32(1) && kind != u32(2)) reader.fail(BlobFault::malformed);
  reader.c_string();
  read_strings(reader, reader.string(), most_principals, 1);
  reader.take(16);
  read_strings(reader, reader.string(), any_number, 2);
  read_strings(reader, reader.string(), any_number, 2);
  reader.string();
  const auto authority = reader.string();
  reader.string();  // the signature
  if (!reader.ok()) return;
  if (decode(authority, rules, false).fault != BlobFault::none) reader.fail(BlobFault::malformed);
}

// SHA256(3) looks for the function among all that there are each time; this does it once.
void digest(std::string_view bytes, KeyDigest& result) {
  struct Free {
    void operator()(EVP_MD* function) const { EVP_MD_free(function); }
    void operator()(EVP_MD_CTX* state) const { EVP_MD_CTX_free(state); }
  };
  static const std::unique_ptr<EVP_MD, Free> function(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  thread_local const std::unique_ptr<EVP_MD_CTX, Free> state(EVP_MD_CTX_new());
  const bool done = EVP_DigestInit_ex(state.get(), function.get(), nullptr) == 1 &&
                    EVP_DigestUpdate(state.get(), bytes.data(), bytes.size()) == 1 &&
                    EVP_DigestFinal_ex(state.get(), result.data(), nullptr) == 1;
  if (!done) SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), result.data());
}

DecodedBlob decode(std::string_view blob, const BlobRules& rules, bool may_be_certificate) {
  DecodedBlob decoded;
  WireReader reader(blob);
  decoded.name = reader.c_string();
  const auto* type = reader.ok() ? find_key_type(decoded.name, rules.short_names) : nullptr;
  if (type == nullptr) {
    decoded.fault = reader.ok() ? BlobFault::unknown_type : reader.fault();
    return decoded;
  }
  if (type->is_certificate && !may_be_certificate) {
    decoded.fault = BlobFault::malformed;
    return decoded;
  }
  auto& key = decoded.key;
  key = {type->canonical, type->bits, {}, type->is_certificate, type->is_security_key};
  if (type->is_certificate) reader.string();  // a nonce
  decoded.wire = as_string(plain_type(*type).canonical) + read_public_part(reader, *type, key, rules);
  if (type->is_certificate) read_certificate(reader, rules);
  if (reader.ok() && !reader.rest().empty()) reader.fail(BlobFault::trailing);
  decoded.fault = reader.fault();
  digest(decoded.wire, key.digest);
  return decoded;
}

}  // namespace

DecodedBlob decode_key_blob(std::string_view blob, const BlobRules& rules) { return decode(blob, rules, true); }

std::string fingerprint_of(const PublicKey& key) {
  const std::string_view bytes(reinterpret_cast<const char*>(key.digest.data()), key.digest.size());
  auto text = encode_base64(bytes);
  text.resize(text.find_last_not_of('=') + 1);
  return "SHA256:" + text;
}

}  // namespace sshaudit
