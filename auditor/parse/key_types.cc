// SPDX-License-Identifier: MIT
#include "parse/key_types.h"

#include <algorithm>
#include <array>
#include <string>

#include "parse/pattern.h"

namespace sshaudit {
namespace {

constexpr auto rsa = KeyFamily::rsa;
constexpr auto dsa = KeyFamily::dsa;
constexpr auto ecdsa = KeyFamily::ecdsa;
constexpr auto ed25519 = KeyFamily::ed25519;
constexpr auto mldsa = KeyFamily::mldsa_ed25519;
constexpr bool certificate = true;
constexpr bool security_key = true;
constexpr unsigned fido = 802;
constexpr unsigned webauthn = 804;
constexpr unsigned rsa_certificates = 708;  // signed with SHA-2
constexpr unsigned post_quantum = 1004;
constexpr unsigned last_dsa = 907;

// Names of signatures (rsa-sha2-*, webauthn-*) are names of keys, too, as far as a key file goes.
constexpr std::array types = {
    KeyType{"ssh-ed25519", ed25519, "ssh-ed25519", 256},
    KeyType{"ssh-rsa", rsa, "ssh-rsa"},
    KeyType{"rsa-sha2-256", rsa, "ssh-rsa"},
    KeyType{"rsa-sha2-512", rsa, "ssh-rsa"},
    KeyType{"ecdsa-sha2-nistp256", ecdsa, "ecdsa-sha2-nistp256", 256, "nistp256"},
    KeyType{"ecdsa-sha2-nistp384", ecdsa, "ecdsa-sha2-nistp384", 384, "nistp384"},
    KeyType{"ecdsa-sha2-nistp521", ecdsa, "ecdsa-sha2-nistp521", 521, "nistp521"},
    KeyType{"sk-ssh-ed25519@openssh.com", ed25519, "sk-ssh-ed25519@openssh.com", 256, "", !certificate, security_key,
            fido},
    KeyType{"sk-ecdsa-sha2-nistp256@openssh.com", ecdsa, "sk-ecdsa-sha2-nistp256@openssh.com", 256, "nistp256",
            !certificate, security_key, fido},
    KeyType{"webauthn-sk-ecdsa-sha2-nistp256@openssh.com", ecdsa, "sk-ecdsa-sha2-nistp256@openssh.com", 256, "nistp256",
            !certificate, security_key, webauthn},
    KeyType{"ssh-mldsa44-ed25519@openssh.com", mldsa, "ssh-mldsa44-ed25519@openssh.com", 256, "", !certificate,
            !security_key, post_quantum},
    KeyType{"ssh-dss", dsa, "ssh-dss", 0, "", !certificate, !security_key, 0, last_dsa},
    KeyType{"ssh-ed25519-cert-v01@openssh.com", ed25519, "ssh-ed25519-cert-v01@openssh.com", 256, "", certificate},
    KeyType{"ssh-rsa-cert-v01@openssh.com", rsa, "ssh-rsa-cert-v01@openssh.com", 0, "", certificate},
    KeyType{"rsa-sha2-256-cert-v01@openssh.com", rsa, "ssh-rsa-cert-v01@openssh.com", 0, "", certificate, !security_key,
            rsa_certificates},
    KeyType{"rsa-sha2-512-cert-v01@openssh.com", rsa, "ssh-rsa-cert-v01@openssh.com", 0, "", certificate, !security_key,
            rsa_certificates},
    KeyType{"ecdsa-sha2-nistp256-cert-v01@openssh.com", ecdsa, "ecdsa-sha2-nistp256-cert-v01@openssh.com", 256,
            "nistp256", certificate},
    KeyType{"ecdsa-sha2-nistp384-cert-v01@openssh.com", ecdsa, "ecdsa-sha2-nistp384-cert-v01@openssh.com", 384,
            "nistp384", certificate},
    KeyType{"ecdsa-sha2-nistp521-cert-v01@openssh.com", ecdsa, "ecdsa-sha2-nistp521-cert-v01@openssh.com", 521,
            "nistp521", certificate},
    KeyType{"sk-ssh-ed25519-cert-v01@openssh.com", ed25519, "sk-ssh-ed25519-cert-v01@openssh.com", 256, "", certificate,
            security_key, fido},
    KeyType{"sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", ecdsa, "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", 256,
            "nistp256", certificate, security_key, fido},
    KeyType{"ssh-mldsa44-ed25519-cert-v01@openssh.com", mldsa, "ssh-mldsa44-ed25519-cert-v01@openssh.com", 256, "",
            certificate, !security_key, post_quantum},
    KeyType{"ssh-dss-cert-v01@openssh.com", dsa, "ssh-dss-cert-v01@openssh.com", 0, "", certificate, !security_key, 0,
            last_dsa},
};

// "ECDSA" is not among them: sshd then looks for the curve of that name, and there is none.
struct ShortName {
  std::string_view lower;
  std::string_view name;
};
constexpr std::array short_type_names = {ShortName{"ed25519", "ssh-ed25519"}, ShortName{"rsa", "ssh-rsa"},
                                         ShortName{"dsa", "ssh-dss"},
                                         ShortName{"ed25519-sk", "sk-ssh-ed25519@openssh.com"}};
constexpr unsigned no_short_names = 707;

}  // namespace

std::span<const KeyType> key_types() { return types; }

const KeyType* find_key_type(std::string_view name, bool short_names) {
  if (short_names) {
    const auto is_meant = [&](const ShortName& one) { return lower_case(name) == one.lower; };
    const auto found = std::ranges::find_if(short_type_names, is_meant);
    if (found != short_type_names.end()) name = found->name;
  }
  constexpr std::size_t shortest = 7;
  if (name.size() < shortest) return nullptr;
  const auto found = std::ranges::find(types, name, &KeyType::name);
  return found == types.end() ? nullptr : &*found;
}

const KeyType* key_type_of_word(std::string_view word, unsigned version) {
  return find_key_type(word, version < no_short_names);
}

bool is_known(const KeyType& type, unsigned version) { return version >= type.since && version <= type.until; }

const KeyType& plain_type(const KeyType& type) {
  constexpr std::string_view ending = "-cert-v01@openssh.com";
  if (!type.is_certificate) return type;
  const auto plain = type.canonical.substr(0, type.canonical.size() - ending.size());
  for (const auto& other : types) {
    if (other.name == plain || other.name == std::string(plain) + "@openssh.com") return other;
  }
  return type;
}

std::string short_name(std::string_view type) {
  constexpr std::array<std::string_view, 5> families = {"ED25519", "RSA", "DSA", "ECDSA", "MLDSA44-ED25519"};
  const auto* row = find_key_type(type);
  if (row == nullptr) return std::string(type);
  std::string name(families.at(static_cast<std::size_t>(row->family)));
  if (row->is_security_key) name += "-SK";
  return row->is_certificate ? name + "-CERT" : name;
}

bool may_sign(std::string_view type, std::string_view algorithms) {
  // Nearly always the name itself stands in the list, which has patterns only before 7.8.
  const auto at = algorithms.find(type);
  const auto end = at + type.size();
  const bool is_listed = at != std::string_view::npos && (at == 0 || algorithms[at - 1] == ',') &&
                         (end == algorithms.size() || algorithms[end] == ',');
  if (is_listed && algorithms.find('!') == std::string_view::npos) return true;
  const auto* row = find_key_type(type);
  return row != nullptr && std::ranges::any_of(types, [&](const KeyType& other) {
           return other.canonical == row->canonical && matches_pattern_list(other.name, algorithms, false) == 1;
         });
}

}  // namespace sshaudit
