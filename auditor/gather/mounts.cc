// SPDX-License-Identifier: MIT
#include "gather/mounts.h"

#include <libmount/libmount.h>
#include <linux/magic.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace sshaudit {

namespace {

struct TypeRow {
  std::uint32_t magic;  // statfs(2), f_type
  std::string_view type;
};
// Those on which something is different for key files. FUSE serves many kinds, with modes and without.
constexpr std::array types = {
    TypeRow{0x4d44, "vfat"},        TypeRow{0x2011bab0, "exfat"},    TypeRow{0x5346544e, "ntfs"},
    TypeRow{0x7366746e, "ntfs3"},   TypeRow{0xff534d42, "cifs"},     TypeRow{0xfe534d42, "cifs"},
    TypeRow{0x517b, "smbfs"},       TypeRow{0x786f4256, "vboxsf"},   TypeRow{0x01021997, "9p"},
    TypeRow{0x65735546, "fuse"},    TypeRow{0x6969, "nfs"},          TypeRow{0xf15f, "ecryptfs"},
    TypeRow{0x794c7630, "overlay"}, TypeRow{0x73717368, "squashfs"}, TypeRow{0x9660, "iso9660"},
    TypeRow{0xe0f5e1e2, "erofs"},
};

std::string_view type_of(const struct statfs& mount) {
  const auto magic = static_cast<std::uint32_t>(mount.f_type);
  const auto* const row = std::ranges::find(types, magic, &TypeRow::magic);
  return row == types.end() ? std::string_view() : row->type;
}

FileSystem place_of(const struct statfs& mount) {
  if (mount.f_type == AUTOFS_SUPER_MAGIC) return FileSystem::automounter;
  return mount.f_type == PROC_SUPER_MAGIC ? FileSystem::kernel : FileSystem::ordinary;
}

// Some have no number of inodes to run out of.
bool is_full(const struct statfs& mount) {
  return (mount.f_blocks > 0 && mount.f_bavail == 0) || (mount.f_files > 0 && mount.f_ffree == 0);
}

}  // namespace

Mount look_at_mount(int fd) {
  struct statfs mount {};
  if (fstatfs(fd, &mount) != 0) return {};
  return {place_of(mount), {type_of(mount), (mount.f_flags & ST_RDONLY) != 0, is_full(mount)}};
}

bool forbids_links(int fd) {
  constexpr long nosymfollow = 0x2000;  // ST_NOSYMFOLLOW of linux/statfs.h, Linux 5.10
  struct statfs file_system {};
  return fstatfs(fd, &file_system) == 0 && (file_system.f_flags & nosymfollow) != 0;
}

bool forbids_programs(int fd) {
  struct statfs file_system {};
  return fstatfs(fd, &file_system) == 0 && (file_system.f_flags & ST_NOEXEC) != 0;
}

bool is_mount_point(const std::string& path) {
  libmnt_table* table = mnt_new_table_from_file("/proc/self/mountinfo");
  if (table == nullptr) return false;
  const bool mounted = mnt_table_find_target(table, path.c_str(), MNT_ITER_BACKWARD) != nullptr;
  mnt_unref_table(table);
  return mounted;
}

std::string mount_of(std::string_view path) {
  std::string longest;
  libmnt_table* table = mnt_new_table_from_file("/proc/self/mountinfo");
  libmnt_iter* iterator = mnt_new_iter(MNT_ITER_FORWARD);
  libmnt_fs* mount = nullptr;
  while (table != nullptr && iterator != nullptr && mnt_table_next_fs(table, iterator, &mount) == 0) {
    const char* const target = mnt_fs_get_target(mount);
    if (target == nullptr || !path.starts_with(target)) continue;
    const std::string_view point(target);
    const bool is_above = point == "/" || path.size() == point.size() || path[point.size()] == '/';
    if (is_above && point.size() > longest.size()) longest = point;
  }
  mnt_free_iter(iterator);
  mnt_unref_table(table);
  return longest;
}

}  // namespace sshaudit
