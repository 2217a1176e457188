// SPDX-License-Identifier: MIT
// `sshaudit keys`: who can log in where.
#pragma once

#include "cli/arguments.h"
#include "sshaudit/result.h"

namespace sshaudit {

// The exit status, or what kept the run from being made.
Result<int> run_keys(const Arguments& arguments);

}  // namespace sshaudit
