// SPDX-License-Identifier: MIT
// The value of AuthorizedKeysCommand: its words, what its tokens stand for, and whose program it is (sshd_config(5),
// TOKENS). Source: OpenSSH misc.c: argv_split, percent_expand, argv_assemble; auth2-pubkey.c:
// user_key_command_allowed2.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parse/sshd_version.h"
#include "sshaudit/account.h"

namespace sshaudit {

using CommandWords = std::vector<std::string>;

// The program and its arguments. What looks like a comment is an argument. Nothing when a quote has no end.
std::optional<CommandWords> split_command(std::string_view text, const SshdFacts& facts);

// What the arguments ask for beside the account.
struct CommandTokens {
  bool key = false;         // %t, %f, %k: there is an answer only for a key that is offered
  bool connection = false;  // %C, %D
  std::string unknown;      // the first that sshd does not know, "%x": it ends the connection; empty when it knows all
};
CommandTokens tokens_of(const CommandWords& words, const SshdFacts& facts);

// The same for AuthorizedKeysCommandUser, which has %u only.
std::string unknown_token_of_user(std::string_view user);

// How the tokens %t, %f and %k show an offered key.
struct KeyTokens {
  std::string type;
  std::string fingerprint;
  std::string base64;
};

// What is run: the arguments expanded, and the name of the account where there is no argument. Only for words without
// an unknown token; what is asked for and not given is empty.
CommandWords expand_command(const CommandWords& words, const Account& account, const KeyTokens& key = {});
std::string expand_command_user(std::string_view user, const Account& account);

// The words as sshd has them in its log.
std::string command_in_log(const CommandWords& words);

// A program that many hosts have there.
struct KnownCommand {
  std::string_view program;   // the last part of its path
  std::string_view argument;  // that it has to have first; empty for any
  std::string_view name;
  std::string_view source;  // of the keys
  std::string_view note;    // what surprises people; may be empty
};

// The words of the command that supplies keys: behind --then of this project's own logger, which supplies none,
// and runs nothing without --then-user.
CommandWords supplying_words(const CommandWords& words);

// Whom it runs as: what stands behind --then-user of the logger, and otherwise `user`.
std::string supplying_user(const CommandWords& words, const std::string& user);

// Null when the program is not known.
const KnownCommand* known_command(const CommandWords& words);

}  // namespace sshaudit
