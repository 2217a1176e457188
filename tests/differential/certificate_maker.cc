// SPDX-License-Identifier: MIT
#include "differential/certificate_maker.h"

#include <openssl/evp.h>

#include <array>

#include "differential/key_stage.h"
#include "parse/base64.h"
#include "parse/certificate_builder.h"

namespace sshaudit::differential {

struct HandAuthority::Secret {
  EVP_PKEY* key = nullptr;
  ~Secret() { EVP_PKEY_free(key); }
};

HandAuthority::HandAuthority() : secret_(std::make_unique<Secret>()) {
  secret_->key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  if (secret_->key == nullptr) give_up("no key of an authority can be made");
}

HandAuthority::~HandAuthority() = default;

std::string HandAuthority::wire() const {
  std::array<unsigned char, 32> bytes{};
  std::size_t size = bytes.size();
  if (EVP_PKEY_get_raw_public_key(secret_->key, bytes.data(), &size) != 1) give_up("no public key");
  return wire_string("ssh-ed25519") + wire_string({reinterpret_cast<const char*>(bytes.data()), size});
}

std::string HandAuthority::line() const { return "ssh-ed25519 " + encode_base64(wire()); }

std::string HandAuthority::certify(const TestKey& key, const HandMade& made) const {
  std::string plain;
  decode_base64(key.base64, plain);
  const auto type = key.type + "-cert-v01@openssh.com";
  auto blob = wire_string(type) + wire_string("nonce") + plain.substr(4 + key.type.size()) + wire_number(42, 8) +
              wire_number(made.kind, 4) + wire_string("by hand") + wire_string(made.principals) +
              wire_number(made.valid_after, 8) + wire_number(made.valid_before, 8) + wire_string(made.critical) +
              wire_string(made.extensions) + wire_string("") + wire_string(wire());
  std::array<unsigned char, 64> signature{};
  std::size_t size = signature.size();
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  const bool signed_it = EVP_DigestSignInit(context, nullptr, nullptr, nullptr, secret_->key) == 1 &&
                         EVP_DigestSign(context, signature.data(), &size,
                                        reinterpret_cast<const unsigned char*>(blob.data()), blob.size()) == 1;
  EVP_MD_CTX_free(context);
  if (!signed_it) give_up("a certificate cannot be signed");
  blob += wire_string(wire_string(made.signature_algorithm) +
                      wire_string({reinterpret_cast<const char*>(signature.data()), size}));
  return type + " " + encode_base64(blob) + "\n";
}

}  // namespace sshaudit::differential
