// SPDX-License-Identifier: MIT
// What `fix` would do for one account: the least that lets sshd accept, item by item, and what is left to a person.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sshaudit/account.h"
#include "sshaudit/change.h"
#include "sshaudit/finding.h"
#include "sshaudit/report.h"

namespace sshaudit {

struct PlannedChange {
  Change change;
  FileStatus after;                 // as `change.judged` will be
  std::vector<AclEntry> acl_after;  // as `change.acl` will be
  std::string now;                  // in words: "0775 alice:staff", "user:bob:rwx"
  std::string then;
  std::vector<std::string> why;  // "home-writable: /home/alice is 0775 ..."
  std::string obstacle;          // why it cannot be made here and now; empty when nothing was found
};

// New text for a key file.
struct PlannedContent {
  std::string path;   // without symbolic links
  FileStatus judged;  // as in Change
  std::string before;
  std::string after;
  std::vector<std::string> what;  // "line 3: a new line begins at column 81, ..."
  std::string obstacle;           // as in PlannedChange
};

struct Plan {
  Account account;
  Identity identity;
  std::string home;  // without symbolic links; empty when it was not found
  KeyLogin now = KeyLogin::none;
  std::optional<KeyLogin> then;          // nothing: what is closed now has to be looked at first
  std::vector<PlannedChange> changes;    // each path once
  std::vector<PlannedContent> contents;  // each path once; made after the changes
  std::vector<ListedKey> let_in;         // keys that are accepted only then
  std::vector<Finding> advice;           // what is not done by a program

  bool is_empty() const { return changes.empty() && contents.empty(); }
};

// A public key that is to be added to a key file. Without `why_not` it can be.
struct KeyAddition {
  std::string path;                  // of the key file, without symbolic links
  std::optional<FileStatus> judged;  // of the file; nothing: it is made
  FileStatus made;                   // owner and mode of a file that is made
  std::string home;                  // of the account, without symbolic links
  std::string new_directory;         // to be made first, with mode 0700, for the account; empty: none
  std::string before;                // its text
  std::string after;
  std::size_t known_line = 0;     // where the key is already; 0: nowhere
  std::vector<Finding> findings;  // about the key itself
  std::string why_not;
};

}  // namespace sshaudit
