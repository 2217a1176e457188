// SPDX-License-Identifier: MIT
// `sshaudit disable`.
#pragma once

#include "sshaudit/result.h"

namespace sshaudit {

Result<int> run_disable();

}  // namespace sshaudit
