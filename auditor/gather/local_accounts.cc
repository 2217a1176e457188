// SPDX-License-Identifier: MIT
#include "gather/local_accounts.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "gather/name_services.h"
#include "gather/read_file.h"
#include "parse/account_row.h"

namespace sshaudit {
namespace {

constexpr std::size_t chunk_size = 256UL * 1024;  // stays in the processor's cache, and is a fresh page only once

// nss-systemd(8) adds accounts of its own, under names and ids that no file has.
bool comes_from_files(std::string_view database) {
  const auto words = switch_words(database);
  if (!words) return true;
  const auto is_other = [&](const std::string& word) {
    return word != "files" && (word != "systemd" || &word == &words->front());
  };
  return !words->empty() && std::ranges::none_of(*words, is_other);
}

// Calls visit(text) with whole lines, many at a time. False when the file cannot be read.
template <class Visit>
bool for_each_chunk(const Fd& file, Visit visit) {
  std::string buffer(chunk_size, '\0');
  std::size_t kept = 0;  // of a line that is not whole yet
  for (off_t at = 0;;) {
    if (kept == buffer.size()) buffer.resize(2 * buffer.size());
    const auto got = pread(file.get(), buffer.data() + kept, buffer.size() - kept, at);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      if (kept > 0) visit(std::string_view(buffer).substr(0, kept));
      return got == 0;
    }
    at += got;
    const auto text = std::string_view(buffer).substr(0, kept + static_cast<std::size_t>(got));
    const auto whole = text.rfind('\n') + 1;  // 0 when there is none
    if (whole > 0) visit(text.substr(0, whole));
    kept = text.size() - whole;
    std::memmove(buffer.data(), buffer.data() + whole, kept);
  }
}

// Calls visit(line) for each line in which the words stand. memmem(3) is much faster than a search by string_view.
template <class Visit>
void for_each_line_with(std::string_view text, std::string_view words, Visit visit) {
  std::size_t at = 0;
  while (const void* const found = memmem(text.data() + at, text.size() - at, words.data(), words.size())) {
    const auto position = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
    const auto before = text.rfind('\n', position);
    const auto start = before == std::string_view::npos ? 0 : before + 1;
    at = std::min(text.find('\n', position), text.size());
    visit(text.substr(start, at - start));
  }
}

// The same for any of several words, in the order of the lines.
template <class Visit>
void for_each_line_with_any(std::string_view text, const std::vector<std::string>& words, Visit visit) {
  std::set<std::pair<const char*, std::size_t>> lines;
  for (const auto& one : words) {
    for_each_line_with(text, one, [&](std::string_view line) { lines.emplace(line.data(), line.size()); });
  }
  for (const auto& [start, size] : lines) visit(std::string_view(start, size));
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

std::string as_field(id_t id) { return ":" + std::to_string(id) + ":"; }

template <class Id>
std::vector<std::string> as_fields(const std::set<Id>& ids) {
  std::vector<std::string> fields(ids.size());
  std::ranges::transform(ids, fields.begin(), as_field);
  return fields;
}

template <class T>
void add_missing(const std::vector<T>& rows, std::vector<T>& to) {
  for (const auto& row : rows) {
    if (std::ranges::find(to, row) == to.end()) to.push_back(row);
  }
}

Fd open_file(const char* path) { return Fd(::open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)); }

bool is_regular(const Fd& file) {
  struct stat status {};
  return file && fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

std::optional<LocalAccounts> LocalAccounts::open(const std::string& name, ShadowRows shadow) {
  if (name.empty()) return std::nullopt;
  for (const auto* const database : {"passwd", "group", "initgroups", "shadow"}) {
    if (!comes_from_files(database)) return std::nullopt;
  }
  LocalAccounts local;
  local.passwd_ = open_file("/etc/passwd");
  local.group_ = open_file("/etc/group");
  if (!is_regular(local.passwd_) || !is_regular(local.group_)) return std::nullopt;
  if (!local.find_account(name) || !local.find_groups(name)) return std::nullopt;
  if (shadow == ShadowRows::read && !local.find_shadow(name)) return std::nullopt;
  return local;
}

// The first row of the name is the account; that of root, whose home may stand in the configuration, is the first.
bool LocalAccounts::find_account(const std::string& name) {
  bool is_first = true;
  bool found = false;
  const bool read = for_each_chunk(passwd_, [&](std::string_view text) {
    if (std::exchange(is_first, false)) {
      auto root = account_in(text.substr(0, text.find('\n')));
      if (root && root->uid == 0 && root->name != name) own_.accounts.push_back(std::move(*root));
    }
    for_each_line_with(text, name + ":", [&](std::string_view line) {
      auto account = account_in(line);
      if (found || !account || account->name != name) return;
      found = true;
      own_.accounts.push_back(std::move(*account));
    });
  });
  return read && found;
}

bool LocalAccounts::find_groups(const std::string& name) {
  const auto primary = own_.accounts.back().gid;
  const auto wanted = as_field(primary);
  const auto visit = [&](std::string_view line) {
    auto group = group_in(line);
    if (!group) return;
    const bool is_member = std::ranges::find(group->members, name) != group->members.end();
    const bool known = std::ranges::find(own_.groups, *group) != own_.groups.end();
    if ((!is_member && group->gid != primary) || known) return;
    own_.groups.push_back(std::move(*group));
  };
  return for_each_chunk(group_, [&](std::string_view text) {
    for_each_line_with(text, wanted, visit);
    for_each_line_with(text, name, visit);
  });
}

bool LocalAccounts::find_shadow(const std::string& name) {
  const auto shadow = open_file("/etc/shadow");
  own_.shadow_seen = is_regular(shadow) || errno == ENOENT;
  if (!is_regular(shadow)) return true;
  return for_each_chunk(shadow, [&](std::string_view text) {
    for_each_line_with(text, name + ":", [&](std::string_view line) {
      auto row = parse_shadow_row(line);
      auto* found = std::get_if<ShadowRow>(&row);
      if (found != nullptr && found->name == name) own_.shadow.try_emplace(found->name, found->entry);
    });
  });
}

void LocalAccounts::add_components(const PathWalk& walk) {
  const auto add = [&](const PathComponent& component) {
    uids_.insert(component.status.uid);
    gids_.insert(component.status.gid);
    if ((component.status.mode & S_IWGRP) != 0) writing_gids_.insert(component.status.gid);
    for (const auto& entry : component.acl) {
      if (entry.kind == AclEntry::Kind::user) uids_.insert(entry.id);
      if (entry.kind == AclEntry::Kind::group) writing_gids_.insert(entry.id);
    }
    const bool strangers_write = (component.status.mode & (S_IWGRP | S_IWOTH)) != 0;
    is_well_ = is_well_ && !strangers_write && own_ids_.contains(component.status.uid);
  };
  std::ranges::for_each(walk.components, add);
  for (const auto& link : walk.links) std::ranges::for_each(link.through, add);
}

void LocalAccounts::add_ids_of(const AccountEvidence& evidence) {
  own_ids_ = {0, evidence.account.uid};
  add_components(evidence.home);
  if (evidence.shell) add_components(*evidence.shell);
  for (const auto* files : {&evidence.key_files, &evidence.ignored_key_files, &evidence.principals_files}) {
    for (const auto& file : *files) {
      add_components(file.walk);
      is_well_ =
          is_well_ && file.open_errnum == 0 && (file.walk.end == WalkEnd::found || file.walk.end == WalkEnd::missing);
    }
  }
  for (const auto& command : evidence.commands) add_components(command.walk);
  if (evidence.origin) {
    for (const auto& file : evidence.origin->named_files) add_components(file.walk);
  }
  homes_.insert(evidence.account.home);
  if (!evidence.home.components.empty()) homes_.insert(evidence.home.components.back().path);
  if (!evidence.chroot) return;
  add_components(evidence.chroot->shell);
  for (const auto& component : evidence.chroot->components) {
    uids_.insert(component.status.uid);
    gids_.insert(component.status.gid);
    is_well_ = false;
  }
}

// What a row has to hold to be of interest: an id of somebody else as a field, or a home, also one that lies in it.
std::vector<std::string> LocalAccounts::traits_of_accounts() const {
  std::set<id_t> ids = writing_gids_;
  std::ranges::set_difference(uids_, own_ids_, std::inserter(ids, ids.end()));
  auto traits = as_fields(ids);
  for (auto home : homes_) {
    while (home.ends_with('/')) home.pop_back();
    if (!home.empty()) traits.push_back(":" + home);
  }
  return traits;
}

// In the order of the files. What nobody has to do with is left out.
UserDatabase LocalAccounts::database() const {
  if (is_well_) return own_;
  UserDatabase database;
  database.shadow_seen = own_.shadow_seen;
  database.shadow = own_.shadow;
  const auto traits = traits_of_accounts();
  const bool passwd_read = for_each_chunk(passwd_, [&](std::string_view text) {
    for_each_line_with_any(text, traits, [&](std::string_view line) {
      if (auto account = account_in(line)) database.accounts.push_back(std::move(*account));
    });
  });
  add_missing(own_.accounts, database.accounts);
  std::set<id_t> gids = gids_;
  gids.insert(writing_gids_.begin(), writing_gids_.end());
  const auto ids = as_fields(gids);
  const bool group_read = for_each_chunk(group_, [&](std::string_view text) {
    for_each_line_with_any(text, ids, [&](std::string_view line) {
      if (auto group = group_in(line)) database.groups.push_back(std::move(*group));
    });
  });
  add_missing(own_.groups, database.groups);
  return passwd_read && group_read ? database : own_;
}

}  // namespace sshaudit
