// SPDX-License-Identifier: MIT
// The AuthorizedKeysCommand that was there before.
#pragma once

namespace sshaudit::logger {

// This process becomes `words`, run as `user` (null: as it is) with the environment that sshd gives its commands:
// everything else, standard output above all, is as sshd made it. Returns only when that cannot be done: the exit
// status.
int become_command(char** words, const char* user);

}  // namespace sshaudit::logger
