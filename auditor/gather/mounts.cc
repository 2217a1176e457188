// SPDX-License-Identifier: MIT
#include "gather/mounts.h"

#include <libmount/libmount.h>
#include <linux/magic.h>
#include <sys/statfs.h>

namespace sshaudit {

FileSystem place_of(int fd) {
  struct statfs file_system {};
  if (fstatfs(fd, &file_system) != 0) return FileSystem::ordinary;
  if (file_system.f_type == AUTOFS_SUPER_MAGIC) return FileSystem::automounter;
  if (file_system.f_type == PROC_SUPER_MAGIC) return FileSystem::kernel;
  return FileSystem::ordinary;
}

bool forbids_links(int fd) {
  constexpr long nosymfollow = 0x2000;  // ST_NOSYMFOLLOW of linux/statfs.h, Linux 5.10
  struct statfs file_system {};
  return fstatfs(fd, &file_system) == 0 && (file_system.f_flags & nosymfollow) != 0;
}

bool is_mount_point(const std::string& path) {
  libmnt_table* table = mnt_new_table_from_file("/proc/self/mountinfo");
  if (table == nullptr) return false;
  const bool mounted = mnt_table_find_target(table, path.c_str(), MNT_ITER_BACKWARD) != nullptr;
  mnt_unref_table(table);
  return mounted;
}

}  // namespace sshaudit
