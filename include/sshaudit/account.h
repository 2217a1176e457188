// SPDX-License-Identifier: MIT
// One account and one group as passwd(5) and group(5) define them, and the database they form.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <vector>

namespace sshaudit {

struct Account {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
  std::string home;   // as written in passwd, unresolved, possibly empty
  std::string shell;  // as written in passwd; sshd takes an empty field for /bin/sh

  bool operator==(const Account&) const = default;
};

struct Group {
  std::string name;
  gid_t gid = 0;
  std::vector<std::string> members;  // the listed members, not those whose primary group it is

  bool operator==(const Group&) const = default;
};

// A row of a database file that the C library's reader drops.
struct MalformedRow {
  std::string file;  // absolute path on the audited system
  std::size_t line = 0;
  std::string reason;

  bool operator==(const MalformedRow&) const = default;
};

// Everything that can be enumerated, in the order of enumeration. sshd's private-group rule (Debian) depends
// on that order, so it is kept.
struct UserDatabase {
  std::vector<Account> accounts;
  std::vector<Group> groups;
  std::vector<MalformedRow> malformed;
};

// The identity that sshd takes to open a key file: user, primary group, supplementary groups.
struct Identity {
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> supplementary;  // without gid

  bool operator==(const Identity&) const = default;
};

}  // namespace sshaudit
