// SPDX-License-Identifier: MIT
#include "rules/environment_rules.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "rules/account_rules.h"
#include "rules/file_systems.h"
#include "rules/keys_command_rules.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

using Details = std::vector<Detail>;

// The components that sshd objects to and that fit, one of each file system.
template <class Fits>
std::vector<const PathComponent*> objected(const KeyFileSubject& subject, const Fits& fits) {
  std::vector<const PathComponent*> found;
  if (!subject.evidence.settings.strict_modes) return found;
  for (const auto& fault : subject.faults) {
    const auto is_of_same = [&](const auto* other) { return other->status.device == fault.component->status.device; };
    if (fits(*fault.component) && std::ranges::none_of(found, is_of_same)) found.push_back(fault.component);
  }
  return found;
}

Details chmod_has_no_effect(const KeyFileSubject& subject, const Context&) {
  Details details;
  const auto fits = [](const PathComponent& one) { return modes_of(one.file_system.type) != Modes::kept; };
  for (const auto* component : objected(subject, fits)) {
    const auto type = component->file_system.type;
    const auto* const how = modes_of(type) == Modes::made_up ? "has no effect" : "may have no effect";
    details.push_back({.path = component->path,
                       .message = fmt::format("{} is on {}: chmod {} there, for owners and modes come from the mount",
                                              component->path, type, how),
                       .expected = "a file system that stores owners and modes",
                       .actual = std::string(type),
                       .remedy = {{}, std::string(advice_for(type))}});
  }
  return details;
}

Details read_only_mount(const KeyFileSubject& subject, const Context&) {
  Details details;
  for (const auto* component : objected(subject, [](const auto& one) { return one.file_system.read_only; })) {
    details.push_back({.path = component->path,
                       .message = fmt::format("{} is on a read-only mount: its owner and mode cannot be changed here",
                                              component->path),
                       .expected = "a mount that can be written, or owners and modes that are right at its source",
                       .actual = "read-only",
                       .remedy = {{}, obstacle_to_change(*component)}});
  }
  return details;
}

std::string flags_in_words(const FileAttributes& attributes) {
  if (attributes.immutable && attributes.append_only) return "immutable and append-only (+ia)";
  return attributes.immutable ? "immutable (+i)" : "append-only (+a)";
}

// The directory of the file too: with the flag on it the file cannot be replaced.
Details key_file_immutable(const KeyFileSubject& subject, const Context&) {
  Details details;
  const auto& components = subject.file.walk.components;
  if (subject.file.walk.end != WalkEnd::found) return details;
  const auto first = components.size() - std::min<std::size_t>(components.size(), 2);
  for (auto i = first; i < components.size(); ++i) {
    const auto& component = components[i];
    if (!component.attributes.immutable && !component.attributes.append_only) continue;
    const auto flags = flags_in_words(component.attributes);
    details.push_back(
        {.path = component.path,
         .message = fmt::format("{} is {}: chmod fails, and keys in it cannot be taken away", component.path, flags),
         .expected = "no flag",
         .actual = flags,
         .remedy = {{},
                    "find out who set it: intruders do, to keep their key; lsattr -d shows it, and root takes it away "
                    "with chattr -i or -a"}});
  }
  return details;
}

Details home_is_volume(const KeyFileSubject& subject, const Context& context) {
  if (!subject.evidence.settings.strict_modes) return {};
  const auto is_it = [](const Fault& fault) {
    return fault.place == Place::home && fault.component->attributes.mount_root;
  };
  const auto fault = std::ranges::find_if(subject.faults, is_it);
  if (fault == subject.faults.end()) return {};
  const auto& component = *fault->component;
  return {{.path = component.path,
           .message = fmt::format("the home {} is a mount point: its owner and mode ({}) are those of what is mounted",
                                  component.path, mode_and_owner(component.status, context.accounts)),
           .expected = fmt::format("a volume whose top belongs to {}", subject.evidence.account.name),
           .actual = mode_and_owner(component.status, context.accounts),
           .remedy = {{},
                      "change the top of the volume, or mount it elsewhere; in a pod, fsGroup sets its group and makes "
                      "it writable for the group each time"}}};
}

std::string lock_in_words(const HomeLock& lock, const std::string& home) {
  switch (lock.kind) {
    case HomeLock::Kind::fscrypt:
      return fmt::format("the home {} is encrypted (fscrypt) and its key is not there", home);
    case HomeLock::Kind::ecryptfs:
      return fmt::format("the home {} is encrypted (ecryptfs) and not mounted: {} is in its place", home, lock.marker);
    case HomeLock::Kind::homed:
      return fmt::format("the home {} is not active: systemd-homed keeps it in {}", home, lock.marker);
    case HomeLock::Kind::none:
      break;
  }
  return {};
}

std::string lock_advice(const HomeLock& lock) {
  if (lock.kind == HomeLock::Kind::homed) {
    return "give systemd the keys (homectl update NAME --ssh-authorized-keys=FILE) and sshd "
           "AuthorizedKeysCommand /usr/bin/userdbctl ssh-authorized-keys %u";
  }
  return "keep the keys outside the home: AuthorizedKeysFile /etc/ssh/authorized_keys/%u; the home stays locked for a "
         "login by key all the same";
}

Details home_locked(const AccountEvidence& evidence, const Context& context) {
  const auto& lock = evidence.home_lock;
  const auto& account = evidence.account;
  if (lock.kind == HomeLock::Kind::none || has_keys(evidence) || !is_person(account)) return {};
  if (is_session_ender(account) || gets_keys_from_command(evidence, context)) return {};
  return {{.path = account.home,
           .message = fmt::format("{}: no key in it can be read before {} has unlocked it",
                                  lock_in_words(lock, account.home), account.name),
           .expected = "a home that is unlocked, or key files outside it",
           .actual = "locked",
           .remedy = {{}, lock_advice(lock)}}};
}

Details disk_full(const AccountEvidence& evidence, const Context&) {
  Details details;
  for (const auto& file : evidence.key_files) {
    if (file.walk.end != WalkEnd::found || file.changed || file.open_errnum != 0 || file.read_errnum != 0) continue;
    const auto& component = file.walk.components.back();
    const bool is_empty = S_ISREG(component.status.mode) && file.text.empty() && !file.truncated;
    if (!is_empty || !component.file_system.full) continue;
    details.push_back({.path = component.path,
                       .message = fmt::format("{} has 0 bytes, and its file system is full: keys that were written to "
                                              "it may be lost",
                                              component.path),
                       .expected = "room for the key file",
                       .actual = "no space or no inode left",
                       .remedy = {{}, "make room (df, df -i), and put the keys there again"}});
  }
  return details;
}

constexpr std::string_view made_up_why =
    "vfat, exfat, ntfs, cifs and Windows drives in WSL have no owners and modes as Unix has them: mount options say "
    "what all files show. (mount(8))";

using R = Rule<KeyFileSubject>;
constexpr auto informs = Effect::informs;
constexpr auto warning = Severity::warning;
const std::array rows = {
    R{{"chmod-has-no-effect", Subject::key_file, informs, warning,
       "sshd minds the mode of something on a file system that does not store modes.", made_up_why,
       "Set owners and modes with mount options, or keep the key file elsewhere."},
      chmod_has_no_effect},
    R{{"read-only-mount", Subject::key_file, informs, warning,
       "sshd minds the mode of something that is mounted read-only.", "chmod(2) fails with EROFS on a read-only mount.",
       "Change it at its source, or remount it writable."},
      read_only_mount},
    R{{"key-file-immutable", Subject::key_file, informs, warning,
       "The key file or its directory is immutable or append-only.",
       "Not even root can change or remove it before the flag is taken away. Intruders set it to keep their key. "
       "(chattr(1))",
       "Find out who set it; lsattr -d shows the flag, chattr -i takes it away."},
      key_file_immutable},
    R{{"home-is-volume", Subject::key_file, informs, Severity::notice, "The home that sshd refuses is a mount point.",
       "What is mounted brings its own owner and mode, and whatever mounts it may set them again.",
       "Change the top of the volume, or mount it elsewhere."},
      home_is_volume},
};

using A = Rule<AccountEvidence>;
const std::array account_rows = {
    A{{"home-locked", Subject::account, Effect::refuses, warning, "The home of a person is encrypted and locked.",
       "sshd reads key files before anything unlocks the home; a key cannot unlock it. (fscrypt(1), ecryptfs(7), "
       "systemd-homed.service(8))",
       "Keep the keys outside the home: AuthorizedKeysFile /etc/ssh/authorized_keys/%u", LoginStep::key_file},
      home_locked},
    A{{"disk-full", Subject::account, informs, warning, "A key file is empty, and its file system is full.",
       "A file that is written anew on a full file system is left with 0 bytes.",
       "Make room, and put the keys there "
       "again."},
      disk_full},
};

}  // namespace

std::span<const Rule<KeyFileSubject>> environment_rules() { return rows; }
std::span<const Rule<AccountEvidence>> account_environment_rules() { return account_rows; }

}  // namespace sshaudit
