// SPDX-License-Identifier: MIT
// What Debian 12 puts into /etc for logins, so that a real sshd and the real PAM work on an AuditedSystem.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "audited_system.h"

namespace sshaudit::e2e {

// The stock files. `settings` are lines of sshd_config in place of or before the stock ones, `matches` come behind
// them; `account_line` stands in the account stack of sshd, before the stock modules.
void add_debian_etc(AuditedSystem& system, const std::string& settings, const std::string& matches,
                    const std::string& account_line);

// Takes this process into the system, with an empty /run, and then makes `mounts` there.
void enter_debian(const AuditedSystem& system, const std::vector<std::function<void()>>& mounts);

// Private keys for clients, made when they are asked for, each only once: "ed25519", "rsa 2048", "ed25519 of bob" ...
// The type comes first, then the bits where there is a choice; any word behind makes it another key.
class ClientKeys {
 public:
  static std::string file(const std::string& name);         // of the private key; ".pub" lies beside it
  static std::string line(const std::string& name);         // the public key as a key line, with the name as comment
  static std::string fingerprint(const std::string& name);  // "SHA256:..."
};

// Runs a program of the host that has to succeed, and returns what it wrote.
std::string run_tool(const std::vector<std::string>& words);

}  // namespace sshaudit::e2e
