// SPDX-License-Identifier: MIT
#include "rules/settings_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "rules/account_rules.h"

namespace sshaudit {
namespace {

using Details = std::vector<Detail>;

Details keys_command_without_user(const AccountEvidence& evidence, const Context& context) {
  const auto& settings = evidence.settings;
  const bool said_already = context.server != nullptr && !context.server->faults.empty();
  if (said_already || settings.authorized_keys_command.empty() || !settings.authorized_keys_command_user.empty())
    return {};
  return {{.path = {},
           .message = fmt::format("AuthorizedKeysCommand{} is not run, because AuthorizedKeysCommandUser is not set",
                                  place_of(evidence, "authorizedkeyscommand")),
           .sshd_logs = "No user for AuthorizedKeysCommand specified, skipping",
           .expected = "AuthorizedKeysCommandUser",
           .actual = "none",
           .remedy = {{}, "set AuthorizedKeysCommandUser beside it, to an account that does nothing else"}}};
}

Details root_login_off(const AccountEvidence& evidence, const Context&) {
  if (evidence.account.uid != 0 || evidence.settings.permit_root_login != "no" || !matters(evidence)) return {};
  return {
      {.path = {},
       .message = fmt::format("it has keys, but PermitRootLogin is no{}", place_of(evidence, "permitrootlogin")),
       .sshd_logs = "ROOT LOGIN REFUSED FROM ADDRESS port PORT",
       .expected = "PermitRootLogin prohibit-password, or no keys",
       .actual = "PermitRootLogin no",
       .remedy = {{}, "remove the keys if root is not to log in; otherwise set PermitRootLogin prohibit-password"}}};
}

bool is_a_key_alone(std::string_view list) { return list == "publickey"; }

Details key_not_enough(const AccountEvidence& evidence, const Context& context) {
  const auto& lists = evidence.settings.authentication_methods;
  if (lists.empty() || !matters(evidence) || std::ranges::any_of(lists, is_a_key_alone)) return {};
  const auto mentions_keys = [](const std::string& list) { return list.find("publickey") != std::string::npos; };
  const bool holds_for_all = context.server != nullptr && lists == context.server->settings.authentication_methods;
  if (holds_for_all || evidence.settings.no_method_left || !std::ranges::any_of(lists, mentions_keys)) return {};
  return {{.path = {},
           .message = fmt::format("a key alone is not enough: AuthenticationMethods {}{}", fmt::join(lists, " "),
                                  place_of(evidence, "authenticationmethods")),
           .expected = "AuthenticationMethods publickey",
           .actual = fmt::format("{}", fmt::join(lists, " ")),
           .remedy = {{}, "nothing to do if more than a key is meant to be asked for"}}};
}

Details methods_switched_off(const AccountEvidence& evidence, const Context& context) {
  const bool said_already = context.server != nullptr && !context.server->faults.empty();
  if (!evidence.settings.no_method_left || said_already || !matters(evidence)) return {};
  const auto lists = fmt::format("{}", fmt::join(evidence.settings.authentication_methods, " "));
  return {
      {.path = {},
       .message = fmt::format("sshd ends its connections: AuthenticationMethods {}{} needs methods that are switched "
                              "off for it",
                              lists, place_of(evidence, "authenticationmethods")),
       .sshd_logs = "No AuthenticationMethods left after eliminating disabled methods",
       .expected = "a list of methods that are all switched on",
       .actual = lists,
       .remedy = {{},
                  "switch the method on for this account (KbdInteractiveAuthentication, PasswordAuthentication, "
                  "...), or take it out of the list"}}};
}

Details keys_never_asked(const AccountEvidence& evidence, const Context&) {
  const auto& lists = evidence.settings.authentication_methods;
  const auto mentions_keys = [](const std::string& list) { return list.find("publickey") != std::string::npos; };
  if (lists.empty() || evidence.settings.no_method_left || !matters(evidence) ||
      std::ranges::any_of(lists, mentions_keys))
    return {};
  return {{.path = {},
           .message = fmt::format("it has keys, but no list of AuthenticationMethods{} has publickey: {}",
                                  place_of(evidence, "authenticationmethods"), fmt::join(lists, " ")),
           .expected = "AuthenticationMethods with publickey",
           .actual = fmt::format("{}", fmt::join(lists, " ")),
           .remedy = {{}, "add publickey to a list of AuthenticationMethods, or remove the keys"}}};
}

Details connection_refused(const AccountEvidence& evidence, const Context&) {
  if (!evidence.settings.refuse_connection || !matters(evidence)) return {};
  return {{.path = {},
           .message = fmt::format("it has keys, but RefuseConnection is yes{}", place_of(evidence, "refuseconnection")),
           .expected = "RefuseConnection no",
           .actual = "RefuseConnection yes",
           .remedy = {{}, "nothing to do if nobody is meant to connect this way"}}};
}

Details match_ends_connection(const AccountEvidence& evidence, const Context& context) {
  Details details;
  const bool said_already = context.server != nullptr && !context.server->faults.empty();
  if (!evidence.origin || !matters(evidence) || said_already) return details;
  for (const auto& fault : evidence.origin->faults) {
    const bool of_all = context.server != nullptr && std::ranges::find(context.server->connection_faults, fault) !=
                                                         context.server->connection_faults.end();
    if (of_all) continue;
    details.push_back(
        {.path = fault.place.file,
         .message = fmt::format("sshd ends its connections: {}: {}", place_in_words(fault.place), fault.message),
         .expected = "Match blocks that go together",
         .actual = fault.message,
         .remedy = {{}, "correct the Match block"},
         .line = fault.place.line});
  }
  return details;
}

Details settings_unknown(const AccountEvidence& evidence, const Context&) {
  if (!evidence.origin || evidence.origin->unread.empty() || !matters(evidence)) return {};
  return {{.path = {},
           .message = fmt::format("its settings are not all known: {}", evidence.origin->unread),
           .expected = "a configuration that can be read",
           .actual = evidence.origin->unread,
           .remedy = {{}, evidence.by_root ? "see what \"sshd -t\" says of that file" : "run sshaudit as root"}}};
}

constexpr std::string_view methods_why =
    "Each list of AuthenticationMethods (sshd_config(5)) has to be gone through whole.";

using R = Rule<AccountEvidence>;
constexpr auto of_account = Subject::account;
const std::array rows = {
    R{{"settings-unknown", of_account, Effect::unknown, Severity::notice,
       "The settings of the account are not all known.",
       "A part of sshd's configuration could not be read, and may say something else for it.", "Run sshaudit as root.",
       LoginStep::server},
      settings_unknown},
    R{{"match-ends-connection", of_account, Effect::refuses, Severity::error,
       "sshd ends the connection when it applies the Match blocks.",
       "Some faults show only when Match blocks are applied together. (OpenSSH servconf.c: parse_server_match_config)",
       "Correct the Match block.", LoginStep::server},
      match_ends_connection},
    R{{"connection-refused", of_account, Effect::refuses, Severity::warning, "sshd closes the connection at once.",
       "RefuseConnection (sshd_config(5), from 9.9) is yes.", "Nothing to do if this is meant.", LoginStep::methods},
      connection_refused},
    R{{"root-login-off", of_account, Effect::refuses, Severity::warning, "root has keys, but PermitRootLogin is no.",
       "The key is checked, and the login refused afterwards. (OpenSSH auth.c: auth_root_allowed)",
       "Remove the keys, or set PermitRootLogin prohibit-password.", LoginStep::root_login},
      root_login_off},
    R{{"methods-switched-off", of_account, Effect::refuses, Severity::error,
       "AuthenticationMethods needs methods that are switched off.",
       "A list that holds a disabled method is dropped; with none left sshd ends the connection. In a Match block sshd "
       "does not notice that when it starts. (OpenSSH auth2.c: auth2_setup_methods_lists)",
       "Switch the method on for the account, or take it out of the list.", LoginStep::methods},
      methods_switched_off},
    R{{"keys-never-asked", of_account, Effect::refuses, Severity::error, "sshd never asks the account for a key.",
       methods_why, "Add publickey to a list of AuthenticationMethods.", LoginStep::methods},
      keys_never_asked},
    R{{"key-not-enough", of_account, Effect::informs, Severity::notice, "A key alone does not let the account in.",
       methods_why, "Nothing to do if this is meant.", LoginStep::methods},
      key_not_enough},
    R{{"keys-command-without-user", of_account, Effect::informs, Severity::warning,
       "AuthorizedKeysCommand is not run for the account.",
       "A Match block sets the command, and nothing sets AuthorizedKeysCommandUser. (OpenSSH auth2-pubkey.c: "
       "user_key_command_allowed2)",
       "Set AuthorizedKeysCommandUser."},
      keys_command_without_user},
};

}  // namespace

std::string place_in_words(const ConfigPlace& place) {
  if (place.file.empty()) return "the compiled-in default";
  if (place.line == 0) return place.file == "command line" ? "the command line of sshd" : place.file;
  return fmt::format("{}:{}", place.file, place.line);
}

std::string place_of(const AccountEvidence& evidence, std::string_view keyword) {
  if (!evidence.origin) return {};
  const auto found = evidence.origin->places.find(keyword);
  return found == evidence.origin->places.end() ? std::string() : fmt::format(" ({})", place_in_words(found->second));
}

std::span<const Rule<AccountEvidence>> settings_rules() { return rows; }

}  // namespace sshaudit
