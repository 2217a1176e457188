// SPDX-License-Identifier: MIT
// Runs AuthorizedKeysCommand for an account as sshd would (OpenSSH auth2-pubkey.c: user_key_command_allowed2).
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "gather/path_resolver.h"
#include "parse/keys_command.h"
#include "parse/sshd_version.h"
#include "sshaudit/account.h"
#include "sshaudit/keys_command.h"
#include "sshaudit/server.h"

namespace sshaudit {

// Adds the command of these settings to those of the server, if there is one that it does not have yet.
void note_keys_command(Server& server, const Settings& settings, const ConfigPlaces& places,
                       const std::function<bool(const std::string& user)>& exists);

class KeysCommandRunner {
 public:
  // Why sshd does not run a program, as it is seen by root; empty when it does.
  using SafetyCheck = std::function<std::string(const PathWalk& program)>;

  // Nothing of another system ("/" of which is `root`) is run.
  KeysCommandRunner(std::string root, const SshdFacts& facts, const Server& server, SafetyCheck why_unsafe);

  // For settings that name a command. With `key` it is run for this key.
  KeysCommandRun run(const Account& account, const Settings& settings, const std::optional<KeyTokens>& key = {});

 private:
  // sshd looks at `program` before it starts it; the words may be those of a command behind it.
  KeysCommandRun run_words(const std::string& program, const CommandWords& argv, const Account& account,
                           const std::string& user);
  void run_as_user(const CommandWords& argv, const Account& user, KeysCommandRun& run);
  std::string why_not_answered(const CommandTokens& tokens, bool has_key) const;

  std::string root_;
  SshdFacts facts_;
  const Server& server_;
  SafetyCheck why_unsafe_;
  std::string language_;                          // LANG=... of the daemon; empty for none
  std::chrono::steady_clock::duration waited_{};  // for commands that were slow
  KeysCommandRun last_;                           // an account has the same for several kinds of connections
};

}  // namespace sshaudit
