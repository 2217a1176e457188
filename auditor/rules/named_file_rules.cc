// SPDX-License-Identifier: MIT
// Files that settings name and every login depends on: what is wrong with them hits everybody, or everybody whom a
// Match block sends to them.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "rules/account_rules.h"
#include "rules/key_file_rules.h"
#include "rules/keys_command_rules.h"
#include "rules/settings_rules.h"
#include "rules/strict_modes.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

using Details = std::vector<Detail>;

// Why a file cannot be read by root; empty when it can. What the caller alone may not see is no fault of it.
std::string why_unusable(const NamedFile& file, bool by_root) {
  const bool not_ours_to_see = !by_root && (file.walk.errnum == EACCES || file.open_errnum == EACCES);
  if (not_ours_to_see || file.walk.end == WalkEnd::unseen || file.walk.end == WalkEnd::automount) return {};
  if (file.walk.end != WalkEnd::found) return errno_in_words(file.walk.errnum);
  const auto mode = file.walk.components.back().status.mode;
  if (S_ISCHR(mode)) return {};  // /dev/null is an empty list
  if (!S_ISREG(mode)) return fmt::format("it is {}", kind_of(mode));
  if (file.open_errnum != 0) return errno_in_words(file.open_errnum);
  const bool has_fault = file.faulty_line != 0 && file.keyword == "revokedkeys";
  return has_fault ? fmt::format("line {} is no key", file.faulty_line) : std::string();
}

Detail about_file(const NamedFile& file, std::string message, std::string reason, std::string note) {
  return {.path = file.path,
          .message = std::move(message),
          .expected = "a file that sshd can use",
          .actual = std::move(reason),
          .remedy = {{}, std::move(note)}};
}

Details revoked_keys_in(const std::vector<NamedFile>& files, bool by_root, std::string_view whose) {
  Details details;
  for (const auto& file : files) {
    const auto reason = file.keyword == "revokedkeys" ? why_unusable(file, by_root) : std::string();
    if (reason.empty()) continue;
    auto detail = about_file(
        file,
        fmt::format("sshd refuses {}: RevokedKeys {} ({}) cannot be read: {}", whose, file.path,
                    place_in_words(file.place), reason),
        reason,
        file.path == "none"
            ? "\"none\" is the name of a file in a Match block: remove the line, or name the list that counts"
        : file.faulty_line > 0
            ? "correct or remove that line; comments begin with #"
            : "restore the list of revoked keys; an empty file would let every revoked key in again");
    detail.line = file.faulty_line;
    if (file.walk.end == WalkEnd::missing) {
      detail.sshd_logs =
          fmt::format("Error checking authentication key in revoked keys file {}: {}", file.path, reason);
    }
    details.push_back(std::move(detail));
  }
  return details;
}

Details revoked_keys_unusable(const Server& server, const Context&) {
  return revoked_keys_in(server.named_files, server.by_root, "every key of everybody");
}

bool is_global(const NamedFile& file, const Context& context) {
  return context.server != nullptr &&
         std::ranges::find(context.server->named_files, file) != context.server->named_files.end();
}

// What is wrong for everybody is said once, with the server.
std::vector<NamedFile> own_files(const AccountEvidence& evidence, const Context& context) {
  std::vector<NamedFile> files;
  if (!evidence.origin) return files;
  std::ranges::copy_if(evidence.origin->named_files, std::back_inserter(files),
                       [&](const NamedFile& file) { return !is_global(file, context); });
  return files;
}

Details own_revoked_keys_unusable(const AccountEvidence& evidence, const Context& context) {
  if (!matters(evidence)) return {};
  return revoked_keys_in(own_files(evidence, context), evidence.by_root, "every key of the account");
}

Details trusted_ca_missing(const Server& server, const Context&) {
  Details details;
  for (const auto& file : server.named_files) {
    const auto reason = file.keyword == "trustedusercakeys" ? why_unusable(file, server.by_root) : std::string();
    if (reason.empty()) continue;
    details.push_back(
        about_file(file,
                   fmt::format("sshd refuses every certificate: TrustedUserCAKeys {} ({}) cannot be read: {}",
                               file.path, place_in_words(file.place), reason),
                   reason, "put the public keys of the certificate authority there"));
  }
  return details;
}

// The walk of sshd over the program: root alone may own and write it, whoever it runs as. Empty when nothing is wrong.
std::string fault_on_the_way(const PathWalk& walk, const Context& context) {
  AccountEvidence of_root;
  of_root.account = {"root", 0, 0, "", ""};
  KeyFile program;
  program.walk = walk;
  ScanPosition start = 0;
  const auto faults = strict_modes_faults(program, of_root, context, start);  // they point into `program`
  if (faults.empty()) return {};
  const auto& component = *faults.front().component;
  return fmt::format("{} is {}, and root alone may own and write it", component.path,
                     mode_and_owner(component.status, context.accounts));
}

Details keys_command_unsafe(const Server& server, const Context& context) {
  Details details;
  for (const auto& file : server.named_files) {
    const bool seen =
        file.walk.end != WalkEnd::unseen && file.walk.end != WalkEnd::automount && file.walk.errnum != EACCES;
    const auto reason =
        file.keyword == "authorizedkeyscommand" && seen ? why_program_is_unsafe(file.walk, context) : std::string();
    if (reason.empty()) continue;
    details.push_back(about_file(
        file,
        fmt::format("sshd does not run AuthorizedKeysCommand {} ({}): {}", file.path, place_in_words(file.place),
                    reason),
        reason, "install the program in a directory that root alone can write, down from /, such as /usr/libexec"));
  }
  return details;
}

Details no_key_files(const Server& server, const Context&) {
  const auto is_none = [](const std::string& name) { return name == "none"; };
  if (!std::ranges::all_of(server.settings.authorized_keys_file, is_none)) return {};
  return {{.path = {},
           .message = "AuthorizedKeysFile is none: sshd reads no key file of anybody",
           .expected = "the names of key files",
           .actual = "none",
           .remedy = {{}, "nothing to do if keys are meant to come from AuthorizedKeysCommand or certificates only"}}};
}

constexpr std::string_view revoked_why =
    "A list of revoked keys that cannot be read refuses every key. (OpenSSH auth2-pubkey.c: user_key_allowed, "
    "auth.c: auth_key_is_revoked)";

using S = Rule<Server>;
const std::array server_rows = {
    S{{"revoked-keys-unusable", Subject::server, Effect::refuses, Severity::error,
       "RevokedKeys cannot be read: every key is refused.", revoked_why,
       "Restore the list; an empty file would let every revoked key in again.", LoginStep::revoked},
      revoked_keys_unusable},
    S{{"trusted-ca-missing", Subject::server, Effect::informs, Severity::error,
       "TrustedUserCAKeys cannot be read: every certificate is refused.",
       "Certificates are accepted only from authorities in that file. (OpenSSH auth2-pubkey.c: user_cert_trusted_ca)",
       "Put the public keys of the certificate authority there."},
      trusted_ca_missing},
    S{{"keys-command-unsafe", Subject::server, Effect::informs, Severity::error,
       "sshd does not run AuthorizedKeysCommand.",
       "The program and every directory above it have to belong to root and to be writable by root alone; StrictModes "
       "no does not change that. (OpenSSH misc.c: subprocess)",
       "Install it where root alone can write, down from /.", LoginStep::keys_command},
      keys_command_unsafe},
    S{{"no-key-files", Subject::server, Effect::informs, Severity::notice, "sshd reads no key files at all.",
       "AuthorizedKeysFile (sshd_config(5)) is none.", "Nothing to do if this is meant."},
      no_key_files},
};

using R = Rule<AccountEvidence>;
const std::array account_rows = {
    R{{"own-revoked-keys-unusable", Subject::account, Effect::refuses, Severity::error,
       "RevokedKeys of a Match block cannot be read: every key of the account is refused.", revoked_why,
       "Restore the list, or remove the line. \"none\" is a file name there.", LoginStep::revoked},
      own_revoked_keys_unusable},
};

}  // namespace

std::string why_program_is_unsafe(const PathWalk& program, const Context& context) {
  if (program.end != WalkEnd::found) return errno_in_words(program.errnum);
  const auto& status = program.components.back().status;
  return S_ISREG(status.mode) ? fault_on_the_way(program, context) : fmt::format("it is {}", kind_of(status.mode));
}

bool refuses_every_key(const Server& server) {
  const auto unusable = [&](const NamedFile& file) {
    return file.keyword == "revokedkeys" && !why_unusable(file, server.by_root).empty();
  };
  return !server.faults.empty() || !server.connection_faults.empty() ||
         std::ranges::any_of(server.named_files, unusable);
}

std::span<const Rule<Server>> named_file_rules() { return server_rows; }
std::span<const Rule<AccountEvidence>> own_file_rules() { return account_rows; }

}  // namespace sshaudit
