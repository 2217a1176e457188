// SPDX-License-Identifier: MIT
// The AuthorizedKeysCommand that was there before.
#pragma once

namespace sshaudit::logger {

// This process becomes `words`, run as `user` with the environment that sshd gives its commands: everything else,
// standard output above all, is as sshd made it. Returns only when that cannot be done, or when sshd itself would not
// start the program: the exit status.
int become_command(char** words, const char* user);

}  // namespace sshaudit::logger
