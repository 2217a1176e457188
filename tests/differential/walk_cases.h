// SPDX-License-Identifier: MIT
// The table of the StrictModes walk, walk_cases.txt: who logs in, what the file system holds, and what sshd does.
// How the table is written is explained at its top.
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sshaudit/account.h"
#include "sshaudit/path_walk.h"
#include "sshaudit/report.h"
#include "sshaudit/result.h"
#include "sshaudit/server.h"

namespace sshaudit {

// One file of a case. Everything above it is in the list too, and before it, except what the case takes away.
struct WalkObject {
  enum class Kind { directory, key, empty, fifo, socket, null_device, link, absent };
  Kind kind = Kind::directory;
  std::string place;   // what rows call it
  std::string path;    // absolute
  std::string target;  // of a link
  uid_t uid = 0;
  gid_t gid = 0;
  mode_t mode = 0;            // permission bits; with an ACL the middle digit is its mask
  std::vector<AclEntry> acl;  // the group class; holds the owning group when it holds anything
};

struct WalkExpectation {
  struct Named {
    std::string rule;
    std::string path;

    auto operator<=>(const Named&) const = default;
  };
  KeyLogin verdict = KeyLogin::none;  // accepted, refused, or none: refused for want of a key
  std::vector<Named> named;           // refused: sshd's first objection; accepted: what endangers, sorted

  bool operator==(const WalkExpectation&) const = default;
};

struct WalkCase {
  std::string name;
  std::size_t line = 0;
  UserDatabase database;
  Account account;  // the one that logs in
  Settings settings;
  std::vector<WalkObject> objects;
  std::optional<bool> protected_symlinks;  // the case needs this value of the sysctl
  WalkExpectation debian;
  WalkExpectation upstream;
};

// An error names the table and the line.
Result<std::vector<WalkCase>> read_walk_cases(const std::string& path);

// What an audit says of the same: its verdict, and the findings that a row names.
WalkExpectation as_expectation(const AccountReport& report);

std::string in_words(const WalkExpectation& expectation);

}  // namespace sshaudit
