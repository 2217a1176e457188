// SPDX-License-Identifier: MIT
// The steps of a login in words, as they are when nothing is wrong.
#pragma once

#include <optional>
#include <string>

#include "rules/rule.h"
#include "sshaudit/evidence.h"
#include "sshaudit/explanation.h"

namespace sshaudit {

std::string account_in_words(const AccountEvidence& evidence);  // "account alice (uid 1000), shell /bin/bash"
std::string lists_in_words(const AccountEvidence& evidence);    // "by AllowUsers (/etc/ssh/sshd_config:12)"

// "ssh-ed25519 is in PubkeyAcceptedAlgorithms (/etc/ssh/sshd_config:12)"
std::string algorithm_in_words(const AccountEvidence& evidence, const OfferedKey& offered, const Context& context);

// What is started. `command` is that of the key line.
std::string session_in_words(const AccountEvidence& evidence, const std::optional<std::string>& command);

}  // namespace sshaudit
