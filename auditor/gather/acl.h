// SPDX-License-Identifier: MIT
// The extended access ACL of an open file.
#pragma once

#include <vector>

#include "sshaudit/path_walk.h"

namespace sshaudit {

// The entries of the group class, in the order of the ACL; empty when the file has no extended ACL, or when its
// ACL cannot be read (no /proc, or a file system without ACLs). `fd` may be opened with O_PATH.
std::vector<AclEntry> read_acl(int fd);

}  // namespace sshaudit
