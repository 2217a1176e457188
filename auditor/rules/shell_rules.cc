// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "parse/forced_command.h"
#include "rules/account_rules.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

using Details = std::vector<Detail>;

constexpr mode_t any_execute = S_IXUSR | S_IXGRP | S_IXOTH;

std::string shell_of(const Account& account) { return account.shell.empty() ? "/bin/sh" : account.shell; }

// auth.c: allowed_user skips both shell checks when the session will be in a changed root.
bool sshd_checks_shell(const AccountEvidence& evidence) { return evidence.settings.chroot_directory.empty(); }

bool somebody_cares(const AccountEvidence& evidence) {
  return matters(evidence) || (is_person(evidence.account) && !is_session_ender(evidence.account));
}

Remedy set_shell(const Account& account) { return {{{"usermod", "-s", "/bin/sh", account.name}}, {}}; }

bool is_unseen(const PathWalk& walk) { return walk.end == WalkEnd::unseen || walk.end == WalkEnd::automount; }

Details shell_unseen(const AccountEvidence& evidence, const Context&) {
  if (!evidence.shell || !is_unseen(*evidence.shell) || !sshd_checks_shell(evidence)) return {};
  if (!somebody_cares(evidence)) return {};
  const auto& walk = *evidence.shell;
  const auto reason = walk.errnum == 0 ? std::string("it is not looked into") : errno_in_words(walk.errnum);
  return {{.path = shell_of(evidence.account),
           .message = fmt::format("the shell {} could not be looked at: {}: {}", shell_of(evidence.account),
                                  walk.stopped_at, reason),
           .expected = "a file that can be looked at",
           .actual = reason,
           .remedy = {{}, "look again when it can be reached"}}};
}

Details shell_missing(const AccountEvidence& evidence, const Context&) {
  if (!evidence.shell || evidence.shell->end == WalkEnd::found || !sshd_checks_shell(evidence)) return {};
  if (is_unseen(*evidence.shell)) return {};
  if (!somebody_cares(evidence)) return {};
  const auto shell = shell_of(evidence.account);
  const bool blank = shell.find_first_of(" \t") != std::string::npos;
  return {
      {.path = shell,
       .message = fmt::format("the shell \"{}\" does not exist, so sshd refuses keys and passwords{}", shell,
                              blank ? "; the blank in the field is part of the name" : ""),
       .sshd_logs = fmt::format("User {} not allowed because shell {} does not exist", evidence.account.name, shell),
       .expected = "an executable file",
       .actual = errno_in_words(evidence.shell->errnum),
       .remedy = set_shell(evidence.account)}};
}

Details shell_not_executable(const AccountEvidence& evidence, const Context& context) {
  if (!evidence.shell || evidence.shell->end != WalkEnd::found || !sshd_checks_shell(evidence)) return {};
  const auto& status = evidence.shell->components.back().status;
  const bool executable = S_ISREG(status.mode) && (status.mode & any_execute) != 0;
  if (executable || !somebody_cares(evidence)) return {};
  const auto shell = shell_of(evidence.account);
  const auto is = S_ISREG(status.mode) ? mode_and_owner(status, context.accounts) : kind_of(status.mode);
  return {
      {.path = shell,
       .message = fmt::format("the shell \"{}\" is {}, which is not executable, so sshd refuses keys and passwords",
                              shell, is),
       .sshd_logs = fmt::format("User {} not allowed because shell {} is not executable", evidence.account.name, shell),
       .expected = "an executable file",
       .actual = is,
       .remedy = set_shell(evidence.account)}};
}

Details shell_ends_session(const AccountEvidence& evidence, const Context&) {
  if (!is_session_ender(evidence.account) || !matters(evidence) || !needs_shell(evidence)) return {};
  return {{.path = evidence.account.shell,
           .message = fmt::format("its shell {} ends every session at once", evidence.account.shell),
           .expected = "a shell to work in",
           .actual = evidence.account.shell,
           .remedy = {{},
                      fmt::format("if the account is to be used: usermod -s /bin/sh {}; if not, remove its keys",
                                  evidence.account.name)}}};
}

bool is_in(gid_t gid, const Identity& identity) {
  return gid == identity.gid || std::ranges::find(identity.supplementary, gid) != identity.supplementary.end();
}

bool may_execute(const FileStatus& status, const Identity& identity) {
  if (identity.uid == 0) return (status.mode & any_execute) != 0;
  if (status.uid == identity.uid) return (status.mode & S_IXUSR) != 0;
  if (is_in(status.gid, identity)) return (status.mode & S_IXGRP) != 0;
  return (status.mode & S_IXOTH) != 0;
}

// The first component of the way to the shell that the account may not go through; null when it may run the shell.
const PathComponent* shut_component(const AccountEvidence& evidence) {
  if (!evidence.shell || evidence.shell->end != WalkEnd::found || !sshd_checks_shell(evidence)) return nullptr;
  const auto& components = evidence.shell->components;
  const auto refused = std::ranges::find_if(
      components, [&](const auto& component) { return !may_execute(component.status, evidence.identity); });
  const auto& shell = components.back().status;
  const bool passes_sshd = S_ISREG(shell.mode) && (shell.mode & any_execute) != 0;
  return refused == components.end() || !refused->acl.empty() || !passes_sshd ? nullptr : &*refused;
}

Details shell_not_runnable(const AccountEvidence& evidence, const Context& context) {
  const auto* refused = shut_component(evidence);
  if (refused == nullptr || !matters(evidence) || !needs_shell(evidence)) return {};
  return {{.path = refused->path,
           .message = fmt::format("its shell {} cannot be run: {} is {}", shell_of(evidence.account), refused->path,
                                  mode_and_owner(refused->status, context.accounts)),
           .expected = fmt::format("executable by {}", evidence.account.name),
           .actual = mode_and_owner(refused->status, context.accounts),
           .remedy = set_shell(evidence.account)}};
}

constexpr std::string_view shell_why =
    "sshd refuses an account whose shell does not exist, is no regular file or has no x bit; it takes the field as a "
    "file name, blanks included, and an empty one for /bin/sh. Not with ChrootDirectory. (OpenSSH auth.c: "
    "allowed_user)";
constexpr std::string_view session_why =
    "sshd accepts the key and then starts the shell, which ends the session. Only internal-sftp does without.";
using R = Rule<AccountEvidence>;
constexpr auto of_account = Subject::account;

const std::array rules = {
    R{{"shell-unseen", of_account, Effect::unknown, Severity::notice, "The login shell could not be looked at.",
       "What was not seen is not judged: sshd may accept or refuse.", "Look again when the path can be reached.",
       LoginStep::account},
      shell_unseen},
    R{{"shell-missing", of_account, Effect::refuses, Severity::error, "The login shell does not exist.", shell_why,
       "Set a shell that exists: usermod -s /bin/sh NAME", LoginStep::account},
      shell_missing},
    R{{"shell-not-executable", of_account, Effect::refuses, Severity::error,
       "The login shell is not an executable file.", shell_why,
       "Set a shell that can be executed: usermod -s /bin/sh NAME", LoginStep::account},
      shell_not_executable},
    R{{"shell-ends-session", of_account, Effect::closes, Severity::warning,
       "The key is accepted, but the shell ends the session at once.", session_why,
       "If the account is to be used: usermod -s /bin/sh NAME", LoginStep::session},
      shell_ends_session},
    R{{"shell-not-runnable", of_account, Effect::closes, Severity::error,
       "The key is accepted, but the user may not execute the shell.",
       "sshd asks only whether any x bit is set; the kernel then asks whether the user may. (OpenSSH auth.c: "
       "allowed_user)",
       "Set a shell that the user may execute: usermod -s /bin/sh NAME", LoginStep::session},
      shell_not_runnable},
};

}  // namespace

bool needs_shell(const AccountEvidence& evidence) {
  return !is_internal_sftp(evidence.settings.force_command) && !evidence.has_sftp_keys;
}

std::string why_shell_ends_session(const AccountEvidence& evidence, const Context& context) {
  if (is_session_ender(evidence.account)) return evidence.account.shell + ", which ends every session";
  const auto* shut = shut_component(evidence);
  if (shut == nullptr) return {};
  return fmt::format("{}, but {} is {}", shell_of(evidence.account), shut->path,
                     mode_and_owner(shut->status, context.accounts));
}

std::span<const Rule<AccountEvidence>> shell_rules() { return rules; }

}  // namespace sshaudit
