// SPDX-License-Identifier: MIT
#include "rules/account_index.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <unordered_set>

namespace sshaudit {
namespace {

// Positions of `rows`, stably sorted by what `key` makes of a row.
template <class T, class Key>
std::vector<std::uint32_t> sorted_by(const std::vector<T>& rows, Key key) {
  std::vector<std::uint32_t> positions(rows.size());
  std::iota(positions.begin(), positions.end(), 0U);
  std::ranges::stable_sort(positions, {}, [&](std::uint32_t at) { return std::invoke(key, rows[at]); });
  return positions;
}

template <class T, class Key, class Value>
std::span<const std::uint32_t> equal_to(const std::vector<T>& rows, const std::vector<std::uint32_t>& sorted, Key key,
                                        const Value& value) {
  const auto is_before = [&](std::uint32_t at) { return std::invoke(key, rows[at]) < value; };
  const auto is_not_behind = [&](std::uint32_t at) { return !(value < std::invoke(key, rows[at])); };
  const auto first = std::ranges::partition_point(sorted, is_before);
  return {first, std::partition_point(first, sorted.end(), is_not_behind)};
}

std::string_view name_key(const Account& account) { return account.name; }
std::string_view home_key(const Account& account) { return account.home; }
std::string_view group_key(const Group& group) { return group.name; }

}  // namespace

AccountIndex::AccountIndex(const UserDatabase& database) : database_(database) { update(); }

void AccountIndex::update() {
  by_uid_ = sorted_by(database_.accounts, &Account::uid);
  by_gid_ = sorted_by(database_.accounts, &Account::gid);
  by_name_ = sorted_by(database_.accounts, name_key);
  by_home_ = sorted_by(database_.accounts, home_key);
  groups_ = sorted_by(database_.groups, &Group::gid);
  groups_by_name_ = sorted_by(database_.groups, group_key);
  repeated_.assign(database_.accounts.size(), false);
  for (std::size_t i = 1; i < by_name_.size(); ++i) {
    repeated_[by_name_[i]] = database_.accounts[by_name_[i]].name == database_.accounts[by_name_[i - 1]].name;
  }
  memberships_.clear();
  index_memberships();
}

void AccountIndex::index_memberships() {
  for (const auto& group : database_.groups) {
    for (const auto& member : group.members) {
      const auto found = equal_to(database_.accounts, by_name_, name_key, std::string_view(member));
      if (!found.empty()) memberships_.emplace_back(found.front(), group.gid);
    }
  }
  std::ranges::sort(memberships_);
  memberships_.erase(std::unique(memberships_.begin(), memberships_.end()), memberships_.end());
}

const Account* AccountIndex::account(uid_t uid) const {
  const auto found = with_uid(uid);
  return found.empty() ? nullptr : &database_.accounts[found.front()];
}

const Account* AccountIndex::account(std::string_view name) const {
  const auto found = equal_to(database_.accounts, by_name_, name_key, name);
  return found.empty() ? nullptr : &database_.accounts[found.front()];
}

const Group* AccountIndex::group(gid_t gid) const {
  const auto found = equal_to(database_.groups, groups_, &Group::gid, gid);
  return found.empty() ? nullptr : &database_.groups[found.front()];
}

const Group* AccountIndex::group(std::string_view name) const {
  const auto found = equal_to(database_.groups, groups_by_name_, group_key, name);
  return found.empty() ? nullptr : &database_.groups[found.front()];
}

std::span<const std::uint32_t> AccountIndex::primary_members(gid_t gid) const {
  return equal_to(database_.accounts, by_gid_, &Account::gid, gid);
}

std::span<const std::uint32_t> AccountIndex::with_uid(uid_t uid) const {
  return equal_to(database_.accounts, by_uid_, &Account::uid, uid);
}

// An element of the database itself needs no search.
std::optional<std::size_t> AccountIndex::position_of(const Account& account) const {
  const auto* const first = database_.accounts.data();
  const auto* const last = first + database_.accounts.size();
  if (std::greater_equal<>()(&account, first) && std::less<>()(&account, last)) {
    return static_cast<std::size_t>(&account - first);
  }
  const auto found = equal_to(database_.accounts, by_name_, name_key, std::string_view(account.name));
  return found.empty() ? std::nullopt : std::optional<std::size_t>(found.front());
}

std::vector<std::string> AccountIndex::members(gid_t gid) const {
  std::vector<std::string> names;
  for (const auto position : primary_members(gid)) names.push_back(database_.accounts[position].name);
  if (const auto* found = group(gid)) names.insert(names.end(), found->members.begin(), found->members.end());
  std::vector<std::string> unique;
  std::unordered_set<std::string_view> seen;
  for (const auto& name : names) {
    if (seen.insert(name).second) unique.push_back(name);
  }
  return unique;
}

Identity AccountIndex::identity_of(const Account& account) const {
  Identity identity{account.uid, account.gid, {}};
  const auto found = position_of(account);
  if (!found) return identity;
  const auto position = *found;
  auto membership = std::ranges::partition_point(memberships_, [&](const auto& one) { return one.first < position; });
  for (; membership != memberships_.end() && membership->first == position; ++membership) {
    if (membership->second != account.gid) identity.supplementary.push_back(membership->second);
  }
  return identity;
}

bool AccountIndex::is_home_of_another(std::string_view home, std::string_view name) const {
  while (home.size() > 1 && home.ends_with('/')) home.remove_suffix(1);
  const auto is_other = [&](std::uint32_t at) { return database_.accounts[at].name != name; };
  const auto with_slash = std::string(home) + '/';
  return std::ranges::any_of(equal_to(database_.accounts, by_home_, home_key, home), is_other) ||
         std::ranges::any_of(equal_to(database_.accounts, by_home_, home_key, std::string_view(with_slash)), is_other);
}

bool AccountIndex::has_home_of_another_below(std::string_view directory, std::string_view name) const {
  const auto prefix = std::string(directory) + '/';
  auto below = std::ranges::lower_bound(by_home_, std::string_view(prefix), {},
                                        [&](auto at) { return std::string_view(database_.accounts[at].home); });
  for (; below != by_home_.end() && database_.accounts[*below].home.starts_with(prefix); ++below) {
    if (database_.accounts[*below].name != name) return true;
  }
  return false;
}

std::string AccountIndex::user_name(uid_t uid) const {
  const auto* found = account(uid);
  return found == nullptr ? std::to_string(uid) : found->name;
}

std::string AccountIndex::group_name(gid_t gid) const {
  const auto* found = group(gid);
  return found == nullptr ? std::to_string(gid) : found->name;
}

}  // namespace sshaudit
