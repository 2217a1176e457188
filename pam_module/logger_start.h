// SPDX-License-Identifier: MIT
// Starts the logger beside sshd, in whose process this runs: nothing of that process reaches it, and nothing of it
// stays.
#pragma once

#include <cstddef>

namespace sshaudit::pam {

// One word a line; null-terminated. The program is started by its absolute path with a clean environment, nothing open
// but /dev/null, in a session of its own, and is no child of this process. False when the process for it could not be
// had; whether there is such a program shows in its answer alone. Without `answer` this returns as soon as it has been
// started. Otherwise up to `size` - 1 bytes of what it writes to standard output come back in `answer`, as a string:
// whatever has come by the end of the deadline.
bool start_logger(const char* const* words, int deadline_ms, char* answer, std::size_t size);

}  // namespace sshaudit::pam
