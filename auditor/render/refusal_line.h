// SPDX-License-Identifier: MIT
// The line that the log is given.
#pragma once

#include <string>

#include "sshaudit/refusal.h"

namespace sshaudit {

constexpr std::size_t longest_refusal_line = 900;  // bytes; what syslog takes everywhere

// "key login refused: user=alice key="ED25519 SHA256:..." from=192.0.2.7 rule=home-writable path=/home/alice: MESSAGE;
// fix: COMMAND", or "key login ended: ..." where the session ends at once. Values with a blank, a quote or an equals
// sign stand in double quotes. What is too long loses the end of the message, never that of the fix: then it is
// left to `sshaudit explain`. `before` stands in front of it.
std::string render_refusal(const Refusal& refusal, const std::string& before);

// For the user whose key was accepted: the reason and what to do, in at most 400 bytes, without the names of others.
std::string render_refusal_for_user(const Refusal& refusal);

}  // namespace sshaudit
