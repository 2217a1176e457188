// SPDX-License-Identifier: MIT
// What there is below a directory, to be compared with what there is later: all but times and inode numbers.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>

namespace sshaudit::e2e {

struct SeenEntry {
  mode_t mode = 0;  // with the type
  uid_t uid = 0;
  gid_t gid = 0;
  nlink_t links = 0;                          // of what is no directory
  std::string acl;                            // as a record has it; empty without an extended one
  std::map<std::string, std::string> xattrs;  // but the access ACL
  std::string content;                        // of a file, or the target of a link

  bool operator==(const SeenEntry&) const = default;
};

// By path; the directory itself is "".
using Picture = std::map<std::string, SeenEntry>;

Picture picture_of(const std::string& directory);

// Line by line, what is different; empty when nothing is.
std::string changes(const Picture& before, const Picture& after);

}  // namespace sshaudit::e2e
