// SPDX-License-Identifier: MIT
// What a process that is forked off, and may hang, has open for others.
#pragma once

namespace sshaudit {

// Standard input, output and error become /dev/null, and what the caller of this program has left open is closed:
// whoever waits for the end of what is printed, or for a lock (flock(1)), does not wait for this process. What this
// program has opened itself, which is marked close-on-exec, stays.
void leave_inherited_files();

}  // namespace sshaudit
