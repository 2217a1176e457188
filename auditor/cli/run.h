// SPDX-License-Identifier: MIT
// One run of the auditor, from arguments to exit status.
#pragma once

#include "cli/arguments.h"
#include "sshaudit/result.h"

namespace sshaudit {

// 0, 1 or 2 as the command line promises. An error when the request could not be carried out.
Result<int> run(const Arguments& arguments);

}  // namespace sshaudit
