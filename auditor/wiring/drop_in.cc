// SPDX-License-Identifier: MIT
#include "wiring/drop_in.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sshaudit {
namespace {

constexpr auto comment =
    "# Written by \"sshaudit enable\", so that the log says why a key login is refused: sshaudit-log-refusal(8).\n"
    "# \"sshaudit disable\" takes it out again, unless it has been changed.\n";

// One sshd for each set of tokens.
constexpr std::array version_texts = {"OpenSSH_7.4p1", "OpenSSH_9.2p1", "OpenSSH_9.4p1"};

}  // namespace

std::string logger_command(std::string_view logger, const SshdVersion& version) {
  const auto facts = facts_of(version);
  return fmt::format("{} %u {} %h %t %f %k{}", logger, facts.expands_uid ? "%U" : "-",
                     facts.connection_tokens ? " %C %D" : "");
}

std::string wiring_lines(std::string_view logger, const SshdVersion& version, std::string_view command,
                         std::string_view user) {
  const auto behind = command.empty() ? std::string() : fmt::format(" --then-user {} --then {}", user, command);
  return fmt::format("AuthorizedKeysCommand {}{}\nAuthorizedKeysCommandUser root\n", logger_command(logger, version),
                     behind);
}

std::string drop_in_text(std::string_view logger, const SshdVersion& version) {
  return comment + wiring_lines(logger, version);
}

bool is_drop_in_text(std::string_view text, std::string_view logger) {
  return std::ranges::any_of(version_texts, [&](const char* version) {
    return text == drop_in_text(logger, parse_sshd_version(version).value_or(SshdVersion{}));
  });
}

}  // namespace sshaudit
