// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "rules/key_file_rules.h"
#include "rules/remedies.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

enum class Kind { owner, writable };

constexpr std::size_t most_unchecked = 32;  // a user can make thousands; some show what is wrong

std::string sshd_log(const Fault& fault) {
  if (!fault.first) return {};
  return fmt::format("Authentication refused: bad ownership or modes for {} {}",
                     fault.place == Place::key_file ? "file" : "directory", fault.component->path);
}

Detail owner_detail(const Fault& fault, const KeyFileSubject& subject, const Context& context) {
  const auto& component = *fault.component;
  const auto& account = subject.evidence.account;
  const auto expected = account.uid == 0 ? std::string("root") : fmt::format("root or {}", account.name);
  return {.path = component.path,
          .message = fmt::format("{} belongs to {}, not to {}{}", component.path,
                                 owner_in_words(component.status.uid, context.accounts), expected,
                                 by_link(subject.file.walk, component.path)),
          .sshd_logs = sshd_log(fault),
          .expected = "owner " + expected,
          .actual = mode_and_owner(component.status, context.accounts),
          .remedy = give_to_account(component, subject.evidence, context.accounts)};
}

Detail writable_detail(const Fault& fault, const KeyFileSubject& subject, const Context& context) {
  const auto& component = *fault.component;
  return {.path = component.path,
          .message = fmt::format("{} is {}, {}{}", component.path, mode_and_owner(component.status, context.accounts),
                                 writers_in_words(fault, context.accounts), by_link(subject.file.walk, component.path)),
          .sshd_logs = fault.owner ? std::string() : sshd_log(fault),
          .expected = "not writable by group or others",
          .actual = octal(component.status.mode),
          .remedy = take_write_away(fault, subject.evidence, context.accounts)};
}

template <Place place, Kind kind>
std::vector<Detail> faults_at(const KeyFileSubject& subject, const Context& context) {
  std::vector<Detail> details;
  if (!subject.evidence.settings.strict_modes) return details;
  for (const auto& fault : subject.faults) {
    if (fault.place != place) continue;
    if (kind == Kind::owner && fault.owner) details.push_back(owner_detail(fault, subject, context));
    if (kind == Kind::writable && (fault.group_writes || fault.others_write)) {
      details.push_back(writable_detail(fault, subject, context));
    }
  }
  return details;
}

// Directories that lead to a link which leads to the file: sshd resolves first and never looks at them. Links on the
// way to the home are left out, as what lies above a home is.
std::vector<const PathComponent*> unchecked_directories(const KeyFileSubject& subject) {
  std::vector<const PathComponent*> unchecked;
  const auto checked = strict_modes_path(subject.file, subject.evidence);
  if (subject.evidence.home.end != WalkEnd::found) return unchecked;
  const auto& home = subject.evidence.home.components.back().path;
  for (const auto& link : subject.file.walk.links) {
    if (std::ranges::find(subject.evidence.home.links, link) != subject.evidence.home.links.end()) continue;
    const bool from_home = link.path.starts_with(home + "/");
    for (const auto& component : link.through) {
      if (from_home && component.path.size() < home.size()) continue;
      if (unchecked.size() == most_unchecked) return unchecked;
      const auto same_path = [&](const auto* other) { return other->path == component.path; };
      if (std::ranges::none_of(checked, same_path) && std::ranges::none_of(unchecked, same_path)) {
        unchecked.push_back(&component);
      }
    }
  }
  return unchecked;
}

// Whether somebody else than root and the account is in the group.
bool is_shared(gid_t gid, const KeyFileSubject& subject, const Context& context) {
  if (gid == 0) return false;
  const auto members = context.accounts.members(gid);
  return members.size() != 1 || members.front() != subject.evidence.account.name;
}

// Whether the entry, which its mask lets through, is for somebody else than root and the account to write.
bool lets_strangers_write(const AclEntry& entry, gid_t owning_group, const KeyFileSubject& subject,
                          const Context& context) {
  if ((entry.permissions & 2U) == 0) return false;
  if (entry.kind == AclEntry::Kind::user) return entry.id != 0 && entry.id != subject.evidence.account.uid;
  return is_shared(entry.kind == AclEntry::Kind::group ? entry.id : owning_group, subject, context);
}

// With an ACL the group bits of the mode are its mask, and the entries say who may write.
bool strangers_write_by_group(const PathComponent& component, const KeyFileSubject& subject, const Context& context) {
  if ((component.status.mode & S_IWGRP) == 0) return false;
  if (component.acl.empty()) return is_shared(component.status.gid, subject, context);
  return std::ranges::any_of(component.acl, [&](const auto& entry) {
    return lets_strangers_write(entry, component.status.gid, subject, context);
  });
}

// sshd accepts: StrictModes is off, or a link keeps it from looking at the directory.
std::vector<Detail> path_hijackable(const KeyFileSubject& subject, const Context& context) {
  std::vector<Detail> details;
  const bool refused = subject.evidence.settings.strict_modes && !subject.faults.empty();
  if (refused || subject.file.walk.end != WalkEnd::found) return details;
  const auto add = [&](Fault fault, std::string_view why) {
    auto detail = fault.owner ? owner_detail(fault, subject, context) : writable_detail(fault, subject, context);
    detail.sshd_logs.clear();
    detail.message += why;
    details.push_back(std::move(detail));
  };
  for (const auto& fault : subject.faults) add(fault, "; sshd does not mind, because StrictModes is no");
  for (const auto* component : unchecked_directories(subject)) {
    Fault fault{component, Place::outside};
    const auto& account = subject.evidence.account;
    fault.owner = component->status.uid != 0 && component->status.uid != account.uid;
    fault.others_write = (component->status.mode & S_IWOTH) != 0 && (component->status.mode & S_ISVTX) == 0;
    fault.group_writes = strangers_write_by_group(*component, subject, context);
    if (fault.owner || fault.others_write || fault.group_writes) {
      add(fault, "; sshd does not look at it, because a link in it leads elsewhere");
    }
  }
  return details;
}

// Debian's rule looks at the group, which with an ACL is not who the write bit is for.
std::vector<Detail> acl_writable(const KeyFileSubject& subject, const Context& context) {
  std::vector<Detail> details;
  if (!subject.faults.empty()) return details;
  for (const auto* component : strict_modes_path(subject.file, subject.evidence)) {
    const auto for_strangers = [&](const AclEntry& entry) {
      return entry.kind != AclEntry::Kind::owning_group &&
             lets_strangers_write(entry, component->status.gid, subject, context);
    };
    if (std::ranges::none_of(component->acl, for_strangers)) continue;
    Fault fault{component, Place::outside};
    fault.group_writes = true;
    auto detail = writable_detail(fault, subject, context);
    detail.message += "; sshd takes it for the user's private group and accepts it";
    details.push_back(std::move(detail));
  }
  return details;
}

constexpr std::string_view writable_why =
    "With StrictModes (sshd_config(5)) sshd passes over a key file when the file, or a directory from it up to the "
    "home "
    "or to \"/\", can be written by group or others: they could put their own key there. Debian and Ubuntu let a group "
    "write that only the user is in. (OpenSSH misc.c: safe_path)";
constexpr std::string_view owner_why =
    "With StrictModes (sshd_config(5)) sshd passes over a key file when the file, or a directory from it up to the "
    "home "
    "or to \"/\", belongs to anybody but root and the user. (OpenSSH misc.c: safe_path)";
constexpr std::string_view outside_remedy =
    "Take the write permission from group and others, if nobody else needs it; or keep the key file inside the home.";

using R = Rule<KeyFileSubject>;
constexpr auto refuses = Effect::refuses;
constexpr auto error = Severity::error;
constexpr auto key_file = Subject::key_file;

const std::array rules = {
    R{{"key-file-owner", key_file, refuses, error, "The key file belongs to somebody else than root or the user.",
       owner_why, "Give the file to the user: chown -h USER FILE"},
      faults_at<Place::key_file, Kind::owner>},
    R{{"key-file-writable", key_file, refuses, error, "The key file can be written by group or others.", writable_why,
       "Take the permission away: chmod go-w FILE"},
      faults_at<Place::key_file, Kind::writable>},
    R{{"ssh-dir-owner", key_file, refuses, error,
       "A directory between home and key file belongs to somebody else than root or the user.", owner_why,
       "Give the directory to the user: chown -h USER DIR"},
      faults_at<Place::ssh_directory, Kind::owner>},
    R{{"ssh-dir-writable", key_file, refuses, error,
       "A directory between home and key file can be written by group or others.", writable_why,
       "Take the permission away: chmod go-w DIR"},
      faults_at<Place::ssh_directory, Kind::writable>},
    R{{"home-owner", key_file, refuses, error, "The home belongs to somebody else than root or the user.", owner_why,
       "Give the home to the user: chown -h USER HOME"},
      faults_at<Place::home, Kind::owner>},
    R{{"home-writable", key_file, refuses, error, "The home can be written by group or others.", writable_why,
       "Take the permission away: chmod go-w HOME"},
      faults_at<Place::home, Kind::writable>},
    R{{"parent-owner", key_file, refuses, error,
       "A directory outside the home that leads to the key file belongs to somebody else than root or the user.",
       owner_why, "Keep the key file inside the home, or below directories that root owns."},
      faults_at<Place::outside, Kind::owner>},
    R{{"parent-writable", key_file, refuses, error,
       "A directory outside the home that leads to the key file can be written by group or others.", writable_why,
       outside_remedy},
      faults_at<Place::outside, Kind::writable>},
    R{{"path-hijackable", key_file, Effect::endangers, Severity::warning,
       "Somebody else can replace the key file, and sshd does not notice.",
       "sshd checks nothing with StrictModes no, and with a symbolic link it checks only where the link leads, not the "
       "directories that hold the link. Who can write there can put a key of his own in place. (OpenSSH misc.c: "
       "safe_path works on the result of realpath(3))",
       "Take the write permission away: chmod go-w DIR"},
      path_hijackable},
    R{{"acl-writable", key_file, Effect::endangers, Severity::warning,
       "An ACL lets somebody else write, and sshd takes him for the user's private group.",
       "The write permission of an ACL entry shows in the group bits of the mode. Debian's and Ubuntu's sshd forgives "
       "these when nobody else is in the group (user-group-modes.patch); other builds refuse.",
       "Take the permission from the entry: setfacl -m u:NAME:r-x PATH"},
      acl_writable},
};

}  // namespace

std::span<const Rule<KeyFileSubject>> walk_rules() { return rules; }

}  // namespace sshaudit
