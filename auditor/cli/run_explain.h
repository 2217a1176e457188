// SPDX-License-Identifier: MIT
// `sshaudit explain`: one login, step by step.
#pragma once

#include "cli/arguments.h"
#include "sshaudit/result.h"

namespace sshaudit {

// Exit status: 0 the login would succeed, with one of the keys at least; 1 it would not; 2 that is not known.
Result<int> run_explain(const Arguments& arguments);

}  // namespace sshaudit
