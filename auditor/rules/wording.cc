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

std::string permissions_in_letters(unsigned permissions) {
  std::string letters = "rwx";
  if ((permissions & 4U) == 0) letters[0] = '-';
  if ((permissions & 2U) == 0) letters[1] = '-';
  if ((permissions & 1U) == 0) letters[2] = '-';
  return letters;
}

// Directories of the file hierarchy (hier(7)) that packages own: never to be changed for one account's sake.
bool is_system_directory(std::string_view path) {
  constexpr std::array<std::string_view, 20> below_root = {
      "bin",         "boot", "dev",  "etc", "home", "lib", "lib32", "lib64", "media", "mnt",
      "nonexistent", "opt",  "proc", "run", "sbin", "srv", "sys",   "tmp",   "usr",   "var"};
  if (path == "/") return true;
  const auto first = path.substr(1, path.find('/', 1) - 1);
  if (path.size() == first.size() + 1) return std::ranges::find(below_root, first) != below_root.end();
  constexpr std::array<std::string_view, 5> packaged = {"/usr/", "/etc/", "/dev/", "/bin/", "/sbin/"};
  constexpr std::array<std::string_view, 8> in_var = {"/var/lib",   "/var/cache", "/var/log", "/var/mail",
                                                      "/var/spool", "/var/tmp",   "/var/run", "/var/www"};
  return std::ranges::any_of(packaged, [&](auto prefix) { return path.starts_with(prefix); }) ||
         std::ranges::find(in_var, path) != in_var.end();
}

Remedy note(std::string text) { return {{}, std::move(text)}; }

Remedy leave_alone(const PathComponent& component, std::string_view what) {
  return note(
      fmt::format("{} may be shared with others, so no command is given: keep the keys inside the home, or {} where "
                  "nobody else needs it otherwise",
                  component.path, what));
}

// An extended ACL stores the mask in the group bits, so the entries that use it are what has to change.
Remedy take_write_from_acl(const PathComponent& component, const AccountIndex& accounts) {
  Remedy remedy;
  for (auto entry : component.acl) {
    if ((entry.permissions & write_permission) == 0) continue;
    entry.permissions &= ~write_permission;
    remedy.commands.push_back({"setfacl", "-m", acl_entry(entry, accounts), component.path});
  }
  if (remedy.commands.empty()) remedy.commands.push_back({"setfacl", "-m", "mask::r-x", component.path});
  return remedy;
}

}  // namespace

std::string listed(const std::vector<std::string>& names) {
  const auto shown = std::min(names.size(), most_names);
  auto text = fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  if (names.size() > shown) text += fmt::format(" and {} more", names.size() - shown);
  return text;
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
    std::vector<std::string> entries;
    for (const auto& entry : component.acl) {
      if ((entry.permissions & write_permission) != 0) entries.push_back(acl_entry(entry, accounts));
    }
    group = entries.empty() ? "by its ACL mask, which no entry uses"
                            : fmt::format("through its ACL ({})", fmt::join(entries, ", "));
  }
  if (!fault.others_write) return "writable " + group;
  return group.empty() ? "writable by everyone" : fmt::format("writable {} and by everyone", group);
}

bool is_private_to(const std::string& path, const AccountEvidence& evidence, const AccountIndex& accounts) {
  if (evidence.home.end != WalkEnd::found || accounts.shares_home(evidence.account)) return false;
  const auto& home = evidence.home.components.back().path;
  return !is_system_directory(home) && (path == home || path.starts_with(home + "/"));
}

Remedy take_write_away(const Fault& fault, const AccountEvidence& evidence, const AccountIndex& accounts) {
  const auto& component = *fault.component;
  const bool own_file = fault.place == Place::key_file && component.status.uid == evidence.account.uid;
  if (!own_file && !is_private_to(component.path, evidence, accounts)) {
    return leave_alone(component, "take the write permission from group and others");
  }
  Remedy remedy;
  const bool by_acl = fault.group_writes && !component.acl.empty();
  if (by_acl) remedy = take_write_from_acl(component, accounts);
  std::string bits;
  if (fault.group_writes && !by_acl) bits += 'g';
  if (fault.others_write) bits += 'o';
  if (!bits.empty()) remedy.commands.push_back({"chmod", bits + "-w", component.path});
  return remedy;
}

Remedy give_to_account(const PathComponent& component, const AccountEvidence& evidence, const AccountIndex& accounts) {
  if (!is_private_to(component.path, evidence, accounts)) return leave_alone(component, "give it to root");
  if (!S_ISDIR(component.status.mode) && component.status.links > 1) {
    return note(fmt::format("{} has {} names (hard links): put a file of the account's own in its place",
                            component.path, component.status.links));
  }
  return {{{"chown", "-h", evidence.account.name, component.path}}, {}};
}

}  // namespace sshaudit
