// SPDX-License-Identifier: MIT
// What was met on the way to a file: every component of the resolved path and every symbolic link that led there.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "sshaudit/file_environment.h"

namespace sshaudit {

struct FileStatus {
  mode_t mode = 0;  // type and permission bits, as in st_mode
  uid_t uid = 0;
  gid_t gid = 0;
  dev_t device = 0;
  ino_t inode = 0;
  nlink_t links = 1;

  bool operator==(const FileStatus&) const = default;
};

// One entry of the group class of an extended access ACL (acl(5)).
struct AclEntry {
  enum class Kind { user, owning_group, group };
  Kind kind = Kind::user;
  id_t id = 0;               // uid or gid; 0 for the owning group
  unsigned permissions = 0;  // as written, before the mask: 4 read, 2 write, 1 execute

  bool operator==(const AclEntry&) const = default;
};

struct PathComponent {
  std::string path;  // absolute, without symbolic links, on the audited system
  FileStatus status;
  FileSystemState file_system;
  FileAttributes attributes;
  std::vector<AclEntry> acl;  // empty without an extended ACL; read only where the group may write

  bool operator==(const PathComponent&) const = default;
};

struct FollowedLink {
  std::string path;
  std::string target;                  // as stored in the link
  std::vector<PathComponent> through;  // the directories from "/" to the one that holds the link

  bool operator==(const FollowedLink&) const = default;
};

enum class WalkEnd {
  found,
  missing,         // ENOENT
  dangling,        // ENOENT behind a symbolic link that is the last thing there is
  not_searchable,  // EACCES: a directory on the way may not be searched by this identity
  not_directory,   // ENOTDIR: something on the way is not a directory
  unresolvable,    // ELOOP, ENAMETOOLONG: more than 40 links, or too long for the kernel
  automount,       // going on would have mounted something
  unseen,          // any other errno, or a place that is not looked into
};

struct PathWalk {
  std::string requested;  // as asked for
  WalkEnd end = WalkEnd::missing;
  std::vector<PathComponent> components;  // from "/" to the last that was reached
  std::vector<FollowedLink> links;        // in the order in which they were followed
  std::string stopped_at;                 // the path that could not be reached; empty when found
  int errnum = 0;                         // why, 0 when found

  bool operator==(const PathWalk&) const = default;
};

}  // namespace sshaudit
