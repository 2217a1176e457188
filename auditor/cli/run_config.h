// SPDX-License-Identifier: MIT
// `sshaudit config`: sshd's settings, each with its place.
#pragma once

#include "cli/arguments.h"
#include "sshaudit/result.h"

namespace sshaudit {

// Exit status: 0, 1 when sshd would not start with the configuration, 2 when a part of it could not be read or sshd
// itself says something else.
Result<int> run_config(const Arguments& arguments);

}  // namespace sshaudit
