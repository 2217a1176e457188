// SPDX-License-Identifier: MIT
// A mount namespace of this process's own, from which no mount reaches the host.
#pragma once

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sshaudit {

inline bool make_mounts_private() { return mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0; }

// Up to the root that the kernel started with: out of a changed root, by a working directory that lies outside it.
inline bool leave_changed_root(int root) {
  if (chroot("/tmp") != 0 || fchdir(root) != 0) return false;
  struct stat here {};
  struct stat above {};
  do {
    if (stat(".", &here) != 0 || chdir("..") != 0 || stat(".", &above) != 0) return false;
  } while (here.st_ino != above.st_ino || here.st_dev != above.st_dev);
  return chroot(".") == 0;
}

// False, with errno, where the kernel does not allow it. In a changed root "/" is no mount point, and the mount that
// it lies on can only be named from outside.
inline bool enter_private_mounts() {
  if (unshare(CLONE_NEWNS) != 0) return false;
  if (make_mounts_private()) return true;
  const int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  const bool done = root >= 0 && leave_changed_root(root) && make_mounts_private() && fchdir(root) == 0 &&
                    chroot(".") == 0 && chdir("/") == 0;
  if (root >= 0) close(root);
  return done;
}

}  // namespace sshaudit
