// SPDX-License-Identifier: MIT
#include "parse/transport_algorithms.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace sshaudit {
namespace {

constexpr int oldest_version = 704;

constexpr std::array ciphers = {
    AlgorithmRow{704, newest_version, "3des-cbc,aes128-cbc,aes192-cbc,aes256-cbc,aes128-ctr,aes192-ctr,aes256-ctr"},
    AlgorithmRow{704, newest_version, "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com"},
    AlgorithmRow{704, 705, "blowfish-cbc,cast128-cbc,arcfour,arcfour128,arcfour256"},
    AlgorithmRow{704, 804, "rijndael-cbc@lysator.liu.se"},
};

constexpr std::array macs = {
    AlgorithmRow{704, newest_version, "hmac-sha1,hmac-sha1-96,hmac-sha2-256,hmac-sha2-512,hmac-md5,hmac-md5-96"},
    AlgorithmRow{704, newest_version,
                 "hmac-sha1-etm@openssh.com,hmac-sha1-96-etm@openssh.com,hmac-sha2-256-etm@openssh.com"},
    AlgorithmRow{704, newest_version,
                 "hmac-sha2-512-etm@openssh.com,hmac-md5-etm@openssh.com,hmac-md5-96-etm@openssh.com"},
    AlgorithmRow{704, newest_version,
                 "umac-64@openssh.com,umac-128@openssh.com,umac-64-etm@openssh.com,umac-128-etm@openssh.com"},
    AlgorithmRow{704, 705, "hmac-ripemd160,hmac-ripemd160@openssh.com,hmac-ripemd160-etm@openssh.com"},
};

constexpr std::string_view sntrup = "sntrup761x25519-sha512";

constexpr std::array kex_methods = {
    AlgorithmRow{704, newest_version,
                 "diffie-hellman-group1-sha1,diffie-hellman-group14-sha1,diffie-hellman-group14-sha256"},
    AlgorithmRow{704, newest_version, "diffie-hellman-group16-sha512,diffie-hellman-group18-sha512"},
    AlgorithmRow{704, newest_version, "diffie-hellman-group-exchange-sha1,diffie-hellman-group-exchange-sha256"},
    AlgorithmRow{704, newest_version, "ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521"},
    AlgorithmRow{704, newest_version, "curve25519-sha256,curve25519-sha256@libssh.org"},
    AlgorithmRow{800, 804, "sntrup4591761x25519-sha512@tinyssh.org"},
    AlgorithmRow{805, newest_version, "sntrup761x25519-sha512@openssh.com"},
    AlgorithmRow{909, newest_version, sntrup},
    AlgorithmRow{909, newest_version, "mlkem768x25519-sha256"},
    AlgorithmRow{1005, newest_version, "mlkem768nistp256-sha256"},
};

// Beginnings of the names of GSSAPI key exchange methods: an encoded hash of the mechanism follows.
constexpr std::string_view gss_beginnings =
    "gss-gex-sha1-,gss-group1-sha1-,gss-group14-sha1-,gss-group14-sha256-,gss-group16-sha512-,gss-nistp256-sha256-,"
    "gss-curve25519-sha256-";

// Debian 12 got this name in an update of its own, 9.2p1-2+deb12u4.
bool has_debian_sntrup(const SshdVersion& version) {
  if (version.vendor != Vendor::debian || packed_version(version) != 902) return false;
  constexpr std::string_view update = "+deb12u";
  const std::string_view text = version.text;
  const auto at = text.find(update);
  if (at == std::string_view::npos) return text.find("Debian-") == std::string_view::npos;
  int number = 0;
  std::from_chars(text.data() + at + update.size(), text.data() + text.size(), number);
  return number >= 4;
}

}  // namespace

int packed_version(const SshdVersion& version) {
  return version.major == 0 ? newest_version : std::max(oldest_version, version.major * 100 + version.minor);
}

AlgorithmNames names_of(std::span<const AlgorithmRow> table, int version) {
  AlgorithmNames names;
  for (const auto& row : table) {
    if (version < row.since || version > row.until) continue;
    for (const auto name : split_names(row.names)) names.push_back(name);
  }
  return names;
}

AlgorithmNames split_names(std::string_view list) {
  AlgorithmNames elements;
  for (auto comma = list.find(','); comma != std::string_view::npos; comma = list.find(',')) {
    elements.push_back(list.substr(0, comma));
    list.remove_prefix(comma + 1);
  }
  elements.push_back(list);
  return elements;
}

AlgorithmNames transport_names(TransportList list, const SshdVersion& version) {
  const int number = packed_version(version);
  if (list == TransportList::ciphers) return names_of(ciphers, number);
  if (list == TransportList::macs) return names_of(macs, number);
  auto names = names_of(kex_methods, number);
  if (has_debian_sntrup(version)) names.push_back(sntrup);
  return names;
}

bool is_gss_kex_method(std::string_view name) {
  const auto beginnings = split_names(gss_beginnings);
  return std::any_of(beginnings.begin(), beginnings.end(), [name](auto start) { return name.starts_with(start); });
}

}  // namespace sshaudit
