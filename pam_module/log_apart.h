// SPDX-License-Identifier: MIT
// What the logger has to say of its own wiring.
#pragma once

namespace sshaudit::logger {

// One line to syslog at priority err: "sshaudit-log-refusal: WHAT: WHICH". A process of its own writes it, since a log
// that takes nothing would keep a login waiting. `which` may be null, and is cut.
void log_apart(const char* what, const char* which);

}  // namespace sshaudit::logger
