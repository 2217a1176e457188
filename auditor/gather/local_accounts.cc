// SPDX-License-Identifier: MIT
#include "gather/local_accounts.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <initializer_list>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include "gather/read_file.h"
#include "parse/account_row.h"

namespace sshaudit {
namespace {

constexpr std::size_t largest_database = 256UL * 1024 * 1024;

// nss-systemd(8) adds accounts of its own, under names and ids that no file has.
bool comes_from_files(const std::string& nsswitch, std::string_view database) {
  std::istringstream lines(nsswitch);
  for (std::string line; std::getline(lines, line);) {
    line.resize(std::min(line.find('#'), line.size()));
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    std::string word;
    std::istringstream(line.substr(0, colon)) >> word;
    if (word != database) continue;
    std::istringstream words(line.substr(colon + 1));
    bool is_first = true;
    while (words >> word) {
      if (word != "files" && (is_first || word != "systemd")) return false;
      is_first = false;
    }
    return !is_first;
  }
  return true;
}

// Fields are short: to look at each byte is faster than to call memchr(3).
const char* behind_fields(const char* at, const char* end, int count) {
  while (count > 0 && at != end && *at != '\n') {
    if (*at++ == ':') --count;
  }
  return at;
}

// A number as nearly every row has it. Others are parsed to be sure.
bool may_be(const char* at, const char* end, const std::vector<id_t>& ids) {
  id_t id = 0;
  const auto [rest, error] = std::from_chars(at, end, id);
  const bool is_plain = error == std::errc{} && rest != end && (*rest == ':' || *rest == '\n');
  return !is_plain || std::ranges::binary_search(ids, id);
}

// Calls visit(line) for each line that has one of the ids in a field with such a number.
template <class Visit>
void for_each_line_of(std::string_view text, std::initializer_list<std::pair<int, const std::vector<id_t>*>> fields,
                      Visit visit) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    const auto* const newline = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
    const char* const stop = newline == nullptr ? end : newline;
    bool wanted = false;
    for (const auto& [number, ids] : fields) wanted = wanted || may_be(behind_fields(at, stop, number), stop, *ids);
    if (wanted) visit(std::string_view(at, static_cast<std::size_t>(stop - at)));
    at = newline == nullptr ? end : newline + 1;
  }
}

// Calls visit(line) for each line in which the text stands. memmem(3) is much faster than std::string::find.
template <class Visit>
void for_each_line_with(const std::string& text, std::string_view needle, Visit visit) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto rest = [&] { return static_cast<std::size_t>(end - at); };
  while (const void* const found = memmem(at, rest(), needle.data(), needle.size())) {
    const auto position = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
    const auto before = text.rfind('\n', position);
    const auto start = before == std::string::npos ? 0 : before + 1;
    const auto stop = std::min(text.find('\n', position), text.size());
    visit(std::string_view(text).substr(start, stop - start));
    at = text.data() + stop;
  }
}

std::optional<Account> account_in(std::string_view line) {
  auto row = parse_passwd_row(line);
  if (!std::holds_alternative<Account>(row)) return std::nullopt;
  return std::move(std::get<Account>(row));
}

std::optional<Group> group_in(std::string_view line) {
  auto row = parse_group_row(line);
  if (!std::holds_alternative<Group>(row)) return std::nullopt;
  return std::move(std::get<Group>(row));
}

}  // namespace

std::optional<LocalAccounts> LocalAccounts::open() {
  const auto nsswitch = read_file("/etc/nsswitch.conf", 64UL * 1024).value_or("");
  for (const auto* const database : {"passwd", "group", "initgroups", "shadow"}) {
    if (!comes_from_files(nsswitch, database)) return std::nullopt;
  }
  LocalAccounts local;
  auto passwd = read_file("/etc/passwd", largest_database);
  auto group = read_file("/etc/group", largest_database);
  if (!passwd || !group) return std::nullopt;
  local.passwd_ = std::move(*passwd);
  local.group_ = std::move(*group);
  auto shadow = read_file("/etc/shadow", largest_database);
  local.shadow_seen_ = shadow.has_value();
  if (shadow) local.shadow_ = std::move(*shadow);
  return local;
}

bool LocalAccounts::add_account(const std::string& name) {
  if (name.empty()) return false;
  bool found = false;
  for_each_line_with(passwd_, name + ":", [&](std::string_view line) {
    const auto account = account_in(line);
    if (!account || account->name != name || found) return;
    found = true;
    uids_.insert(account->uid);
    gids_.insert(account->gid);
  });
  if (!found) return false;
  names_.insert(name);
  uids_.insert(0);
  gids_.insert(0);
  for_each_line_with(group_, name, [&](std::string_view line) {
    const auto group = group_in(line);
    if (group && std::ranges::find(group->members, name) != group->members.end()) gids_.insert(group->gid);
  });
  return true;
}

void LocalAccounts::add_components(const PathWalk& walk) {
  const auto add = [&](const PathComponent& component) {
    uids_.insert(component.status.uid);
    gids_.insert(component.status.gid);
    for (const auto& entry : component.acl) {
      if (entry.kind == AclEntry::Kind::user) uids_.insert(entry.id);
      if (entry.kind == AclEntry::Kind::group) gids_.insert(entry.id);
    }
  };
  std::ranges::for_each(walk.components, add);
  for (const auto& link : walk.links) std::ranges::for_each(link.through, add);
}

void LocalAccounts::add_ids_of(const AccountEvidence& evidence) {
  add_components(evidence.home);
  if (evidence.shell) add_components(*evidence.shell);
  for (const auto* files : {&evidence.key_files, &evidence.ignored_key_files, &evidence.principals_files}) {
    for (const auto& file : *files) add_components(file.walk);
  }
  for (const auto& command : evidence.commands) add_components(command.walk);
  if (!evidence.chroot) return;
  add_components(evidence.chroot->shell);
  for (const auto& component : evidence.chroot->components) {
    uids_.insert(component.status.uid);
    gids_.insert(component.status.gid);
  }
}

// The rows of an account itself are found by its name; whoever else has to do with it is not known yet.
UserDatabase LocalAccounts::own_rows() const {
  UserDatabase database;
  database.shadow_seen = shadow_seen_;
  const auto add = [&](std::string_view line) {
    auto account = account_in(line);
    const bool wanted = account && (account->uid == 0 || names_.contains(account->name));
    if (wanted) database.accounts.push_back(std::move(*account));
    return wanted;
  };
  for_each_line_with(passwd_, ":0:", add);
  for (const auto& name : names_) {
    for_each_line_with(passwd_, name + ":", [&](std::string_view line) {
      if (line.find(":0:") == std::string_view::npos) add(line);
    });
  }
  for (const auto gid : gids_) {
    for_each_line_with(group_, ":" + std::to_string(gid) + ":", [&](std::string_view line) {
      auto group = group_in(line);
      if (group && group->gid == gid) database.groups.push_back(std::move(*group));
    });
  }
  add_shadow_to(database);
  return database;
}

UserDatabase LocalAccounts::database() const {
  UserDatabase database;
  database.shadow_seen = shadow_seen_;
  const std::vector<id_t> uids(uids_.begin(), uids_.end());
  const std::vector<id_t> gids(gids_.begin(), gids_.end());
  for_each_line_of(passwd_, {{2, &uids}, {3, &gids}}, [&](std::string_view line) {
    auto account = account_in(line);
    if (account) database.accounts.push_back(std::move(*account));
  });
  for_each_line_of(group_, {{2, &gids}}, [&](std::string_view line) {
    auto group = group_in(line);
    if (group) database.groups.push_back(std::move(*group));
  });
  add_shadow_to(database);
  return database;
}

void LocalAccounts::add_shadow_to(UserDatabase& database) const {
  for (const auto& name : names_) {
    for_each_line_with(shadow_, name + ":", [&](std::string_view line) {
      auto row = parse_shadow_row(line);
      auto* shadow = std::get_if<ShadowRow>(&row);
      if (shadow != nullptr && shadow->name == name) database.shadow.try_emplace(shadow->name, shadow->entry);
    });
  }
}

}  // namespace sshaudit
