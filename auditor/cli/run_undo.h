// SPDX-License-Identifier: MIT
// `sshaudit undo`: takes a recorded change back, or lists the records.
#pragma once

#include "cli/arguments.h"
#include "sshaudit/result.h"

namespace sshaudit {

// The exit status, or what kept it from running.
Result<int> run_undo(const Arguments& arguments);

}  // namespace sshaudit
