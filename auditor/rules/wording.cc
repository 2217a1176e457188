// SPDX-License-Identifier: MIT
#include "rules/wording.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace sshaudit {
namespace {

constexpr mode_t permission_bits = 07777;
constexpr std::size_t most_names = 4;
constexpr unsigned write_permission = 2;

}  // namespace

std::string listed(const std::vector<std::string>& names) {
  const auto shown = std::min(names.size(), most_names);
  auto text = fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  if (names.size() > shown) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

std::string shown(std::string_view text) {
  constexpr std::size_t longest = 160;
  return text.size() <= longest ? std::string(text) : std::string(text.substr(0, longest)) + "...";
}

std::string octal(mode_t mode) { return fmt::format("{:04o}", mode & permission_bits); }

std::string mode_and_owner(const FileStatus& status, const AccountIndex& accounts) {
  return fmt::format("{} {}:{}", octal(status.mode), accounts.user_name(status.uid), accounts.group_name(status.gid));
}

std::string group_in_words(gid_t gid, const AccountIndex& accounts) {
  if (accounts.group(gid) == nullptr) return fmt::format("gid {} (no group)", gid);
  const auto members = accounts.members(gid);
  if (members.empty()) return fmt::format("group \"{}\" (no members)", accounts.group_name(gid));
  return fmt::format("group \"{}\" ({})", accounts.group_name(gid), listed(members));
}

std::string owner_in_words(uid_t uid, const AccountIndex& accounts) {
  const auto* account = accounts.account(uid);
  return account == nullptr ? fmt::format("uid {} (no account)", uid) : account->name;
}

std::string errno_in_words(int errnum) {
  const char* const text = strerrordesc_np(errnum);
  return text == nullptr ? fmt::format("errno {}", errnum) : text;
}

std::string kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a FIFO";
  if (S_ISSOCK(mode)) return "a socket";
  if (S_ISCHR(mode) || S_ISBLK(mode)) return "a device";
  return "a regular file";
}

std::string by_link(const PathWalk& walk, std::string_view path) {
  if (walk.links.empty()) return {};
  const auto& link = walk.links.back();
  const bool requested = walk.requested == path || walk.requested.starts_with(std::string(path) + "/");
  return requested ? std::string() : fmt::format(", reached through the link {} -> {}", link.path, link.target);
}

std::string permissions_in_letters(unsigned permissions) {
  std::string letters = "rwx";
  if ((permissions & 4U) == 0) letters[0] = '-';
  if ((permissions & 2U) == 0) letters[1] = '-';
  if ((permissions & 1U) == 0) letters[2] = '-';
  return letters;
}

std::string acl_entry(const AclEntry& entry, const AccountIndex& accounts) {
  const auto letters = permissions_in_letters(entry.permissions);
  if (entry.kind == AclEntry::Kind::user) return fmt::format("user:{}:{}", accounts.user_name(entry.id), letters);
  if (entry.kind == AclEntry::Kind::group) return fmt::format("group:{}:{}", accounts.group_name(entry.id), letters);
  return fmt::format("group::{}", letters);
}

std::string writers_in_words(const Fault& fault, const AccountIndex& accounts) {
  const auto& component = *fault.component;
  std::string group;
  if (fault.group_writes && component.acl.empty()) {
    group = "by " + group_in_words(component.status.gid, accounts);
  } else if (fault.group_writes) {
    constexpr std::size_t most = 10;  // there may be thousands
    std::vector<std::string> entries;
    for (const auto& entry : component.acl) {
      if ((entry.permissions & write_permission) != 0) entries.push_back(acl_entry(entry, accounts));
    }
    if (const auto count = entries.size(); count > most) {
      entries.resize(most);
      entries.push_back(fmt::format("{} more", count - most));
    }
    group = entries.empty() ? "by its ACL mask, which no entry uses"
                            : fmt::format("through its ACL ({})", fmt::join(entries, ", "));
  }
  if (!fault.others_write) return "writable " + group;
  return group.empty() ? "writable by everyone" : fmt::format("writable {} and by everyone", group);
}

}  // namespace sshaudit
