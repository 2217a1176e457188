// SPDX-License-Identifier: MIT
// AuthorizedKeysCommand as it stands in the configuration, whoever logs in.
#include <fmt/format.h>

#include <array>

#include "parse/keys_command.h"
#include "rules/keys_command_rules.h"
#include "rules/settings_rules.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

using Details = std::vector<Detail>;

Detail about_command(const KeysCommand& command, std::string what, std::string expected, std::string actual) {
  return {.path = {},
          .message = fmt::format("AuthorizedKeysCommand {} ({}) {}", shown(command.text), place_in_words(command.place),
                                 std::move(what)),
          .expected = std::move(expected),
          .actual = std::move(actual),
          .line = command.place.line};
}

Details keys_command_foreign(const Server& server, const Context& context) {
  Details details;
  for (const auto& command : server.keys_commands) {
    const auto words = split_command(command.text, context.facts);
    const auto* const known = words ? known_command(supplying_words(*words)) : nullptr;
    if (known == nullptr) continue;
    const auto note = known->note.empty() ? std::string() : fmt::format("; {}", known->note);
    auto detail =
        about_command(command, fmt::format("is {}: keys come from {} as well{}", known->name, known->source, note), "",
                      std::string(known->name));
    detail.remedy.note = "nothing to do; only one command can be set, so another one has to be chained";
    details.push_back(std::move(detail));
  }
  return details;
}

std::string unknown_token(const KeysCommand& command, const Context& context) {
  if (auto token = unknown_token_of_user(command.user); !token.empty()) return token;
  const auto words = split_command(command.text, context.facts);
  return words && command.user_exists ? tokens_of(*words, context.facts).unknown : std::string();
}

std::string token_log(const std::string& token, const SshdVersion& version) {
  if (token == "%") return {};
  const bool older = version.major != 0 && (version.major < 8 || (version.major == 8 && version.minor < 4));
  return fmt::format("{}: unknown key {}", older ? "percent_expand" : "vdollar_percent_expand", token);
}

Details keys_command_token(const Server& server, const Context& context) {
  Details details;
  for (const auto& command : server.keys_commands) {
    const auto token = command.user.empty() ? std::string() : unknown_token(command, context);
    if (token.empty()) continue;
    const auto* const when = context.facts.files_first ? "as soon as a key is in no key file" : "for every key";
    auto detail = about_command(command,
                                fmt::format("has the token {}, which this sshd does not know: it ends the "
                                            "connection {}",
                                            token, when),
                                "tokens that this sshd knows", token);
    detail.sshd_logs = token_log(token, server.version);
    detail.remedy.note = "correct the token; a percent sign of its own is written %%";
    details.push_back(std::move(detail));
  }
  return details;
}

Details keys_command_user_missing(const Server& server, const Context&) {
  Details details;
  for (const auto& command : server.keys_commands) {
    if (command.user_exists) continue;
    auto detail = about_command(
        command, fmt::format("is not run: there is no account {} (AuthorizedKeysCommandUser)", command.user),
        "an account", command.user);
    detail.sshd_logs = fmt::format("AuthorizedKeysCommandUser \"{}\" not found: Success", command.user);
    detail.remedy.note = "make the account, or name another one that does nothing else";
    details.push_back(std::move(detail));
  }
  return details;
}

Details keys_command_quotes(const Server& server, const Context& context) {
  Details details;
  for (const auto& command : server.keys_commands) {
    if (command.user.empty() || split_command(command.text, context.facts)) continue;
    auto detail = about_command(command, "is not run: a quote has no end", "quotes in pairs", "a quote without an end");
    detail.sshd_logs = fmt::format("AuthorizedKeysCommand \"{}\" contains invalid quotes", command.text);
    detail.remedy.note = "close the quote; what looks like a comment behind the command belongs to it, from 8.7 on";
    details.push_back(std::move(detail));
  }
  return details;
}

constexpr auto of_server = Subject::server;
constexpr auto step = LoginStep::keys_command;

using S = Rule<Server>;
const std::array server_rows = {
    S{{"keys-command-foreign", of_server, Effect::informs, Severity::notice,
       "Keys also come from a well-known AuthorizedKeysCommand.",
       "sshd asks it for keys that are in no key file, so key files are not the whole truth. (sshd_config(5))",
       "Nothing to do.", step},
      keys_command_foreign},
    S{{"keys-command-token", of_server, Effect::refuses, Severity::error,
       "AuthorizedKeysCommand has a token that this sshd does not know.",
       "sshd dies when it expands the token, and the connection with it: %U came with 7.8, %C and %D with 9.4. "
       "(OpenSSH "
       "misc.c: percent_expand)",
       "Correct the token.", step},
      keys_command_token},
    S{{"keys-command-user-missing", of_server, Effect::informs, Severity::error,
       "AuthorizedKeysCommandUser is no account: the command is not run.",
       "sshd looks the user up by name for every key. (OpenSSH auth2-pubkey.c: user_key_command_allowed2)",
       "Make the account, or name another one.", step},
      keys_command_user_missing},
    S{{"keys-command-quotes", of_server, Effect::informs, Severity::error,
       "AuthorizedKeysCommand has a quote without an end: it is not run.",
       "sshd splits the value into words itself, and notices only when it comes to it. (OpenSSH misc.c: argv_split)",
       "Close the quote.", step},
      keys_command_quotes},
};

}  // namespace

std::span<const Rule<Server>> keys_command_server_rules() { return server_rows; }

}  // namespace sshaudit
