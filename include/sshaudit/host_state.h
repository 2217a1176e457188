// SPDX-License-Identifier: MIT
// What holds on the audited system for every login, beside sshd and its configuration.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sshaudit/pam.h"

namespace sshaudit {

// A file whose existence keeps everybody but root out: nologin(5).
struct NologinFile {
  std::string path;
  std::string text;        // the first 1000 bytes
  std::int64_t since = 0;  // when it was made or written, in seconds since 1970
  int errnum = 0;          // why it could not be looked at; 0 when it is there
  bool is_file = true;     // otherwise nobody can read it, and it keeps root out too

  bool operator==(const NologinFile&) const = default;
};

struct HostState {
  std::vector<NologinFile> nologin;                         // those that exist, or may
  std::map<std::string, PamStack, std::less<>> pam_stacks;  // by service, in lower case
  std::map<PamFileUse, PamFile> pam_files;                  // that their modules read
  std::vector<std::string> access_files;                    // /etc/security/access.d/*.conf, in their order
  bool selinux = false;                                     // the kernel enforces a policy, or may
  bool selinux_enforcing = false;
  std::optional<bool> nfs_homes;  // the boolean use_nfs_home_dirs of SELinux; nothing without SELinux
};

}  // namespace sshaudit
