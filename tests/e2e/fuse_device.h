// SPDX-License-Identifier: MIT
// The kernel's file systems in user space, also where /dev has no way to them, as in a changed root.
#pragma once

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <functional>
#include <string>
#include <system_error>

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

struct FuseMount {
  const char* name = "";
  unsigned long flags = 0;
  uid_t mounted_by = 0;
  bool is_for_all = true;  // otherwise the kernel turns away everybody but `mounted_by`
};

// Mounts one over the directory `path`, whose server is a child of the calling process and ends with it: there, `serve`
// is called with the descriptor and must not return. Throws std::system_error.
inline pid_t mount_fuse(const std::string& path, const FuseMount& mounted, const std::function<void(int fuse)>& serve) {
  const int fuse = open_fuse();
  const auto id = std::to_string(mounted.mounted_by);
  const auto options = "fd=" + std::to_string(fuse) + ",rootmode=40000,user_id=" + id + ",group_id=" + id +
                       ",default_permissions" + (mounted.is_for_all ? ",allow_other" : "");
  if (fuse < 0 || mount(mounted.name, path.c_str(), "fuse", mounted.flags, options.c_str()) != 0)
    throw std::system_error(errno, std::generic_category(), "mount fuse");
  const pid_t parent = getpid();
  const pid_t server = fork();
  if (server < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (server == 0) {
    const bool ends_with_parent = prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent;
    if (ends_with_parent) serve(fuse);
    _exit(1);
  }
  close(fuse);
  return server;
}

}  // namespace sshaudit::e2e
