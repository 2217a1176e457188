// SPDX-License-Identifier: MIT
// One look at a file: what stat(2) says, and its flags, for one system call.
#pragma once

#include "sshaudit/file_environment.h"
#include "sshaudit/path_walk.h"

namespace sshaudit {

struct SeenFile {
  FileStatus status;
  FileAttributes attributes;
  bool may_mount = false;  // when somebody goes through it
};

// statx(2), with fstatat(2) where the kernel does not have it. False with errno.
bool look_at(int directory, const char* name, int flags, SeenFile& seen);

}  // namespace sshaudit
