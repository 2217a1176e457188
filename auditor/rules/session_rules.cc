// SPDX-License-Identifier: MIT
// What ends a session at its start, after the key was accepted: ChrootDirectory and forced commands.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "parse/forced_command.h"
#include "parse/pattern.h"
#include "rules/account_rules.h"
#include "rules/key_line_rules.h"
#include "rules/settings_rules.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

using Details = std::vector<Detail>;

constexpr mode_t shared_write = S_IWGRP | S_IWOTH;

Detail about_chroot(const AccountEvidence& evidence, const std::string& path, const std::string& what,
                    std::string logs) {
  return {.path = path,
          .message = fmt::format("the session ends at once: ChrootDirectory {}{}: {}", evidence.chroot->path,
                                 place_of(evidence, "chrootdirectory"), what),
          .sshd_logs = std::move(logs),
          .expected = {},
          .actual = {},
          .remedy = {}};
}

// session.c: safely_chroot names every path but the last a component.
std::string chroot_log(const AccountEvidence& evidence, const ChrootComponent& component) {
  return fmt::format("bad ownership or modes for chroot directory {}\"{}\"",
                     &component == &evidence.chroot->components.back() ? "" : "component ", component.path);
}

Details chroot_unsafe(const AccountEvidence& evidence, const Context& context) {
  if (!evidence.chroot || !matters(evidence)) return {};
  for (const auto& component : evidence.chroot->components) {
    const auto& status = component.status;
    const bool safe = status.uid == 0 && (status.mode & shared_write) == 0;
    if (component.errnum != 0 || component.is_unseen || (safe && S_ISDIR(status.mode))) continue;
    if (safe) {
      auto detail = about_chroot(
          evidence, component.path, component.path + " is " + kind_of(status.mode),
          fmt::format("chroot path {}\"{}\" is not a directory",
                      &component == &evidence.chroot->components.back() ? "" : "component ", component.path));
      detail.expected = "a directory";
      detail.actual = kind_of(status.mode);
      detail.remedy.note = "name a directory of root's in ChrootDirectory";
      return {detail};
    }
    const auto is = mode_and_owner(status, context.accounts);
    auto detail = about_chroot(evidence, component.path, fmt::format("{} is {}", component.path, is),
                               chroot_log(evidence, component));
    detail.expected = "owner root, not writable by group or others";
    detail.actual = is;
    detail.remedy.note =
        "every directory of it has to belong to root and to be writable by root alone: make a directory below it that "
        "the account may write, and give this one back to root";
    return {detail};
  }
  return {};
}

Details chroot_unseen(const AccountEvidence& evidence, const Context&) {
  if (!evidence.chroot || !matters(evidence) || evidence.chroot->components.empty()) return {};
  const auto& last = evidence.chroot->components.back();
  if (!last.is_unseen) return {};
  const auto why = last.errnum == 0 ? std::string("it is not looked into") : errno_in_words(last.errnum);
  return {{.path = last.path,
           .message = fmt::format("ChrootDirectory {}{} could not be looked at: {}: {}", evidence.chroot->path,
                                  place_of(evidence, "chrootdirectory"), last.path, why),
           .expected = "a directory that can be looked at",
           .actual = why,
           .remedy = {{}, "look again when it can be reached"}}};
}

Details chroot_missing(const AccountEvidence& evidence, const Context&) {
  if (!evidence.chroot || !matters(evidence)) return {};
  const auto& chroot = *evidence.chroot;
  std::string what = chroot.error;
  std::string logs;
  if (what.empty() && !chroot.path.starts_with('/')) {
    what = "it does not begin with /";
    logs = "chroot path does not begin at root";
  } else if (what.empty() && !chroot.components.empty() && !chroot.components.back().is_unseen &&
             chroot.components.back().errnum != 0) {
    const auto& last = chroot.components.back();
    what = fmt::format("{}: {}", last.path, errno_in_words(last.errnum));
    logs = fmt::format("safely_chroot: stat(\"{}\"): {}", last.path, errno_in_words(last.errnum));
  }
  if (what.empty()) return {};
  auto detail = about_chroot(evidence, chroot.path, what, logs);
  detail.expected = "a directory of root's";
  detail.actual = what;
  detail.remedy.note = "make the directory, with root as its owner and mode 0755, or correct ChrootDirectory";
  return {detail};
}

// Empty when the shell can be started, or when it is not known.
std::string why_chroot_has_no_shell(const AccountEvidence& evidence) {
  if (!evidence.chroot || evidence.chroot->shell.requested.empty() || !evidence.as_user) return {};
  const auto& shell = evidence.chroot->shell;
  if (evidence.chroot->has_shell || shell.end == WalkEnd::unseen) return {};
  const bool gone = shell.end == WalkEnd::missing || shell.end == WalkEnd::dangling;
  return gone ? std::string("missing") : fmt::format("not executable for {}", evidence.account.name);
}

Details chroot_without_shell(const AccountEvidence& evidence, const Context&) {
  const auto why = why_chroot_has_no_shell(evidence);
  if (why.empty() || !needs_shell(evidence) || !matters(evidence)) return {};
  const auto& shell = evidence.chroot->shell;
  auto detail = about_chroot(evidence, evidence.chroot->path + shell.requested,
                             fmt::format("inside it the shell {} is {}", shell.requested, why), {});
  detail.expected = "the shell inside, or ForceCommand internal-sftp";
  detail.actual = why;
  detail.remedy.note =
      "set ForceCommand internal-sftp for file transfer only, which needs no shell, or put the shell and what it needs "
      "inside";
  return {detail};
}

// Where other keys of the account are for internal-sftp, the shell is the affair of each key.
Details key_without_shell(const KeyLineSubject& subject, const Context& context) {
  const auto& evidence = subject.evidence;
  const auto& command = subject.line.options.command;
  if (!is_read(subject) || !evidence.has_sftp_keys || (command && is_internal_sftp(*command))) return {};
  auto why = why_chroot_has_no_shell(evidence);
  if (why.empty()) why = why_shell_ends_session(evidence, context);
  if (why.empty()) return {};
  return about_key(subject, fmt::format("is accepted, but the session ends at once: the shell is {}", why),
                   "command=\"internal-sftp\", or a shell to work in", why, {},
                   "put command=\"internal-sftp\" in front of the key, or give the account a shell");
}

const ForcedCommand* broken_program(const AccountEvidence& evidence, std::string_view command) {
  const auto program = program_of_command(command);
  if (!program) return nullptr;
  const auto known = std::ranges::find(evidence.commands, *program, &ForcedCommand::path);
  const bool seen = known != evidence.commands.end() && known->walk.end != WalkEnd::unseen &&
                    known->walk.end != WalkEnd::automount && evidence.as_user;
  return seen && !known->is_executable ? &*known : nullptr;
}

std::string why_broken(const ForcedCommand& command, const Context& context) {
  if (command.walk.end != WalkEnd::found) return errno_in_words(command.walk.errnum);
  const auto& status = command.walk.components.back().status;
  return S_ISREG(status.mode) ? mode_and_owner(status, context.accounts) + ", not executable for the account"
                              : kind_of(status.mode);
}

Details force_command_broken(const AccountEvidence& evidence, const Context& context) {
  const auto* command = broken_program(evidence, evidence.settings.force_command);
  if (command == nullptr || !matters(evidence)) return {};
  const auto why = why_broken(*command, context);
  return {{.path = command->path,
           .message = fmt::format("every session ends at once: ForceCommand{} cannot run {}: {}",
                                  place_of(evidence, "forcecommand"), command->path, why),
           .expected = "a program that the account may execute",
           .actual = why,
           .remedy = {{}, "install the program, or correct ForceCommand"}}};
}

Details forced_command_broken(const KeyLineSubject& subject, const Context& context) {
  const auto& forced = subject.line.options.command;
  if (!is_read(subject) || !forced || !subject.evidence.settings.force_command.empty()) return {};
  const auto* command = broken_program(subject.evidence, *forced);
  if (command == nullptr) return {};
  const auto why = why_broken(*command, context);
  return about_key(subject, fmt::format("is accepted, but its command {} cannot be run: {}", shown(command->path), why),
                   "a program that the account may execute", why, {}, "install the program, or correct command=");
}

constexpr std::string_view chroot_why =
    "After the key was accepted sshd looks at every directory of ChrootDirectory: each has to belong to root and may "
    "not be writable by group or others, whatever StrictModes says. (OpenSSH session.c: safely_chroot)";
constexpr std::string_view command_why = "The shell of the account runs the command, and the session ends with it.";

using R = Rule<AccountEvidence>;
constexpr auto of_account = Subject::account;
constexpr auto step = LoginStep::session;

const std::array rows = {
    R{{"chroot-unsafe", of_account, Effect::closes, Severity::error,
       "A directory of ChrootDirectory is not root's alone.", chroot_why,
       "Give the directory to root, and make one below it for the account to write.", step},
      chroot_unsafe},
    R{{"chroot-missing", of_account, Effect::closes, Severity::error, "ChrootDirectory does not exist.", chroot_why,
       "Make the directory, or correct ChrootDirectory.", step},
      chroot_missing},
    R{{"chroot-unseen", of_account, Effect::unknown, Severity::notice, "ChrootDirectory could not be looked at.",
       "What was not seen is not judged: sshd may end the session or not.", "Look again when it can be reached.", step},
      chroot_unseen},
    R{{"chroot-without-shell", of_account, Effect::closes, Severity::warning,
       "There is no login shell inside ChrootDirectory.",
       "What the client asks for is run by the shell, inside. Only internal-sftp does without. (OpenSSH session.c: "
       "do_child)",
       "Set ForceCommand internal-sftp, or put the shell inside.", step},
      chroot_without_shell},
    R{{"force-command-broken", of_account, Effect::closes, Severity::error, "ForceCommand cannot be run.", command_why,
       "Install the program, or correct ForceCommand.", step},
      force_command_broken},
};

using K = Rule<KeyLineSubject>;
const std::array key_rows = {
    K{{"forced-command-broken", Subject::authorized_key, Effect::closes, Severity::warning,
       "The forced command of a key cannot be run.", command_why, "Install the program, or correct command=.", step},
      forced_command_broken},
    K{{"key-without-shell", Subject::authorized_key, Effect::closes, Severity::warning,
       "A key is accepted, but there is no shell to start.",
       "Other keys of the account are for internal-sftp, which needs none. (OpenSSH session.c: do_child)",
       "Put command=\"internal-sftp\" in front of the key.", step},
      key_without_shell},
};

}  // namespace

std::span<const Rule<AccountEvidence>> session_rules() { return rows; }
std::span<const Rule<KeyLineSubject>> key_session_rules() { return key_rows; }

}  // namespace sshaudit
