// SPDX-License-Identifier: MIT
#include "gather/local_accounts.h"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <string_view>

#include "gather/read_file.h"
#include "parse/account_row.h"

namespace sshaudit {
namespace {

constexpr std::size_t largest_database = 256UL * 1024 * 1024;

// nss-systemd(8) adds accounts of its own, under names and ids that no file has.
bool comes_from_files(const std::string& nsswitch, std::string_view database) {
  std::istringstream lines(nsswitch);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string word;
    words >> word;
    if (word != database) continue;
    bool is_first = true;
    while (words >> word) {
      if (word != "files" && (is_first || word != "systemd")) return false;
      is_first = false;
    }
    return !is_first;
  }
  return true;
}

template <class Visit>
void for_each_line(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::string_view field(std::string_view line, int number) {
  for (; number > 0; --number) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return {};
    line.remove_prefix(colon + 1);
  }
  return line.substr(0, line.find(':'));
}

// A number as nearly every row has it. Others are parsed to be sure.
bool may_be(std::string_view digits, const std::set<id_t>& ids) {
  id_t id = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
  return error != std::errc{} || end != digits.data() + digits.size() || ids.contains(id);
}

// Calls visit(line) for each line in which the text stands.
template <class Visit>
void for_each_line_with(const std::string& text, std::string_view needle, Visit visit) {
  for (auto at = text.find(needle); at != std::string::npos; at = text.find(needle, at)) {
    const auto before = text.rfind('\n', at);
    const auto start = before == std::string::npos ? 0 : before + 1;
    const auto end = std::min(text.find('\n', at), text.size());
    visit(std::string_view(text).substr(start, end - start));
    at = end;
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
  for (const auto* const database : {"passwd:", "group:", "initgroups:", "shadow:"}) {
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
  bool found = false;
  for_each_line_with(passwd_, name, [&](std::string_view line) {
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

UserDatabase LocalAccounts::database() const {
  UserDatabase database;
  database.shadow_seen = shadow_seen_;
  for_each_line(passwd_, [&](std::string_view line) {
    if (!may_be(field(line, 2), uids_) && !may_be(field(line, 3), gids_)) return;
    auto account = account_in(line);
    if (account) database.accounts.push_back(std::move(*account));
  });
  for_each_line(group_, [&](std::string_view line) {
    if (!may_be(field(line, 2), gids_)) return;
    auto group = group_in(line);
    if (group) database.groups.push_back(std::move(*group));
  });
  for (const auto& name : names_) {
    for_each_line_with(shadow_, name, [&](std::string_view line) {
      auto row = parse_shadow_row(line);
      auto* shadow = std::get_if<ShadowRow>(&row);
      if (shadow != nullptr && shadow->name == name) database.shadow.try_emplace(shadow->name, shadow->entry);
    });
  }
  return database;
}

}  // namespace sshaudit
