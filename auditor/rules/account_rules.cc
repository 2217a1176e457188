// SPDX-License-Identifier: MIT
#include "rules/account_rules.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "rules/account_state.h"
#include "rules/environment_rules.h"
#include "rules/key_file_rules.h"
#include "rules/keys_command_rules.h"
#include "rules/settings_rules.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

using Details = std::vector<Detail>;

constexpr uid_t first_person = 1000;  // login.defs(5), UID_MIN as every supported distribution sets it
constexpr uid_t nobody = 65534;

// Programs that end a session at once, whatever the client asked for.
constexpr std::array<std::string_view, 7> session_enders = {"nologin",  "false", "true",    "sync",
                                                            "shutdown", "halt",  "poweroff"};

Details home_missing(const AccountEvidence& evidence, const Context& context) {
  const bool gone = evidence.home.end == WalkEnd::missing || evidence.home.end == WalkEnd::dangling;
  if (!gone || !evidence.as_user || has_keys(evidence)) return {};
  if (!is_person(evidence.account) || is_session_ender(evidence.account)) return {};
  if (evidence.home_lock.kind != HomeLock::Kind::none || gets_keys_from_command(evidence, context)) return {};
  const auto& home = evidence.account.home;
  const auto link = evidence.home.links.empty()
                        ? std::string()
                        : fmt::format(", though {} leads there", evidence.home.links.back().path);
  return {{.path = home,
           .message = home.empty() ? "the home field is empty: no key can be read"
                                   : fmt::format("the home {} does not exist{}: no key can be read", home, link),
           .expected = "a directory",
           .actual = "missing",
           .remedy = {{}, "mount or make the home, or correct the home field with usermod -d"}}};
}

Details home_not_directory(const AccountEvidence& evidence, const Context& context) {
  const auto& home = evidence.home;
  if (home.end != WalkEnd::found || home.components.empty() || S_ISDIR(home.components.back().status.mode)) return {};
  if (has_keys(evidence) || !is_person(evidence.account) || is_session_ender(evidence.account)) return {};
  if (gets_keys_from_command(evidence, context)) return {};
  const auto& component = home.components.back();
  return {{.path = component.path,
           .message = fmt::format("the home {} is {}, not a directory: no key can be read", component.path,
                                  kind_of(component.status.mode)),
           .expected = "a directory",
           .actual = kind_of(component.status.mode),
           .remedy = {{}, "make a directory in its place, or correct the home field with usermod -d"}}};
}

// With keys in it this refuses (home-owner); without, it would as soon as there are some.
Details home_orphaned(const AccountEvidence& evidence, const Context& context) {
  const auto& home = evidence.home;
  if (home.end != WalkEnd::found || home.components.empty() || has_keys(evidence)) return {};
  const auto owner = home.components.back().status.uid;
  if (context.accounts.account(owner) != nullptr || !is_person(evidence.account) ||
      is_session_ender(evidence.account)) {
    return {};
  }
  const auto& component = home.components.back();
  return {{.path = component.path,
           .message = fmt::format("the home {} belongs to uid {}, which is no account", component.path, owner),
           .expected = fmt::format("owner {}", evidence.account.name),
           .actual = mode_and_owner(component.status, context.accounts),
           .remedy = {{},
                      "if a restore or a new uid left it behind, give it to the account; many such homes at once "
                      "mean that a container's ids were mapped anew"}}};
}

Details home_is_root(const AccountEvidence& evidence, const Context&) {
  const auto& home = evidence.home;
  if (home.end != WalkEnd::found || home.components.size() != 1 || !has_keys(evidence)) return {};
  return {{.path = "/",
           .message = "its home is /: every account with that home has the same key files",
           .expected = "a home of its own",
           .actual = "/",
           .remedy = {{}, "give the account a home of its own; leave / as it is"}}};
}

Details pubkey_authentication_off(const AccountEvidence& evidence, const Context&) {
  if (evidence.settings.pubkey_authentication || !matters(evidence)) return {};
  return {{.path = {},
           .message =
               fmt::format("it has keys, but PubkeyAuthentication is no{}", place_of(evidence, "pubkeyauthentication")),
           .expected = "PubkeyAuthentication yes",
           .actual = "PubkeyAuthentication no",
           .remedy = {{},
                      "change it where it is set; a Match block that holds counts before the rest, and sshd's own "
                      "command line before any file"}}};
}

Details key_file_name_invalid(const AccountEvidence& evidence, const Context&) {
  if (evidence.name_error.empty()) return {};
  return {{.path = {},
           .message = fmt::format("sshd drops the connection at AuthorizedKeysFile {}{}", evidence.name_error,
                                  place_of(evidence, "authorizedkeysfile")),
           .expected = "the tokens %%, %h, %u and %U",
           .actual = evidence.name_error,
           .remedy = {{}, "correct AuthorizedKeysFile in sshd_config"}}};
}

Details not_seen_as_user(const AccountEvidence& evidence, const Context&) {
  const bool nothing_there = !evidence.key_files.empty() && !has_keys(evidence);
  if (evidence.as_user || nothing_there) return {};
  return {{.path = {},
           .message = fmt::format("its key files cannot be looked at with the rights of {}", evidence.account.name),
           .expected = "to be run by root, or by the account itself",
           .actual = "run by somebody else",
           .remedy = {{}, "run sshaudit as root, or as the account itself"}}};
}

constexpr std::string_view home_why =
    "Key files whose name is not absolute lie in the home, and sshd reads them before any PAM module could make one. "
    "(OpenSSH auth.c: expand_authorized_keys)";

using R = Rule<AccountEvidence>;
constexpr auto of_account = Subject::account;

const std::array rules = {
    R{{"not-seen-as-user", of_account, Effect::unknown, Severity::notice,
       "The account was not looked at with its own rights.",
       "sshd opens key files as the user; what others may see is another question.",
       "Run sshaudit as root or as the account itself.", LoginStep::key_file},
      not_seen_as_user},
    R{{"pubkey-authentication-off", of_account, Effect::refuses, Severity::error,
       "sshd accepts no keys for the account.", "PubkeyAuthentication (sshd_config(5)) is no for it.",
       "Set PubkeyAuthentication yes.", LoginStep::methods},
      pubkey_authentication_off},
    R{{"key-file-name-invalid", of_account, Effect::refuses, Severity::error,
       "AuthorizedKeysFile cannot be expanded for the account.",
       "An unknown token, or a name of PATH_MAX bytes, ends the connection. (OpenSSH misc.c: percent_expand)",
       "Correct AuthorizedKeysFile in sshd_config.", LoginStep::key_file},
      key_file_name_invalid},
    R{{"home-missing", of_account, Effect::refuses, Severity::error, "The home of a person does not exist.", home_why,
       "Mount or make the home.", LoginStep::key_file},
      home_missing},
    R{{"home-not-directory", of_account, Effect::refuses, Severity::error, "The home of a person is not a directory.",
       home_why, "Make a directory in its place, or correct the home field: usermod -d DIR NAME", LoginStep::key_file},
      home_not_directory},
    R{{"home-orphaned", of_account, Effect::informs, Severity::notice,
       "The home of a person belongs to a uid that is no account.",
       "sshd will refuse keys in it: the owner has to be root or the user. (OpenSSH misc.c: safe_path)",
       "Give the home to the account: chown -h NAME HOME"},
      home_orphaned},
    R{{"home-is-root", of_account, Effect::informs, Severity::notice, "The home of an account with keys is /.",
       "The key file is /.ssh/authorized_keys, for every account with that home.",
       "Give the account a home of its own."},
      home_is_root},
};

}  // namespace

bool is_session_ender(const Account& account) {
  const auto name = account.shell.substr(account.shell.rfind('/') + 1);
  return std::ranges::find(session_enders, name) != session_enders.end();
}

bool is_person(const Account& account) {
  return account.uid == 0 || (account.uid >= first_person && account.uid != nobody);
}

bool is_expected(const AccountEvidence& evidence) {
  const bool shell_is_not_needed =
      !evidence.settings.chroot_directory.empty() || !evidence.settings.force_command.empty();
  return is_person(evidence.account) || !is_session_ender(evidence.account) || shell_is_not_needed;
}

bool matters(const AccountEvidence& evidence) { return evidence.asked_about || has_keys(evidence); }

std::span<const Rule<AccountEvidence>> account_rules() { return rules; }

std::vector<Finding> judge_account(const AccountEvidence& evidence, const Context& context) {
  std::vector<Finding> findings;
  for (const auto& group : {settings_rules(), own_file_rules(), account_rules(), account_environment_rules(),
                            label_rules(), shell_rules(), list_rules(), session_rules()}) {
    judge(group, evidence, context, findings);
  }
  judge_account_state(evidence, context, findings);
  return findings;
}

}  // namespace sshaudit
