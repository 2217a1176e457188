// SPDX-License-Identifier: MIT
// What holds on the audited system for every login, beside sshd and its configuration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sshaudit {

// A file whose existence keeps everybody but root out: nologin(5).
struct NologinFile {
  std::string path;
  std::string text;        // the first 1000 bytes
  std::int64_t since = 0;  // when it was made or written, in seconds since 1970
  int errnum = 0;          // why it could not be looked at; 0 when it is there

  bool operator==(const NologinFile&) const = default;
};

struct HostState {
  std::vector<NologinFile> nologin;  // those that exist, or may
  bool selinux_enforcing = false;
  std::optional<bool> nfs_homes;  // the boolean use_nfs_home_dirs of SELinux; nothing without SELinux
};

}  // namespace sshaudit
