// SPDX-License-Identifier: MIT
// The one question before something is changed.
#pragma once

#include <string>

#include "cli/arguments.h"
#include "sshaudit/result.h"

namespace sshaudit {

// An error for a caller who may not change what belongs to others.
Result<void> require_root(const std::string& what);

// Whether to go on: with --yes without asking, on a terminal by the answer. An error where there is nobody to ask.
Result<bool> is_wanted(const Arguments& arguments, const std::string& question);

// Text for the person or the file that standard output is.
Result<void> tell(const std::string& text);

// "alice: /home/alice: Permission denied", escaped.
std::string in_words(const Error& error);

}  // namespace sshaudit
