// SPDX-License-Identifier: MIT
// `sshaudit history`: what was new and mended, run by run.
#pragma once

#include "cli/arguments.h"
#include "sshaudit/result.h"

namespace sshaudit {

// The exit status, or why the history could not be read.
Result<int> run_history(const Arguments& arguments);

}  // namespace sshaudit
