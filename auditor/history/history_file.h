// SPDX-License-Identifier: MIT
// Where the history lies: history.db in the state directory, root's alone.
#pragma once

#include <optional>
#include <string>

#include "sshaudit/result.h"

namespace sshaudit {

// Its path. Directory and file are made when they are not there. An error when somebody else than root could have
// written it, or when it is no regular file.
Result<std::string> make_history_file();

// The same, but nothing is made: nothing when there is no history.
Result<std::optional<std::string>> find_history_file();

}  // namespace sshaudit
