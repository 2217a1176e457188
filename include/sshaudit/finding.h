// SPDX-License-Identifier: MIT
// What a rule says about the host, and the rule's own row.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sshaudit/change.h"

namespace sshaudit {

enum class Effect {
  refuses,    // sshd will not let this subject be used
  closes,     // the key is accepted, but the session ends at once
  endangers,  // accepted, but someone else can take the login over, or it stops on a known date
  informs,    // worth knowing
  unknown,    // something needed could not be seen
};

enum class Severity { notice, warning, error };  // in ascending order

// In the order in which sshd meets them; Host is for rules that compare accounts.
enum class Subject { server, account, key_file, authorized_key, host };

// Where in a login sshd comes to what a rule is about, in the order of OpenSSH 8.1 and later.
enum class LoginStep {
  none,          // no login depends on it
  server,        // sshd starts and keeps the connection
  account,       // it exists, is not locked or expired, and has a shell
  lists,         // DenyUsers, AllowUsers, DenyGroups, AllowGroups
  methods,       // PubkeyAuthentication, AuthenticationMethods
  algorithm,     // PubkeyAcceptedAlgorithms, RequiredRSASize, CASignatureAlgorithms
  revoked,       // RevokedKeys
  key_file,      // a file of AuthorizedKeysFile
  trusted_ca,    // TrustedUserCAKeys, for certificates
  keys_command,  // AuthorizedKeysCommand
  root_login,    // PermitRootLogin
  pam,           // the account stack
  session,       // what is started then
};

struct RuleInfo {
  std::string_view id;  // kebab-case; never changes meaning once released
  Subject subject = Subject::account;
  Effect effect = Effect::informs;
  Severity severity = Severity::notice;
  std::string_view summary;    // what is true of the host, one line
  std::string_view rationale;  // why it matters, and the source of the rule
  std::string_view remedy;     // what to type or to do
  LoginStep step = LoginStep::none;
};

struct Remedy {
  std::vector<std::vector<std::string>> commands;  // argument vectors; safe to run in this order
  std::string note;                                // advice where no command is safe
  std::optional<Change> change = {};               // what `fix` does about it; nothing: nothing

  bool operator==(const Remedy&) const = default;
};

// The part of a finding that a rule's check returns. Strings may hold bytes that a user controls: they are
// escaped where they are rendered, and only there.
struct Detail {
  std::string path;  // empty where the finding is not about a file
  std::string message;
  std::string sshd_logs;  // the line that sshd writes at LogLevel INFO; empty when it writes none
  std::string expected;
  std::string actual;
  Remedy remedy;
  std::size_t line = 0;    // 1-based; 0 where there is none
  std::size_t column = 0;  // in bytes, 1-based; 0 where there is none

  bool operator==(const Detail&) const = default;
};

struct Waiver;

struct Finding {
  const RuleInfo* rule = nullptr;  // never null in a report; static storage
  Detail detail;
  std::string connections;  // the kinds of connections that it holds for, in the words of Match; empty for all

  bool is_meant = false;  // some connections only, while others let the account in: what Match blocks are made for

  const Waiver* waiver = nullptr;  // that covers it, of the policy; null: none, and it counts

  Severity severity() const { return is_meant ? Severity::notice : rule->severity; }
};

}  // namespace sshaudit
