// SPDX-License-Identifier: MIT
// What the state of an account (expired, locked, aged, shut out by PAM) does to its keys.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "rules/pam_verdict.h"
#include "rules/rule.h"
#include "sshaudit/evidence.h"
#include "sshaudit/server.h"

namespace sshaudit {

// An account, and what its account stack makes of a key login today.
struct AccountState {
  const AccountEvidence& evidence;
  const PamStack* stack = nullptr;  // null with UsePAM no, and when nothing is known of it
  PamVerdict verdict;               // of nobody when nobody cares for the account
};
AccountState account_state(const AccountEvidence& evidence, const Context& context);

// With UsePAM yes.
std::span<const Rule<AccountState>> pam_rules();

// Of shadow(5), whoever looks at it.
std::span<const Rule<AccountState>> shadow_rules();

// What will refuse on a date that is known.
std::span<const Rule<AccountState>> forecast_rules();

// All three.
void judge_account_state(const AccountEvidence& evidence, const Context& context, std::vector<Finding>& findings);

// What keeps everybody out, said once.
std::span<const Rule<Server>> host_state_rules();

std::int64_t today_of(const Context& context);  // in days since 1970

// The line that sshd writes when the account stack refuses.
std::string denial_log(const AccountEvidence& evidence);

// What ends the ageing of a password, or has it changed.
Remedy stop_ageing(const AccountEvidence& evidence);

// "pam_access (/etc/pam.d/sshd:12)".
std::string module_in_words(const PamEntry& entry);

}  // namespace sshaudit
