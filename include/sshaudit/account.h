// SPDX-License-Identifier: MIT
// One account and one group as passwd(5) and group(5) define them, and the database they form.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace sshaudit {

// What a password field holds, as far as a key login depends on it. The field itself is never kept.
enum class PasswordField {
  empty,
  shadowed,  // passwd(5) only: "x", or "##NAME"
  locked,    // begins with "!"
  other,     // a hash, "*", or anything else
};

struct Account {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
  std::string home;                                  // as written in passwd, unresolved, possibly empty
  std::string shell;                                 // as written in passwd; sshd takes an empty field for /bin/sh
  PasswordField password = PasswordField::shadowed;  // in passwd

  bool operator==(const Account&) const = default;
};

// A row of shadow(5). Days since 1970, or numbers of days; nothing where the field is empty or -1.
struct ShadowEntry {
  PasswordField password = PasswordField::other;
  std::optional<std::int64_t> last_change;  // 0: to be changed at the next login
  std::optional<std::int64_t> min;
  std::optional<std::int64_t> max;
  std::optional<std::int64_t> warn;
  std::optional<std::int64_t> inactive;
  std::optional<std::int64_t> expire;
  bool has_hash = false;  // a password stands in the field, though a "!" in front may lock it

  bool operator==(const ShadowEntry&) const = default;
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

// Whether shadow(5) is read where accounts are gathered. Left alone, no password of anybody gets into the memory of a
// process that will look at what a user wrote.
enum class ShadowRows { read, left };

// Everything that can be enumerated, in the order of enumeration. sshd's private-group rule (Debian) depends
// on that order, so it is kept.
struct UserDatabase {
  std::vector<Account> accounts;
  std::vector<Group> groups;
  std::vector<MalformedRow> malformed;
  std::unordered_map<std::string, ShadowEntry> shadow;  // by name
  bool shadow_seen = false;                             // who is not root does not see it
  std::vector<std::string> left_out;  // services of nsswitch.conf(5) whose accounts were not all listed
  std::string not_listed;             // why accounts that were asked for are missing; empty when none are
};

// The identity that sshd takes to open a key file: user, primary group, supplementary groups.
struct Identity {
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> supplementary;  // without gid

  bool operator==(const Identity&) const = default;
};

}  // namespace sshaudit
