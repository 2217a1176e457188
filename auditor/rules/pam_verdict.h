// SPDX-License-Identifier: MIT
// What the account stack makes of a key login, and which modules are behind it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rules/pam_modules.h"

namespace sshaudit {

// A module that refuses by itself, or may.
struct PamObjection {
  const PamEntry* entry = nullptr;
  PamCode code = PamCode::success;  // its answer; of several the first that refuses
  PamAnswer answer;
};

struct PamVerdict {
  const PamStack* stack = nullptr;   // null: PAM is not asked, or nothing is known of it
  PamCodes codes;                    // that pam_acct_mgmt(3) is expected to return
  std::vector<PamObjection> causes;  // why every one of them refuses
  std::vector<PamObjection> doubts;  // why some of them refuse

  bool refuses() const;
  bool may_refuse() const;
  bool wants_new_password() const;  // in every case that does not refuse
};

// The stack of the account's PAM service; null with UsePAM no, or when nothing is known of it.
const PamStack* pam_stack_of(const AccountEvidence& evidence, const Context& context);

bool is_pam_unix(const PamEntry& entry);

// For a day since 1970.
PamVerdict pam_verdict(const AccountEvidence& evidence, const Context& context, std::int64_t today);

// The same of answers that are known: one for each entry of the stack, which has to outlive the verdict.
PamVerdict pam_verdict_from(const PamStack& stack, std::vector<PamAnswer> answers);

// Whether sshd goes on after such a code.
bool is_admitted(PamCode code);

}  // namespace sshaudit
