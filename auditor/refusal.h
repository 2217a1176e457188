// SPDX-License-Identifier: MIT
// What the log is told of a login that sshd refused, or let in and ended.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sshaudit/refusal.h"

namespace sshaudit {

// A line for each reason: keys that are refused for the same one share it. Keys that sshd lets in have none.
// `from` is the address of the client. `command` is the AuthorizedKeysCommand that was asked too; empty when none was.
std::vector<Refusal> refusals_of(const RefusedLogin& login, const std::string& from, const std::string& command);

// Of an account that the account stack of PAM refused; `said` is what PAM calls its result.
Refusal refusal_by_pam(const Explanation& explanation, const std::string& from, const std::string& said);

// Of a session that ended at once; nothing when no reason for that is to be seen.
std::optional<Refusal> closing_of(const Explanation& explanation, const std::string& from);

}  // namespace sshaudit
