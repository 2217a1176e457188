// SPDX-License-Identifier: MIT
// All that a system below a directory is made of, times apart, so that two states of it can be held against each other.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>

#include "audited_system.h"

namespace sshaudit::e2e {

struct PicturedFile {
  mode_t mode = 0;  // type and permission bits
  uid_t uid = 0;
  gid_t gid = 0;
  dev_t device = 0;     // that a device file stands for
  nlink_t links = 0;    // 0 for a directory, whose links only count what is in it
  std::string target;   // of a symbolic link
  std::string content;  // of a regular file
  std::string acl;      // the access ACL, as getfacl --numeric has it, with commas between; empty without one
  std::map<std::string, std::string> attributes;  // the other extended attributes, the default ACL among them
  ino_t inode = 0;                                // not compared: says which names are one file

  bool operator==(const PicturedFile& other) const;
};

// By path in the system.
using TreePicture = std::map<std::string, PicturedFile>;

// Without what lies at `left_out` and below it. Throws std::system_error when something cannot be seen.
TreePicture picture_of(const AuditedSystem& system, const std::string& left_out);

// What is not the same, at most 20 lines; empty when all is.
std::string difference(const TreePicture& expected, const TreePicture& actual);

}  // namespace sshaudit::e2e
