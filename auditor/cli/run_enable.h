// SPDX-License-Identifier: MIT
// `sshaudit enable`.
#pragma once

#include "sshaudit/result.h"

namespace sshaudit {

Result<int> run_enable();

}  // namespace sshaudit
