// SPDX-License-Identifier: MIT
// A login that sshd has just refused, or let in and ended at once, as the logger tells of it.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sshaudit/explanation.h"

namespace sshaudit {

// What the record of a connection holds.
struct ConnectionNotes {
  std::vector<OfferedKey> keys;  // each once, in the order in which they were offered
  std::vector<bool> is_signed;   // of each: it came a second time, as a key does that sshd has not refused
  std::set<std::string> logged;  // what Refusal::reason() gave
};

// A key file that sshd reads, and how many keys it reads there.
struct ListedKeys {
  std::string path;
  std::size_t count = 0;
  bool exists = false;
};

// What is known of the login: an explanation for each key, or one without a key.
struct RefusedLogin {
  std::vector<Explanation> explanations;
  std::vector<std::optional<bool>> is_listed;  // of each: its key stands in a key file; nothing where none can be read
  std::vector<ListedKeys> listed;
};

// One line of the log. Strings may hold bytes that a user or a client controls.
struct Refusal {
  // What it is said of: a login that a key was offered for, one by any other way, or those that are yet to come.
  enum class Kind { key_login, login, key_logins };
  Kind kind = Kind::key_login;
  Outcome outcome = Outcome::refused;  // refused, or closes
  std::string user;
  std::string key;       // "ED25519 SHA256:..."; empty where several keys share the reason, or none is known
  std::size_t keys = 0;  // that were refused for this reason
  std::string from;      // the address of the client; empty when it is not known
  std::string rule;
  std::string path;  // with the line behind a colon; empty where the reason is not about a file
  std::string message;
  std::vector<std::vector<std::string>> commands;  // that mend it
  std::string note;                                // advice where no command is safe
  std::string fingerprint;

  // What makes two of them the same for one connection.
  std::string reason() const { return rule + ' ' + path; }

  bool operator==(const Refusal&) const = default;
};

}  // namespace sshaudit
