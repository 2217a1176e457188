// SPDX-License-Identifier: MIT
// The account stack of a PAM service of the audited system, and the files that its modules go by.
#pragma once

#include <string>
#include <string_view>

#include "sshaudit/host_state.h"

namespace sshaudit {

// Reads what libpam would read for the service on the system whose "/" is `root`, unless that is known already.
void add_pam_to(HostState& state, const std::string& root, std::string_view service);

}  // namespace sshaudit
