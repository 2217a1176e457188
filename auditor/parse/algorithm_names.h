// SPDX-License-Identifier: MIT
// The algorithm names that each sshd from OpenSSH 7.4 to 10.5 knows, and what becomes of a list of them in sshd_config.
// The build assumed is the usual one: OpenSSL with every algorithm, elliptic curves, FIDO keys; DSA as by default.
// Versions older than 7.4 count as 7.4, unknown and newer ones as 10.5. Vendors' default lists are not modelled.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sshaudit/server.h"

namespace sshaudit {

// PubkeyAcceptedAlgorithms, HostbasedAcceptedAlgorithms, HostKeyAlgorithms (and the names that these had before 8.5);
// CASignatureAlgorithms, which exists from 7.9 on.
enum class AlgorithmList { pubkey_accepted, hostbased_accepted, host_key, ca_signature };

// Whether sshd takes this argument, in a Match block too: a list of names and patterns with commas, possibly after `+`,
// `-` (7.5) or `^` (8.1). False for an empty argument and for a name that the version does not know.
// Source: servconf.c, sshkey_names_valid2() of sshkey.c.
bool key_algorithms_valid(std::string_view argument, AlgorithmList list, const SshdVersion& version);

// What one assembly makes of a list that sshd has taken, with commas; an empty argument is the default. sshd does it
// again with what came of it, so that a list that "-" has emptied is the default in the end. From 7.8 on it holds names
// only; before, it is as the file has it, and patterns, negations and unknown names stay in it. Nothing when sshd ends,
// or has no such list. Source: assemble_algorithms() of servconf.c, kex_assemble_names() of kex.c, myproposal.h.
std::optional<std::string> assembled_key_algorithms(std::string_view argument, AlgorithmList list,
                                                    const SshdVersion& version);

// Whether sshd starts with this argument of Ciphers, MACs, KexAlgorithms: a list of names with commas, possibly after a
// prefix as above; patterns only after `-`, where anything goes, even what removes every algorithm.
// Source: ciphers_valid() of cipher.c, mac_valid() of mac.c, kex_names_valid() of kex.c, later kex-names.c.
bool ciphers_valid(std::string_view argument, const SshdVersion& version);
bool macs_valid(std::string_view argument, const SshdVersion& version);
bool kex_algorithms_valid(std::string_view argument, const SshdVersion& version);

// Whether the sshd of Debian, Ubuntu or RHEL starts with this argument of GSSAPIKexAlgorithms: a list with commas of
// names that begin as its methods do; no prefix, no patterns. Source: kex_gss_names_valid() of Debian's gssapi.patch.
bool gss_kex_algorithms_valid(std::string_view argument);

}  // namespace sshaudit
