// SPDX-License-Identifier: MIT
#include "rules/wording.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "rules/file_systems.h"

namespace sshaudit {
namespace {

constexpr mode_t permission_bits = 07777;
constexpr std::size_t most_names = 4;
constexpr unsigned write_permission = 2;
constexpr mode_t others_write = S_IWGRP | S_IWOTH;

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

// An extended ACL stores the mask in the group bits, so the entries that use it are what has to change. The mask is
// given too: otherwise setfacl(1) widens it to all that the entries say.
std::vector<std::vector<std::string>> take_write_from_acl(const PathComponent& component) {
  const auto mask = "mask::" + permissions_in_letters((component.status.mode >> 3U) & 7U & ~write_permission);
  std::vector<std::vector<std::string>> commands;
  for (auto entry : component.acl) {
    if ((entry.permissions & write_permission) == 0) continue;
    entry.permissions &= ~write_permission;
    const auto id = entry.kind == AclEntry::Kind::owning_group ? std::string() : std::to_string(entry.id);
    const auto* kind = entry.kind == AclEntry::Kind::user ? "user" : "group";
    const auto text = fmt::format("{}:{}:{},{}", kind, id, permissions_in_letters(entry.permissions), mask);
    commands.push_back({"setfacl", "-m", text, component.path});
  }
  if (commands.empty()) commands.push_back({"setfacl", "-m", mask, component.path});
  return commands;
}

// Whether root alone can put something else in place of the home.
bool home_is_fixed(const AccountEvidence& evidence) {
  const auto& components = evidence.home.components;
  return std::all_of(components.begin(), components.end() - 1, [](const auto& above) {
    return above.status.uid == 0 && (above.status.mode & others_write) == 0;
  });
}

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
  if (evidence.home.end != WalkEnd::found) return false;
  const auto& account = evidence.account;
  const auto& home = evidence.home.components.back().path;
  if (is_system_directory(home) || (path != home && !path.starts_with(home + "/"))) return false;
  if (accounts.is_home_of_another(account.home, account.name)) return false;
  auto end = home.size();
  while (true) {  // homes lie in homes: what belongs to an inner one is not the outer one's
    if (accounts.is_home_of_another(std::string_view(path).substr(0, end), account.name)) return false;
    if (end == path.size()) return true;
    end = std::min(path.find('/', end + 1), path.size());
  }
}

Remedy change_mode(const PathComponent& component, const AccountEvidence& evidence,
                   std::vector<std::vector<std::string>> commands) {
  if (auto obstacle = obstacle_to_change(component); !obstacle.empty()) return note(std::move(obstacle));
  const auto& account = evidence.account;
  const bool is_home = evidence.home.end == WalkEnd::found && component.path == evidence.home.components.back().path;
  if (!evidence.by_root || account.uid == 0 || (is_home && home_is_fixed(evidence))) return {std::move(commands), {}};
  if (component.status.uid != account.uid) {
    return note(fmt::format("change the mode of {}, once you have made sure that no name on the way has become a link",
                            component.path));
  }
  for (auto& command : commands) command.insert(command.begin(), {"runuser", "-u", account.name, "--"});
  return {std::move(commands), {}};
}

Remedy take_write_away(const Fault& fault, const AccountEvidence& evidence, const AccountIndex& accounts) {
  const auto& component = *fault.component;
  if (auto obstacle = obstacle_to_change(component); !obstacle.empty()) return note(std::move(obstacle));
  const bool own_file = fault.place == Place::key_file && component.status.uid == evidence.account.uid;
  if (!own_file && !is_private_to(component.path, evidence, accounts)) {
    return leave_alone(component, "take the write permission from group and others");
  }
  const bool by_acl = fault.group_writes && !component.acl.empty();
  auto commands = by_acl ? take_write_from_acl(component) : std::vector<std::vector<std::string>>();
  std::string bits;
  if (fault.group_writes && !by_acl) bits += 'g';
  if (fault.others_write) bits += 'o';
  if (!bits.empty()) commands.push_back({"chmod", bits + "-w", component.path});
  return change_mode(component, evidence, std::move(commands));
}

// chown -h does not follow the last name, but it follows those before: a command is given where the account cannot
// change these.
Remedy give_to_account(const PathComponent& component, const AccountEvidence& evidence, const AccountIndex& accounts) {
  if (auto obstacle = obstacle_to_change(component); !obstacle.empty()) return note(std::move(obstacle));
  if (!is_private_to(component.path, evidence, accounts)) return leave_alone(component, "give it to root");
  if (!S_ISDIR(component.status.mode) && component.status.links > 1) {
    return note(fmt::format("{} has {} names (hard links): put a file of the account's own in its place",
                            component.path, component.status.links));
  }
  const auto& home = evidence.home.components.back().path;
  const bool is_home_or_in_it = component.path.rfind('/') <= home.size();
  if (!is_home_or_in_it || !home_is_fixed(evidence)) {
    return note(
        fmt::format("give {} to {} (chown -h), once you have made sure that no name on the way has become a link",
                    component.path, evidence.account.name));
  }
  Remedy remedy = {{{"chown", "-h", evidence.account.name, component.path}}, {}};
  if (const auto* stranger = accounts.account(component.status.uid); stranger != nullptr && stranger->uid != 0) {
    remedy.note = fmt::format("look first at the keys in it: {} may have put some there", stranger->name);
  }
  return remedy;
}

}  // namespace sshaudit
