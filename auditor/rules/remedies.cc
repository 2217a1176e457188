// SPDX-License-Identifier: MIT
#include "rules/remedies.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "parse/key_file_name.h"
#include "rules/file_systems.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

using Commands = std::vector<std::vector<std::string>>;

constexpr unsigned write_permission = 2;
constexpr mode_t others_write = S_IWGRP | S_IWOTH;

// Directories of the file hierarchy (hier(7)) that packages own: never to be changed for one account's sake.
bool is_system_directory(std::string_view path) {
  constexpr std::array<std::string_view, 20> below_root = {
      "bin",         "boot", "dev",  "etc", "home", "lib", "lib32", "lib64", "media", "mnt",
      "nonexistent", "opt",  "proc", "run", "sbin", "srv", "sys",   "tmp",   "usr",   "var"};
  if (path == "/") return true;
  const auto first = path.substr(1, path.find('/', 1) - 1);
  if (path.size() == first.size() + 1) return std::ranges::find(below_root, first) != below_root.end();
  constexpr std::array<std::string_view, 6> packaged = {"/usr/", "/etc/", "/dev/", "/bin/", "/sbin/", "/run/"};
  constexpr std::array<std::string_view, 13> in_var = {
      "/var/lib", "/var/cache",   "/var/log",   "/var/mail", "/var/spool", "/var/tmp",  "/var/run",
      "/var/www", "/var/backups", "/var/local", "/var/opt",  "/var/crash", "/var/games"};
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
// given too: otherwise setfacl(1) widens it to all that the entries say. Alone it is enough, and for thousands of
// entries it is all that can be typed.
Commands take_write_from_acl(const PathComponent& component) {
  constexpr std::ptrdiff_t most = 10;
  const auto writes = [](const AclEntry& entry) { return (entry.permissions & write_permission) != 0; };
  const auto mask = "mask::" + permissions_in_letters((component.status.mode >> 3U) & 7U & ~write_permission);
  if (std::ranges::count_if(component.acl, writes) > most) return {{"setfacl", "-m", mask, component.path}};
  Commands commands;
  for (auto entry : component.acl) {
    if (!writes(entry)) continue;
    entry.permissions &= ~write_permission;
    const auto id = entry.kind == AclEntry::Kind::owning_group ? std::string() : std::to_string(entry.id);
    const auto* kind = entry.kind == AclEntry::Kind::user ? "user" : "group";
    const auto text = fmt::format("{}:{}:{},{}", kind, id, permissions_in_letters(entry.permissions), mask);
    commands.push_back({"setfacl", "-m", text, component.path});
  }
  if (commands.empty()) commands.push_back({"setfacl", "-m", mask, component.path});
  return commands;
}

bool is_roots_alone(const PathComponent& directory) {
  return directory.status.uid == 0 && (directory.status.mode & others_write) == 0;
}

// Whether root alone can put something else in place of the home.
bool home_is_fixed(const AccountEvidence& evidence) {
  const auto& components = evidence.home.components;
  return std::all_of(components.begin(), components.end() - 1, is_roots_alone);
}

bool is_nobodys(uid_t uid, const AccountIndex& accounts) { return accounts.account(uid) == nullptr; }

// Whether the names that passwd and sshd_config have lead there. Behind a link of its own, the account may have chosen
// anything that lies in its home.
bool is_on_named_path(const std::string& path, const AccountEvidence& evidence) {
  const auto& home = evidence.home.components.back().path;
  const auto& home_field = evidence.account.home;
  const auto leads_there = [&](const KeyFile& file) {
    if (!file.path.starts_with(home_field + "/")) return false;
    const auto real = home + file.path.substr(home_field.size());
    return real == path || real.starts_with(path + "/");
  };
  return path == home || std::ranges::any_of(evidence.key_files, leads_there) ||
         std::ranges::any_of(evidence.principals_files, leads_there);
}

// Whether `fix` may change the component at all. A file with several names may be one that lies elsewhere, what is
// mounted in a home is there for others too, and programs that run as somebody else are not touched.
bool is_in_reach(const PathComponent& component, const AccountEvidence& evidence, const AccountIndex& accounts) {
  const auto& status = component.status;
  const bool own = status.uid == evidence.account.uid;
  const bool is_directory = S_ISDIR(status.mode);
  if (!is_directory && !S_ISREG(status.mode)) return false;
  if (!is_directory && ((status.mode & (S_ISUID | S_ISGID)) != 0 || (status.links > 1 && !own))) return false;
  if (!own && status.uid != 0 && !is_nobodys(status.uid, accounts)) return false;
  if (is_private_to(component.path, evidence, accounts)) {
    const auto& home = evidence.home.components.back();
    return component.path == home.path || (status.device == home.status.device && !component.attributes.mount_root);
  }
  return !is_directory && (own || is_named_for_account(component.path, evidence));
}

// Whether `fix` may make the account its owner. What somebody else owns who can log in may hold keys that he put there,
// and sshd would take them: that is for a person to look at. A server of NFS does not take root's word for it.
bool may_be_given(const PathComponent& component, const AccountEvidence& evidence, const AccountIndex& accounts) {
  const auto owner = component.status.uid;
  return (owner == 0 || is_nobodys(owner, accounts)) && component.file_system.type != "nfs" &&
         home_is_fixed(evidence) && is_on_named_path(component.path, evidence) &&
         is_in_reach(component, evidence, accounts);
}

// What root can type where a link could lie on the way, or something be in there that nobody has looked at: `fix`
// follows none, and looks.
Commands fix_of(const AccountEvidence& evidence) { return {{"sshaudit", "fix", evidence.account.name}}; }

// The commands, as root may type them: with the account's own rights wherever the account could put a link in the way
// meanwhile, and none where that is not enough.
Remedy change_mode(const PathComponent& component, Change change, const AccountEvidence& evidence,
                   const AccountIndex& accounts, Commands commands) {
  if (auto obstacle = obstacle_to_change(component); !obstacle.empty()) return note(std::move(obstacle));
  Remedy remedy;
  change.path = component.path;
  change.judged = component.status;
  change.acl = component.acl;
  if (is_in_reach(component, evidence, accounts)) remedy.change = std::move(change);
  const auto& account = evidence.account;
  const bool is_home = evidence.home.end == WalkEnd::found && component.path == evidence.home.components.back().path;
  const bool is_safe = !evidence.by_root || account.uid == 0 || (is_home && home_is_fixed(evidence));
  if (!is_safe && component.status.uid != account.uid) {
    if (remedy.change) {
      remedy.commands = fix_of(evidence);
    } else {
      remedy.note = fmt::format(
          "change the mode of {}, once you have made sure that no name on the way has become a link", component.path);
    }
    return remedy;
  }
  if (!is_safe) {
    for (auto& command : commands) command.insert(command.begin(), {"runuser", "-u", account.name, "--"});
  }
  remedy.commands = std::move(commands);
  return remedy;
}

}  // namespace

bool is_private_to(const std::string& path, const AccountEvidence& evidence, const AccountIndex& accounts) {
  if (evidence.home.end != WalkEnd::found) return false;
  const auto& account = evidence.account;
  const auto& home = evidence.home.components.back().path;
  if (is_system_directory(home) || (path != home && !path.starts_with(home + "/"))) return false;
  // passwd may have it with symbolic links on the way, and the homes of others by way of the same ones.
  const auto named = account.home.substr(0, account.home.find_last_not_of('/') + 1);
  const auto is_home_of_another = [&](std::size_t size) {
    return accounts.is_home_of_another(std::string_view(path).substr(0, size), account.name) ||
           accounts.is_home_of_another(named + path.substr(home.size(), size - home.size()), account.name);
  };
  const auto& name = account.name;
  if (path == home &&
      (accounts.has_home_of_another_below(home, name) || accounts.has_home_of_another_below(named, name))) {
    return false;
  }
  auto end = home.size();
  while (true) {  // homes lie in homes: what belongs to an inner one is not the outer one's
    if (is_home_of_another(end)) return false;
    if (end == path.size()) return true;
    end = std::min(path.find('/', end + 1), path.size());
  }
}

bool is_named_for_account(const std::string& path, const AccountEvidence& evidence) {
  const auto names_it = [&](const std::string& entry) {
    const auto name = expand_key_file_name(entry, evidence.account, {});
    return entry.find("%u") != std::string::npos && name && *name == path;
  };
  const auto file = std::ranges::find(evidence.key_files, path, &KeyFile::path);
  if (file == evidence.key_files.end() || std::ranges::none_of(evidence.settings.authorized_keys_file, names_it)) {
    return false;
  }
  const auto& walk = file->walk;
  const auto directories = walk.components.size() - (walk.end == WalkEnd::found ? 1 : 0);
  return walk.links.empty() &&
         std::all_of(walk.components.begin(), walk.components.begin() + static_cast<std::ptrdiff_t>(directories),
                     is_roots_alone);
}

bool is_its_key_file(const std::string& path, uid_t owner, const AccountEvidence& evidence,
                     const AccountIndex& accounts) {
  if (is_named_for_account(path, evidence)) return true;
  return is_private_to(path, evidence, accounts) && (owner == evidence.account.uid || is_on_named_path(path, evidence));
}

Remedy give_permission(const PathComponent& component, mode_t bits, const AccountEvidence& evidence,
                       const AccountIndex& accounts) {
  const std::string letters = bits == S_IXUSR ? "u+x" : "u+r";
  return change_mode(component, {.path = {}, .give = bits}, evidence, accounts, {{"chmod", letters, component.path}});
}

Remedy take_write_away(const Fault& fault, const AccountEvidence& evidence, const AccountIndex& accounts) {
  const auto& component = *fault.component;
  if (auto obstacle = obstacle_to_change(component); !obstacle.empty()) return note(std::move(obstacle));
  const bool own_file = fault.place == Place::key_file && component.status.uid == evidence.account.uid;
  const bool named_file = fault.place == Place::key_file && is_named_for_account(component.path, evidence);
  if (!own_file && !named_file && !is_private_to(component.path, evidence, accounts)) {
    return leave_alone(component, "take the write permission from group and others");
  }
  const bool by_acl = fault.group_writes && !component.acl.empty();
  auto commands = by_acl ? take_write_from_acl(component) : Commands();
  Change change;
  std::string bits;
  if (fault.group_writes) change.take |= S_IWGRP;
  if (fault.others_write) change.take |= S_IWOTH;
  if (fault.group_writes && !by_acl) bits += 'g';
  if (fault.others_write) bits += 'o';
  if (!bits.empty()) commands.push_back({"chmod", bits + "-w", component.path});
  return change_mode(component, change, evidence, accounts, std::move(commands));
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
  Remedy remedy;
  if (may_be_given(component, evidence, accounts)) {
    remedy.change = {
        .path = component.path, .judged = component.status, .acl = component.acl, .owner = evidence.account.uid};
  }
  const bool is_home = component.path == evidence.home.components.back().path;
  if (is_home && home_is_fixed(evidence)) {
    remedy.commands = {{"chown", "-h", evidence.account.name, component.path}};
  } else if (remedy.change && evidence.by_root) {
    remedy.commands = fix_of(evidence);
  } else {
    remedy.note = fmt::format(
        "give {} to {} (chown -h), once you have made sure that no name on the way has become a link, and "
        "that nothing is in there which it must not have",
        component.path, evidence.account.name);
  }
  if (const auto* stranger = accounts.account(component.status.uid); stranger != nullptr && stranger->uid != 0) {
    remedy.note = fmt::format("look first at the keys in it: {} may have put some there{}", stranger->name,
                              remedy.note.empty() ? "" : "; then " + remedy.note);
  }
  return remedy;
}

}  // namespace sshaudit
