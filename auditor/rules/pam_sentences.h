// SPDX-License-Identifier: MIT
// What modules of the account stack said when they were asked one by one, in sentences.
#pragma once

#include <string>
#include <vector>

#include "sshaudit/pam.h"

namespace sshaudit {

struct PamRunSummary {
  bool refuses = false;                // whatever the modules say that were not run
  bool may_refuse = false;             // depending on what those say
  std::vector<std::string> sentences;  // one for each module, in order; bytes that a user controls pass through
};

// `runs` has the whole stack, as run_pam_modules() returns it. "pam_access refuses: /etc/pam.d/sshd:12 (perm_denied)"
// is said of modules that are the reason, whatever libpam then makes of the modules behind them.
PamRunSummary summary_of(const std::vector<PamModuleRun>& runs);

}  // namespace sshaudit
