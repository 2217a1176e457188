// SPDX-License-Identifier: MIT
// Lines for an administrator to copy into sshd's configuration. A command that cannot be shown as it is is not among
// them: it says where it stands.
#pragma once

#include <string>
#include <string_view>

#include "parse/sshd_version.h"
#include "wiring/slot.h"

namespace sshaudit {

// The two lines that have the logger stand before the command of this line. Set in, escaped, with a newline behind
// each.
std::string lines_with_logger(std::string_view logger, const SshdVersion& version, const CommandLine& line);

// What to do to take the logger out of this line, which is not enable's: the line itself goes, or the command behind
// --then gets its place back. Escaped, without a newline at the end.
std::string how_to_take_out(const CommandLine& line, const SshdVersion& version);

}  // namespace sshaudit
