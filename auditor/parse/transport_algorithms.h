// SPDX-License-Identifier: MIT
// The names of ciphers, MACs and key exchange methods that each sshd knows, as tables; and how such tables are written.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "sshaudit/server.h"

namespace sshaudit {

using AlgorithmNames = std::vector<std::string_view>;

// Names, with commas, that the versions from `since` to `until` have; a version is major * 100 + minor.
struct AlgorithmRow {
  int since;
  int until;
  std::string_view names;
};
constexpr int newest_version = 9999;

// A version as the rows have it: 7.4 for older ones, the newest when it is unknown.
int packed_version(const SshdVersion& version);

// What a table says of one version, in the order of its rows.
AlgorithmNames names_of(std::span<const AlgorithmRow> table, int version);

// The elements of a list with commas, empty ones too: at least one.
AlgorithmNames split_names(std::string_view list);

// All that sshd knows, in no particular order. Source: cipher.c, mac.c and kex.c of OpenSSH, later kex-names.c.
enum class TransportList { ciphers, macs, kex_methods };
AlgorithmNames transport_names(TransportList list, const SshdVersion& version);

// Whether a name begins as one of the GSSAPI key exchange methods does, which only the vendors' sshds have. Source:
// Debian's gssapi.patch for 9.2.
bool is_gss_kex_method(std::string_view name);

}  // namespace sshaudit
