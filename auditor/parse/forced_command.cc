// SPDX-License-Identifier: MIT
#include "parse/forced_command.h"

namespace sshaudit {

// In the words behind the program quotes and expansions are harmless: what is run stays the same.
std::optional<std::string> program_of_command(std::string_view command) {
  const auto start = command.find_first_not_of(" \t");
  if (start == std::string_view::npos) return std::nullopt;
  command.remove_prefix(start);
  const auto end = command.find_first_of(" \t");
  const auto program = command.substr(0, end);
  const auto rest = command.substr(program.size());
  const bool is_plain = program.starts_with('/') &&
                        program.find_first_of("\"'\\`$*?[]{}()<>|&;~#=!\n") == std::string_view::npos &&
                        rest.find_first_of("|&;\n") == std::string_view::npos;
  if (!is_plain) return std::nullopt;
  return std::string(program);
}

bool is_internal_sftp(std::string_view command) {
  constexpr std::string_view name = "internal-sftp";
  return command.starts_with(name) &&
         (command.size() == name.size() || command[name.size()] == ' ' || command[name.size()] == '\t');
}

}  // namespace sshaudit
