// SPDX-License-Identifier: MIT
// `sshaudit status`.
#pragma once

#include "sshaudit/result.h"

namespace sshaudit {

Result<int> run_status();

}  // namespace sshaudit
