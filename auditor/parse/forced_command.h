// SPDX-License-Identifier: MIT
// The program that a forced command runs (ForceCommand in sshd_config(5), command= in sshd(8)).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sshaudit {

// The file that the command begins with, when it is an absolute path, nothing in the line needs a shell to be
// understood, and nothing else would run if the file could not be. Nothing otherwise, and for internal-sftp.
std::optional<std::string> program_of_command(std::string_view command);

// Whether sshd runs it itself, without a shell.
bool is_internal_sftp(std::string_view command);

}  // namespace sshaudit
