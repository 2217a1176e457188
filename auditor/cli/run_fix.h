// SPDX-License-Identifier: MIT
// `sshaudit fix`: plan, question, changes, and what came of it.
#pragma once

#include "cli/arguments.h"
#include "sshaudit/result.h"

namespace sshaudit {

// The exit status, or what kept it from running.
Result<int> run_fix(const Arguments& arguments);

}  // namespace sshaudit
