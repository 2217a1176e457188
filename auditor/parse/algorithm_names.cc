// SPDX-License-Identifier: MIT
#include "parse/algorithm_names.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "parse/pattern.h"
#include "parse/transport_algorithms.h"

namespace sshaudit {
namespace {

constexpr int removes_since = 705;           // "-names"
constexpr int expands_since = 708;           // patterns give way to the names that they match
constexpr int ca_list_since = 709;           // CASignatureAlgorithms
constexpr int puts_first_since = 801;        // "^names"
constexpr int refuses_ca_cert_since = 904;   // a certificate named in CASignatureAlgorithms
constexpr int refuses_no_name_since = 1004;  // an empty first element in Ciphers and MACs

constexpr std::string_view ecdsa = "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521";
constexpr std::string_view ecdsa_cert =
    "ecdsa-sha2-nistp256-cert-v01@openssh.com,ecdsa-sha2-nistp384-cert-v01@openssh.com,"
    "ecdsa-sha2-nistp521-cert-v01@openssh.com";
constexpr std::string_view ed25519_cert = "ssh-ed25519-cert-v01@openssh.com";
constexpr std::string_view sk_ed25519 = "sk-ssh-ed25519@openssh.com";
constexpr std::string_view sk_ed25519_cert = "sk-ssh-ed25519-cert-v01@openssh.com";
constexpr std::string_view sk_ecdsa = "sk-ecdsa-sha2-nistp256@openssh.com";
constexpr std::string_view sk_ecdsa_cert = "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com";
constexpr std::string_view webauthn = "webauthn-sk-ecdsa-sha2-nistp256@openssh.com";
constexpr std::string_view webauthn_cert = "webauthn-sk-ecdsa-sha2-nistp256-cert-v01@openssh.com";
constexpr std::string_view rsa_cert = "ssh-rsa-cert-v01@openssh.com";
constexpr std::string_view dsa_cert = "ssh-dss-cert-v01@openssh.com";
constexpr std::string_view cert_ending = "-cert-v01@openssh.com";

// All that sshd knows, in the order in which a pattern finds it.
constexpr std::array key_algorithms = {
    AlgorithmRow{704, 901, "ssh-ed25519,ssh-ed25519-cert-v01@openssh.com"},
    AlgorithmRow{802, 901, sk_ed25519},
    AlgorithmRow{802, 901, sk_ed25519_cert},
    AlgorithmRow{704, 901, "ssh-rsa,rsa-sha2-256,rsa-sha2-512,ssh-dss"},
    AlgorithmRow{704, 901, ecdsa},
    AlgorithmRow{802, 901, sk_ecdsa},
    AlgorithmRow{804, 901, webauthn},
    AlgorithmRow{704, 901, rsa_cert},
    AlgorithmRow{708, 901, "rsa-sha2-256-cert-v01@openssh.com,rsa-sha2-512-cert-v01@openssh.com"},
    AlgorithmRow{704, 901, dsa_cert},
    AlgorithmRow{708, 708,
                 rsa_cert},  // 7.8 has these four twice, which shows when a pattern that comes first matches them
    AlgorithmRow{708, 708, "rsa-sha2-256-cert-v01@openssh.com,rsa-sha2-512-cert-v01@openssh.com"},
    AlgorithmRow{708, 708, dsa_cert},
    AlgorithmRow{704, 901, ecdsa_cert},
    AlgorithmRow{802, 901, sk_ecdsa_cert},
    AlgorithmRow{902, newest_version, "ssh-ed25519,ssh-ed25519-cert-v01@openssh.com"},
    AlgorithmRow{902, newest_version, sk_ed25519},
    AlgorithmRow{902, newest_version, sk_ed25519_cert},
    AlgorithmRow{1004, newest_version, "ssh-mldsa44-ed25519@openssh.com,ssh-mldsa44-ed25519-cert-v01@openssh.com"},
    AlgorithmRow{902, newest_version, "ecdsa-sha2-nistp256,ecdsa-sha2-nistp256-cert-v01@openssh.com"},
    AlgorithmRow{902, newest_version, "ecdsa-sha2-nistp384,ecdsa-sha2-nistp384-cert-v01@openssh.com"},
    AlgorithmRow{902, newest_version, "ecdsa-sha2-nistp521,ecdsa-sha2-nistp521-cert-v01@openssh.com"},
    AlgorithmRow{902, newest_version, sk_ecdsa},
    AlgorithmRow{902, newest_version, sk_ecdsa_cert},
    AlgorithmRow{902, newest_version, webauthn},
    AlgorithmRow{1003, newest_version, webauthn_cert},
    AlgorithmRow{902, 907, "ssh-dss,ssh-dss-cert-v01@openssh.com"},  // 9.8 is built without DSA unless told otherwise
    AlgorithmRow{902, newest_version, "ssh-rsa,ssh-rsa-cert-v01@openssh.com"},
    AlgorithmRow{902, newest_version, "rsa-sha2-256,rsa-sha2-256-cert-v01@openssh.com"},
    AlgorithmRow{902, newest_version, "rsa-sha2-512,rsa-sha2-512-cert-v01@openssh.com"},
};

// Names of key types that sshd takes in any case, though no algorithm is called so.
constexpr std::array key_types = {
    AlgorithmRow{704, 908, "rsa,ecdsa,ed25519"},
    AlgorithmRow{704, 907, "dsa"},
    AlgorithmRow{802, 908, "ecdsa-sk,ed25519-sk"},
};

constexpr std::array default_key_algorithms = {
    AlgorithmRow{704, 804, ecdsa_cert},
    AlgorithmRow{802, 804, sk_ecdsa_cert},
    AlgorithmRow{704, newest_version, ed25519_cert},
    AlgorithmRow{805, newest_version, ecdsa_cert},
    AlgorithmRow{802, newest_version, sk_ed25519_cert},
    AlgorithmRow{805, newest_version, sk_ecdsa_cert},
    AlgorithmRow{1003, newest_version, webauthn_cert},
    AlgorithmRow{708, newest_version, "rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com"},
    AlgorithmRow{704, 807, rsa_cert},
    AlgorithmRow{805, newest_version, "ssh-ed25519"},
    AlgorithmRow{704, newest_version, ecdsa},
    AlgorithmRow{802, 804, sk_ecdsa},
    AlgorithmRow{704, 804, "ssh-ed25519"},
    AlgorithmRow{802, newest_version, sk_ed25519},
    AlgorithmRow{805, newest_version, sk_ecdsa},
    AlgorithmRow{1003, newest_version, webauthn},
    AlgorithmRow{704, newest_version, "rsa-sha2-512,rsa-sha2-256"},
    AlgorithmRow{704, 807, "ssh-rsa"},
};

constexpr std::array default_ca_algorithms = {
    AlgorithmRow{805, newest_version, "ssh-ed25519"},
    AlgorithmRow{709, newest_version, ecdsa},
    AlgorithmRow{802, 804, sk_ecdsa},
    AlgorithmRow{709, 804, "ssh-ed25519"},
    AlgorithmRow{802, newest_version, sk_ed25519},
    AlgorithmRow{805, newest_version, sk_ecdsa},
    AlgorithmRow{1003, newest_version, webauthn},
    AlgorithmRow{709, newest_version, "rsa-sha2-512,rsa-sha2-256"},
    AlgorithmRow{709, 801, "ssh-rsa"},
};

// What a keyword can hold in one version of sshd.
struct Vocabulary {
  int version;
  AlgorithmNames names;
  AlgorithmNames defaults;
};

std::string join(const AlgorithmNames& names) {
  std::string list;
  for (const auto name : names) list.append(name).push_back(',');
  if (!list.empty()) list.pop_back();
  return list;
}

bool contains(const AlgorithmNames& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

template <typename Predicate>
AlgorithmNames names_that(Predicate fits, const AlgorithmNames& names) {
  AlgorithmNames result;
  std::copy_if(names.begin(), names.end(), std::back_inserter(result), fits);
  return result;
}

// A list with something in it takes up only names that are new, and only as far as an empty one.
void append(AlgorithmNames& names, const AlgorithmNames& more) {
  const bool takes_all = names.empty();
  for (const auto name : more) {
    if (name.empty()) return;
    if (takes_all || !contains(names, name)) names.push_back(name);
  }
}

// An argument, cut in two. The prefix is a NUL when the version does not know it.
struct Change {
  char prefix;
  std::string_view list;
};

Change change_of(std::string_view argument, int version) {
  const bool known = argument.starts_with('+') || (argument.starts_with('-') && version >= removes_since) ||
                     (argument.starts_with('^') && version >= puts_first_since);
  return known ? Change{argument.front(), argument.substr(1)} : Change{'\0', argument};
}

std::optional<std::string> assembled(std::string_view argument, const Vocabulary& words) {
  if (argument.empty()) return join(words.defaults);
  const auto change = change_of(argument, words.version);
  if (change.prefix == '-') {
    const auto stays = [&](std::string_view name) { return matches_pattern_list(name, change.list, false) != 1; };
    return join(names_that(stays, words.defaults));
  }
  auto patterns = change.prefix == '+' ? words.defaults : split_names(change.list);
  if (change.prefix == '+') append(patterns, split_names(change.list));
  if (change.prefix == '^') append(patterns, words.defaults);
  if (words.version < expands_since) return join(patterns);
  AlgorithmNames names;
  for (const auto pattern : patterns) {
    if (pattern.starts_with('!')) return std::nullopt;
    const auto fits = [pattern](std::string_view name) { return matches_pattern_list(name, pattern, false) == 1; };
    append(names, names_that(fits, words.names));
  }
  return names.empty() ? std::nullopt : std::optional(join(names));
}

// Whether a list is not empty, and sshd knows its elements; it looks at them only as far as an empty one.
template <typename Predicate>
bool passes_check(std::string_view list, Predicate is_known) {
  const auto elements = split_names(list);
  const auto end = std::find(elements.begin(), elements.end(), std::string_view{});
  return !list.empty() && std::all_of(elements.begin(), end, is_known);
}

bool passes_key_check(std::string_view argument, AlgorithmList list, int version) {
  const auto change = change_of(argument, version);
  if (change.prefix == '-') return true;
  const auto names = names_of(key_algorithms, version);
  const auto types = names_of(key_types, version);
  const bool refuses_cert = list == AlgorithmList::ca_signature && version >= refuses_ca_cert_since;
  return passes_check(change.list, [&](std::string_view word) {
    if (contains(names, word)) return !refuses_cert || !word.ends_with(cert_ending);
    const auto fits = [word](std::string_view name) { return matches_pattern_list(name, word, false) != 0; };
    return contains(types, lower_case(word)) || std::any_of(names.begin(), names.end(), fits);
  });
}

bool passes_transport_check(std::string_view argument, TransportList list, const SshdVersion& version) {
  const int number = packed_version(version);
  const auto names = transport_names(list, version);
  const auto change = change_of(argument, number);
  const bool is_kex = list == TransportList::kex_methods;
  const auto is_known = [&](std::string_view word) {
    return contains(names, word) || (is_kex && version.vendor != Vendor::upstream && is_gss_kex_method(word));
  };
  if (change.prefix != '-') {
    if (!passes_check(change.list, is_known)) return false;
    if (!is_kex && number >= refuses_no_name_since && change.list.starts_with(',')) return false;
  }
  return assembled(argument, {number, names, names}).has_value();  // any default will do, as long as it has names
}

}  // namespace

bool key_algorithms_valid(std::string_view argument, AlgorithmList list, const SshdVersion& version) {
  const int number = packed_version(version);
  const bool is_known = list != AlgorithmList::ca_signature || number >= ca_list_since;
  return is_known && !argument.empty() && passes_key_check(argument, list, number);
}

std::optional<std::string> assembled_key_algorithms(std::string_view argument, AlgorithmList list,
                                                    const SshdVersion& version) {
  const int number = packed_version(version);
  const bool is_ca = list == AlgorithmList::ca_signature;
  if (is_ca && number < ca_list_since) return std::nullopt;
  const auto names = names_of(key_algorithms, number);
  if (!is_ca) return assembled(argument, {number, names, names_of(default_key_algorithms, number)});
  const auto is_plain = [](std::string_view name) { return !name.ends_with(cert_ending); };
  return assembled(argument, {number, names_that(is_plain, names), names_of(default_ca_algorithms, number)});
}

bool ciphers_valid(std::string_view argument, const SshdVersion& version) {
  return passes_transport_check(argument, TransportList::ciphers, version);
}

bool macs_valid(std::string_view argument, const SshdVersion& version) {
  return passes_transport_check(argument, TransportList::macs, version);
}

bool kex_algorithms_valid(std::string_view argument, const SshdVersion& version) {
  return passes_transport_check(argument, TransportList::kex_methods, version);
}

bool gss_kex_algorithms_valid(std::string_view argument) { return passes_check(argument, is_gss_kex_method); }

}  // namespace sshaudit
