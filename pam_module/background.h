// SPDX-License-Identifier: MIT
// What the logger does once sshd, or the PAM module, need not wait for it any more.
#pragma once

#include <sys/types.h>

#include "request.h"

namespace sshaudit::logger {

// Waits until the connection shows whether it is refused, has the reason found by a program that gives up root before
// it reads what a user wrote, and ends. `sshd` is the process of the connection. Standard output is used for a request
// of the phase "tell" alone, which is answered at once. `seen`, unless it is -1, is closed as soon as all is known of
// that process: until then it has to be there.
[[noreturn]] void work_in_background(Request request, pid_t sshd, int seen);

}  // namespace sshaudit::logger
