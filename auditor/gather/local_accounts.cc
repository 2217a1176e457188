// SPDX-License-Identifier: MIT
#include "gather/local_accounts.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
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

constexpr std::size_t chunk_size = 256UL * 1024;  // stays in the processor's cache, and is a fresh page only once

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

Fd open_file(const char* path) { return Fd(::open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)); }

bool is_regular(const Fd& file) {
  struct stat status {};
  return file && fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

std::optional<LocalAccounts> LocalAccounts::open(const std::string& name) {
  if (name.empty()) return std::nullopt;
  const auto nsswitch = read_file("/etc/nsswitch.conf", 64UL * 1024).value_or("");
  for (const auto* const database : {"passwd", "group", "initgroups", "shadow"}) {
    if (!comes_from_files(nsswitch, database)) return std::nullopt;
  }
  LocalAccounts local;
  local.passwd_ = open_file("/etc/passwd");
  local.group_ = open_file("/etc/group");
  if (!is_regular(local.passwd_) || !is_regular(local.group_)) return std::nullopt;
  if (!local.find_account(name) || !local.find_groups(name) || !local.find_shadow(name)) return std::nullopt;
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
      uids_ = {0, account->uid};
      gids_ = {0, account->gid};
      own_.accounts.push_back(std::move(*account));
    });
  });
  return read && found;
}

bool LocalAccounts::find_groups(const std::string& name) {
  const auto primary = own_.accounts.back().gid;
  const auto wanted = ":" + std::to_string(primary) + ":";
  const auto visit = [&](std::string_view line) {
    auto group = group_in(line);
    if (!group) return;
    const bool is_member = std::ranges::find(group->members, name) != group->members.end();
    const bool known = std::ranges::find(own_.groups, *group) != own_.groups.end();
    if ((!is_member && group->gid != primary) || known) return;
    gids_.insert(group->gid);
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

// In the order of the files.
UserDatabase LocalAccounts::database() const {
  UserDatabase database;
  database.shadow_seen = own_.shadow_seen;
  database.shadow = own_.shadow;
  const std::vector<id_t> uids(uids_.begin(), uids_.end());
  const std::vector<id_t> gids(gids_.begin(), gids_.end());
  const bool passwd_read = for_each_chunk(passwd_, [&](std::string_view text) {
    for_each_line_of(text, {{2, &uids}, {3, &gids}}, [&](std::string_view line) {
      auto account = account_in(line);
      if (account) database.accounts.push_back(std::move(*account));
    });
  });
  const bool group_read = for_each_chunk(group_, [&](std::string_view text) {
    for_each_line_of(text, {{2, &gids}}, [&](std::string_view line) {
      auto group = group_in(line);
      if (group) database.groups.push_back(std::move(*group));
    });
  });
  return passwd_read && group_read ? database : own_;
}

}  // namespace sshaudit
