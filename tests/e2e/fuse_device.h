// SPDX-License-Identifier: MIT
// The kernel's file systems in user space, also where /dev has no way to them, as in a changed root.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <fstream>
#include <string>

namespace sshaudit::e2e {

inline bool kernel_has_fuse() {
  std::ifstream file("/proc/filesystems");
  for (std::string line; std::getline(file, line);) {
    if (line == "nodev\tfuse") return true;
  }
  return false;
}

// Behind enter_debian(), whose /run is the test's own; -1 with errno.
inline int open_fuse() {
  constexpr auto* device = "/run/fuse-device";
  mknod(device, S_IFCHR | 0600, makedev(10, 229));
  return open(device, O_RDWR | O_CLOEXEC);
}

}  // namespace sshaudit::e2e
