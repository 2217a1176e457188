// SPDX-License-Identifier: MIT
// One login attempt, in sshd's order: every step with its result, and the first that refuses.
#pragma once

#include <string>

#include "rules/rule.h"
#include "sshaudit/evidence.h"
#include "sshaudit/explanation.h"

namespace sshaudit {

// `evidence` is of the connection that the context has, and asked_about.
Explanation explain_login(const AccountEvidence& evidence, const OfferedKey& offered, const Context& context);

// The same for a name that is no account.
Explanation explain_unknown_user(const std::string& user, const OfferedKey& offered, const Context& context);

}  // namespace sshaudit
