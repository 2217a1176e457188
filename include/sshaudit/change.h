// SPDX-License-Identifier: MIT
// A change of owner, mode or ACL that `fix` makes, by descriptor, of exactly the file that was judged.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "sshaudit/path_walk.h"

namespace sshaudit {

struct Change {
  std::string path;            // absolute, without symbolic links
  FileStatus judged;           // it is made of what is this file still, and of nothing else
  std::vector<AclEntry> acl;   // as judged; empty without an extended ACL
  mode_t take = 0;             // permission bits; with an ACL, S_IWGRP is the write permission of each of its entries
  mode_t give = 0;             // permission bits
  std::optional<uid_t> owner;  // the new one; nothing: as it is

  bool operator==(const Change&) const = default;
};

}  // namespace sshaudit
