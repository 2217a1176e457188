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

// Behaviour that parsers and rules ask for. Sources: OpenSSH's misc.c, sshkey.c, auth-options.c, auth2-pubkeyfile.c and
// Debian's user-group-modes.patch. Which version knows a key type or an option stands with these, in parse/.
struct SshdFacts {
  bool private_groups = false;         // group-writable is fine for a group that only the user is in
  bool expands_uid = true;             // %U in AuthorizedKeysFile (7.8)
  bool globs_key_files = true;         // AuthorizedKeysFile is a glob(7) pattern (10.0)
  bool logs_open_failures = true;      // "Could not open user ..." at INFO (9.1)
  bool reads_any_line = true;          // no line of a key file is too long, and a NUL byte only ends its own (7.8)
  bool strict_options = true;          // one faulty option of a key line is enough (7.7); before, most are forgiven
  bool free_separators = true;         // blanks and tabs between the words of a key line, as many as you like (7.7)
  bool exact_types = true;             // the type in a key's blob is spelt out, no short name (9.9)
  bool underscore_names = true;        // NAME_2=... in environment= (7.8)
  bool needs_names = true;             // "=..." in environment= is wrong (7.9)
  bool service_names = true;           // names of services for ports in key lines (7.9)
  bool limits_permits = true;          // of permitopen= and permitlisten= (8.1)
  bool limits_environment = true;      // of environment=, of which a name counts once (8.7)
  bool utc_times = true;               // Z and UTC behind expiry-time, and nothing else behind it (9.1)
  bool any_point = true;               // on its curve is a key (10.3); before, not one with a very short coordinate
  bool old_times = true;               // a time before 1970 is taken, for one in the far future (10.4)
  bool files_first = true;             // AuthorizedKeysFile comes before certificates and AuthorizedKeysCommand (8.1)
  bool last_at = true;                 // AllowUsers and DenyUsers are split at the last @ (9.9); before, at the first
  bool logs_expired_as_locked = true;  // of an expired account, too, sshd says that it is locked (9.0)
  bool asks_rsa_size = true;           // 1024 bits at least (7.6); before, 768
  bool needs_principals = true;        // a certificate has to have some, for cert-authority lines too (10.3)
  bool whole_principals = true;        // of a certificate, compared whole with principals= of a key line (10.3)
  bool split_principals = false;       // they may be taken apart at commas: before, where a vendor has not mended that
  bool quotes_in_words = true;         // of commands: a quote may begin within a word (8.6)
  bool escapes_blanks = true;          // of commands: "\ " is a blank within a word (8.7)
  bool groups_of_commands = true;  // a command has the groups of its user (8.8, and backports); before, those of sshd
  bool connection_tokens = true;   // %C and %D in AuthorizedKeysCommand (9.4)
};
SshdFacts facts_of(const SshdVersion& version);

}  // namespace sshaudit
