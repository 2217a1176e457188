// SPDX-License-Identifier: MIT
// What a process gives up before it parses what a user wrote.
#pragma once

#include "sshaudit/result.h"

namespace sshaudit {

// From here on the process has no identity of anybody's (root becomes uid and gid 65534 without groups), no capability,
// and cannot open a file, a socket or another process; where the kernel and the build have seccomp(2), any other call
// than those that compute, read, write and end is the end of it. Descriptors 0 to `highest` stay, all others are
// closed. An error when root cannot be given up; then nothing may be parsed. Otherwise 0, or why there is no filter of
// calls (errno); all else holds then.
Result<int> confine(int highest);

}  // namespace sshaudit
