// SPDX-License-Identifier: MIT
// Which sshd this is: its version text, and what differs between versions and vendors. One table holds those facts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sshaudit/server.h"

namespace sshaudit {

// Text as `ssh -V` prints it or as the banner has it: "OpenSSH_9.2p1 Debian-2+deb12u3, OpenSSL 3.0.17".
// Nothing when it does not begin with "OpenSSH_" and a number.
std::optional<SshdVersion> parse_sshd_version(std::string_view text);

// The version text that is compiled into a program: the most specific of the NUL-terminated strings that are one.
std::optional<SshdVersion> find_sshd_version(std::string_view program_bytes);

// What os-release(5) says about the vendor whose sshd this is. RHEL's binaries carry no tag of their own.
struct Release {
  Vendor vendor = Vendor::upstream;
  std::string_view sshd;  // "9.2p1", the version that this release ships; empty when not known
};
Release parse_os_release(std::string_view text);

// Behaviour that the rules ask for. Sources: OpenSSH's misc.c, auth2-pubkeyfile.c and Debian's user-group-modes.patch.
struct SshdFacts {
  bool private_groups = false;     // group-writable is fine for a group that only the user is in
  bool expands_uid = true;         // %U in AuthorizedKeysFile (7.8)
  bool globs_key_files = true;     // AuthorizedKeysFile is a glob(7) pattern (10.0)
  bool logs_open_failures = true;  // "Could not open user ..." at INFO (9.1)
};
SshdFacts facts_of(const SshdVersion& version);

}  // namespace sshaudit
