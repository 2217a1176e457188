// SPDX-License-Identifier: MIT
// Answers about the account database that a name service gives one at a time, from one pass over all of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sshaudit/account.h"

namespace sshaudit {

class AccountIndex {
 public:
  // Keeps a reference to the database.
  explicit AccountIndex(const UserDatabase& database);

  // To be called when the database has changed.
  void update();

  const UserDatabase& database() const { return database_; }

  // The first that a look-up would return; null when there is none.
  const Account* account(uid_t uid) const;
  const Account* account(std::string_view name) const;
  const Group* group(gid_t gid) const;
  const Group* group(std::string_view name) const;

  // Positions in database().accounts, ascending, of the accounts whose primary group it is.
  std::span<const std::uint32_t> primary_members(gid_t gid) const;
  std::span<const std::uint32_t> with_uid(uid_t uid) const;

  // Everybody who is in the group, by primary group or by the list; each name once, primary members first.
  std::vector<std::string> members(gid_t gid) const;

  // Whether a look-up by its name returns this element of database().accounts, and not an earlier one.
  bool is_first_of_its_name(const Account& account) const {
    const auto position = position_of(account);
    return position && !repeated_[*position];
  }

  // What initgroups(3) makes of an account; without supplementary groups for one that is not enumerated.
  Identity identity_of(const Account& account) const;

  // Whether an account of another name has this home, written with or without a slash behind.
  bool is_home_of_another(std::string_view home, std::string_view name) const;

  // Whether an account of another name has its home below this directory.
  bool has_home_of_another_below(std::string_view directory, std::string_view name) const;

  std::string user_name(uid_t uid) const;   // the number when the uid is no account
  std::string group_name(gid_t gid) const;  // likewise

 private:
  void index_memberships();
  std::optional<std::size_t> position_of(const Account& account) const;

  using Positions = std::vector<std::uint32_t>;
  const UserDatabase& database_;
  Positions by_uid_;                                          // positions of accounts, sorted by (uid, position)
  Positions by_gid_;                                          // by (primary gid, position)
  Positions by_name_;                                         // by (name, position)
  std::vector<bool> repeated_;                                // by position
  Positions by_home_;                                         // by (home, position)
  Positions groups_;                                          // positions of groups, by (gid, position)
  Positions groups_by_name_;                                  // by (name, position)
  std::vector<std::pair<std::uint32_t, gid_t>> memberships_;  // (position of the account, gid), sorted
};

}  // namespace sshaudit
