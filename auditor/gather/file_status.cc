// SPDX-License-Identifier: MIT
#include "gather/file_status.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <cstdint>

namespace sshaudit {
namespace {

// Those that linux/stat.h of an older host does not name.
constexpr std::uint64_t immutable_flag = 0x10;
constexpr std::uint64_t append_flag = 0x20;
constexpr std::uint64_t encrypted_flag = 0x800;
constexpr std::uint64_t automount_flag = 0x1000;
constexpr std::uint64_t mount_root_flag = 0x2000;

constexpr unsigned wanted = STATX_TYPE | STATX_MODE | STATX_NLINK | STATX_UID | STATX_GID | STATX_INO;

bool look_without_flags(int directory, const char* name, int flags, SeenFile& seen) {
  struct stat status {};
  if (fstatat(directory, name, &status, flags) != 0) return false;
  seen.status = {status.st_mode, status.st_uid, status.st_gid, status.st_dev, status.st_ino, status.st_nlink};
  return true;
}

}  // namespace

bool look_at(int directory, const char* name, int flags, SeenFile& seen) {
  struct statx file {};
  if (statx(directory, name, flags, wanted, &file) != 0) {
    return errno == ENOSYS && look_without_flags(directory, name, flags, seen);
  }
  seen.status = {file.stx_mode, file.stx_uid,  file.stx_gid, makedev(file.stx_dev_major, file.stx_dev_minor),
                 file.stx_ino,  file.stx_nlink};
  const auto is = [&](std::uint64_t flag) { return (file.stx_attributes & flag) != 0; };
  seen.attributes = {is(immutable_flag), is(append_flag), is(encrypted_flag), is(mount_root_flag)};
  seen.may_mount = is(automount_flag);
  return true;
}

}  // namespace sshaudit
