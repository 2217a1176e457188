// SPDX-License-Identifier: MIT
// `sshaudit add-key`: a public key from standard input into the file that sshd reads.
#pragma once

#include "cli/arguments.h"
#include "sshaudit/result.h"

namespace sshaudit {

// The exit status, or what kept it from running.
Result<int> run_add_key(const Arguments& arguments);

}  // namespace sshaudit
