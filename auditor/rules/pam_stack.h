// SPDX-License-Identifier: MIT
// What an account stack comes to, for everything that its modules may answer. Source: Linux-PAM, libpam/pam_dispatch.c,
// _pam_dispatch_aux.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "sshaudit/pam.h"

namespace sshaudit {

constexpr int no_module = -1;  // libpam itself: nothing decided

struct PamOutcomes {
  PamCodes codes;                                // that pam_acct_mgmt(3) may return
  std::array<int, pam_code_count> decided_by{};  // by code: the position of the module whose answer it is
};

// A set with one code in it, or with several.
PamCodes only(PamCode code);
PamCodes any_of(std::initializer_list<PamCode> codes);
bool has(const PamCodes& codes, PamCode code);

// `answers` has for each entry what it may answer; of entries that are no module it is not looked at.
PamOutcomes run_through(std::span<const PamEntry> stack, std::span<const PamCodes> answers);

}  // namespace sshaudit
