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

// Positions of rows by the hash of one of their fields. Four to eight bytes a row, and one or two looks to find one.
class PositionTable {
 public:
  explicit PositionTable(std::size_t rows = 0);

  // The first position that was added with this hash for which `is_it` holds.
  template <class IsIt>
  std::optional<std::uint32_t> find(std::size_t hash, IsIt is_it) const {
    for (auto at = hash & mask_; slots_[at] != 0; at = (at + 1) & mask_) {
      if (is_it(slots_[at] - 1)) return slots_[at] - 1;
    }
    return std::nullopt;
  }

  void add(std::size_t hash, std::uint32_t position);

 private:
  std::vector<std::uint32_t> slots_;  // position + 1; 0 for none
  std::size_t mask_ = 0;
};

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

  const std::vector<std::uint32_t>& sorted_by_home() const;
  bool is_another(std::uint32_t position, std::string_view home, std::string_view name) const;

  using Positions = std::vector<std::uint32_t>;
  const UserDatabase& database_;
  Positions by_uid_;                                          // positions of accounts, sorted by (uid, position)
  Positions by_gid_;                                          // by (primary gid, position)
  std::vector<bool> repeated_;                                // by position: an earlier one has the name
  mutable Positions by_home_;                                 // by (home, position); made when it is first needed
  PositionTable names_;                                       // of accounts, those that are not repeated
  PositionTable uids_;                                        // likewise
  PositionTable homes_;                                       // of all accounts
  PositionTable group_names_;                                 // of groups, those that are not repeated
  PositionTable gids_;                                        // likewise
  std::vector<std::pair<std::uint32_t, gid_t>> memberships_;  // (position of the account, gid), sorted
};

}  // namespace sshaudit
