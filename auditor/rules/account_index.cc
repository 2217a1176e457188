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

std::size_t hash_of(std::string_view text) { return std::hash<std::string_view>()(text); }

// Ids come in rows: the upper half of the product spreads them.
std::size_t hash_of(id_t id) { return (id * 0x9e3779b97f4a7c15U) >> 32U; }

// The rows of which an earlier one has the same key are `repeated`.
template <class T, class Key>
PositionTable table_of(const std::vector<T>& rows, Key key, std::vector<bool>* repeated = nullptr) {
  PositionTable table(rows.size());
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    const auto& value = std::invoke(key, rows[i]);
    const auto hash = hash_of(value);
    const bool is_known = table.find(hash, [&](auto at) { return std::invoke(key, rows[at]) == value; }).has_value();
    if (!is_known) table.add(hash, i);
    if (repeated != nullptr) (*repeated)[i] = is_known;
  }
  return table;
}

template <class T, class Key, class Value>
const T* first_of(const std::vector<T>& rows, const PositionTable& table, Key key, const Value& value) {
  const auto found = table.find(hash_of(value), [&](auto at) { return std::invoke(key, rows[at]) == value; });
  return found ? &rows[*found] : nullptr;
}

}  // namespace

PositionTable::PositionTable(std::size_t rows) {
  std::size_t size = 8;
  while (size < rows + rows / 2) size *= 2;
  slots_.assign(size, 0);
  mask_ = size - 1;
}

void PositionTable::add(std::size_t hash, std::uint32_t position) {
  auto at = hash & mask_;
  while (slots_[at] != 0) at = (at + 1) & mask_;
  slots_[at] = position + 1;
}

AccountIndex::AccountIndex(const UserDatabase& database) : database_(database) { update(); }

void AccountIndex::update() {
  by_uid_ = sorted_by(database_.accounts, &Account::uid);
  by_gid_ = sorted_by(database_.accounts, &Account::gid);
  by_home_.clear();
  repeated_.assign(database_.accounts.size(), false);
  names_ = table_of(database_.accounts, &Account::name, &repeated_);
  uids_ = table_of(database_.accounts, &Account::uid);
  group_names_ = table_of(database_.groups, &Group::name);
  gids_ = table_of(database_.groups, &Group::gid);
  homes_ = PositionTable(database_.accounts.size());
  for (std::uint32_t i = 0; i < database_.accounts.size(); ++i) homes_.add(hash_of(database_.accounts[i].home), i);
  memberships_.clear();
  index_memberships();
}

void AccountIndex::index_memberships() {
  for (const auto& group : database_.groups) {
    for (const auto& member : group.members) {
      const auto* found = account(std::string_view(member));
      if (found != nullptr) {
        memberships_.emplace_back(static_cast<std::uint32_t>(found - database_.accounts.data()), group.gid);
      }
    }
  }
  std::ranges::sort(memberships_);
  memberships_.erase(std::unique(memberships_.begin(), memberships_.end()), memberships_.end());
}

const Account* AccountIndex::account(uid_t uid) const {
  return first_of(database_.accounts, uids_, &Account::uid, uid);
}

const Account* AccountIndex::account(std::string_view name) const {
  return first_of(database_.accounts, names_, &Account::name, name);
}

const Group* AccountIndex::group(gid_t gid) const { return first_of(database_.groups, gids_, &Group::gid, gid); }

const Group* AccountIndex::group(std::string_view name) const {
  return first_of(database_.groups, group_names_, &Group::name, name);
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
  const auto* const found = this->account(std::string_view(account.name));
  return found == nullptr ? std::nullopt : std::optional(static_cast<std::size_t>(found - first));
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

bool AccountIndex::is_another(std::uint32_t position, std::string_view home, std::string_view name) const {
  return database_.accounts[position].home == home && database_.accounts[position].name != name;
}

bool AccountIndex::is_home_of_another(std::string_view home, std::string_view name) const {
  while (home.size() > 1 && home.ends_with('/')) home.remove_suffix(1);
  const auto with_slash = std::string(home) + '/';
  return homes_.find(hash_of(home), [&](auto at) { return is_another(at, home, name); }) ||
         homes_.find(hash_of(with_slash), [&](auto at) { return is_another(at, with_slash, name); });
}

const std::vector<std::uint32_t>& AccountIndex::sorted_by_home() const {
  if (by_home_.empty()) by_home_ = sorted_by(database_.accounts, &Account::home);
  return by_home_;
}

bool AccountIndex::has_home_of_another_below(std::string_view directory, std::string_view name) const {
  const auto prefix = std::string(directory) + '/';
  const auto& sorted = sorted_by_home();
  auto below = std::ranges::lower_bound(sorted, std::string_view(prefix), {},
                                        [&](auto at) { return std::string_view(database_.accounts[at].home); });
  for (; below != sorted.end() && database_.accounts[*below].home.starts_with(prefix); ++below) {
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
