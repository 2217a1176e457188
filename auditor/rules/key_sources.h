// SPDX-License-Identifier: MIT
// Whether one source of keys lets the key in that a client offers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rules/key_file_rules.h"
#include "rules/rule.h"
#include "sshaudit/authorized_key.h"
#include "sshaudit/explanation.h"

namespace sshaudit {

struct SourceVerdict {
  StepResult result = StepResult::absent;  // ok, absent, refused or unknown
  std::string text;
  std::vector<Finding> findings;
  std::vector<DrawnComponent> path;  // to a file that is refused

  // The line that lets the key in, or that would; what its options do to the session is found with it.
  std::optional<AuthorizedKey> line;
  std::vector<Finding> of_root_login;
  std::vector<Finding> of_session;
};

// A key file. Only the findings of LoginStep::key_file are in `findings`.
SourceVerdict look_in_key_file(const KeyFileSubject& subject, const OfferedKey& offered, const Context& context);

// What AuthorizedKeysCommand prints, where that is known.
SourceVerdict look_in_command(const AccountEvidence& evidence, const OfferedKey& offered, const Context& context);

// TrustedUserCAKeys, for a certificate.
SourceVerdict look_among_authorities(const AccountEvidence& evidence, const OfferedKey& offered,
                                     const Context& context);

// PermitRootLogin, for a certificate that is accepted with this forced command.
std::vector<Finding> judge_root_login(const AccountEvidence& evidence, const OfferedKey& offered,
                                      const std::optional<std::string>& command, const Context& context);

// What the policy of the server says of the key itself: findings of LoginStep::algorithm and LoginStep::revoked.
std::vector<Finding> judge_offered_key(const AccountEvidence& evidence, const OfferedKey& offered,
                                       const Context& context);

// The keys of the key files of an account, each once, in the order of the lines; what is no key is left out.
std::vector<OfferedKey> keys_of(const AccountEvidence& evidence, const Context& context);

// The lines of a text in which the key stands: "/home/bob/.ssh/authorized_keys:3".
std::vector<std::string> lines_with(const std::string& path, const std::string& text, const KeyDigest& digest,
                                    const Context& context);

// Where the account has the key in files that sshd does not read, in words.
std::vector<std::string> lookalikes_of(const AccountEvidence& evidence, const OfferedKey& offered,
                                       const Context& context);

// Fills in what the key is called.
OfferedKey named(OfferedKey offered);

}  // namespace sshaudit
