// SPDX-License-Identifier: MIT
// What refuses an account whatever its key files say: shell and home, as far as sshd cares.
#pragma once

#include <span>

#include "rules/rule.h"
#include "sshaudit/evidence.h"

namespace sshaudit {

// Whether somebody logs in to the account as a matter of course: it is root's or a person's, or its shell is one to
// work in, or sshd needs no shell for it.
bool is_expected(const AccountEvidence& evidence);

std::span<const Rule<AccountEvidence>> account_rules();

}  // namespace sshaudit
