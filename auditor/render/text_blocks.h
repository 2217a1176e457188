// SPDX-License-Identifier: MIT
// The pieces that a report in text is made of.
#pragma once

#include <string>
#include <vector>

#include "render/renderer.h"

namespace sshaudit {

// "NAME: VERDICT:" and "alice: key login is refused", each with its newline. The name is visible already.
std::string block_title(const std::string& name, const std::string& verdict, const TextStyle& style);
std::string account_title(const AccountReport& report, const TextStyle& style);

// A job that runs every night says nothing of what is no fault. What could not be seen is always said.
bool is_left_out(const Finding& finding, const TextStyle& style);

// Those that are not left out, worst first. A command is given once.
std::string findings_text(std::vector<Finding> found, const TextStyle& style);

}  // namespace sshaudit
