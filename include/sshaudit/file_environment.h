// SPDX-License-Identifier: MIT
// What a file lies on: its file system and its flags decide whether the usual remedies work.
#pragma once

#include <string>
#include <string_view>

namespace sshaudit {

// The mount that a file was met on.
struct FileSystemState {
  std::string_view type;  // as mount(8) has it, of those that rules ask for: "vfat"; static storage; empty for others
  bool read_only = false;
  bool full = false;  // no block or no inode is left for anybody but root

  bool operator==(const FileSystemState&) const = default;
};

// STATX_ATTR_* of statx(2).
struct FileAttributes {
  bool immutable = false;    // chattr +i
  bool append_only = false;  // chattr +a
  bool encrypted = false;    // by fscrypt
  bool mount_root = false;   // something is mounted there

  bool operator==(const FileAttributes&) const = default;
};

// A home whose files can be read only after its owner has given a password.
struct HomeLock {
  enum class Kind { none, fscrypt, ecryptfs, homed };
  Kind kind = Kind::none;
  std::string marker;  // by what it shows

  bool operator==(const HomeLock&) const = default;
};

// The SELinux context of a file, and the one that the policy has for its path.
struct FileLabel {
  std::string path;
  std::string actual;    // "unconfined_u:object_r:default_t:s0"
  std::string expected;  // empty when the policy has none

  bool operator==(const FileLabel&) const = default;
};

}  // namespace sshaudit
