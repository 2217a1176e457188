// SPDX-License-Identifier: MIT
// pam-auth-update(8), which keeps /etc/pam.d on Debian and its kin. Root only.
#pragma once

#include <string>

#include "sshaudit/result.h"

namespace sshaudit {

inline constexpr auto pam_profile = "sshaudit";
inline constexpr auto pam_profile_path = "/usr/share/pam-configs/sshaudit";

// Whether there is one here.
bool has_pam_auth_update();

// It asks nobody anything. An error when it says that it failed, or takes longer than 60 s; that it has left the files
// alone it does not tell.
Result<void> enable_pam_profile();
Result<void> remove_pam_profile();

}  // namespace sshaudit
