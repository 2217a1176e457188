// SPDX-License-Identifier: MIT
#include "cli/command_advice.h"

#include <fmt/format.h>

#include "cli/wiring_view.h"
#include "parse/keys_command.h"
#include "render/config.h"
#include "render/visible_text.h"
#include "wiring/drop_in.h"

namespace sshaudit {
namespace {

// Escaped it would be another command.
struct Shown {
  std::string command;
  std::string remark;  // a line below, or empty
};

Shown shown(const std::string& command, const CommandLine& line) {
  if (visible(command) == command) return {command, {}};
  return {"COMMAND", fmt::format("with the command as it stands in {} for COMMAND\n", render_place(line.place))};
}

std::string shown_user(const std::string& user) { return user.empty() || visible(user) != user ? "NAME" : user; }

// As written behind the word --then.
std::string text_behind_then(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  constexpr std::string_view word = "--then";
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const auto rest = text.substr(at + word.size());
    if (!rest.empty() && blanks.find(rest.front()) != std::string_view::npos) {
      return std::string(rest.substr(std::min(rest.find_first_not_of(blanks), rest.size())));
    }
  }
  return {};
}

}  // namespace

std::string lines_with_logger(std::string_view logger, const SshdVersion& version, const CommandLine& line) {
  const auto [command, remark] = shown(line.text, line);
  return quoted_lines(wiring_lines(logger, version, command, shown_user(line.user))) + remark;
}

std::string how_to_take_out(const CommandLine& line, const SshdVersion& version) {
  const auto words = split_command(line.text, facts_of(version)).value_or(CommandWords());
  const auto behind = text_behind_then(line.text);
  if (supplying_words(words).empty() || behind.empty()) return "take it out by hand, and reload sshd";
  const auto [command, remark] = shown(behind, line);
  auto text = fmt::format(
      "the command behind its --then supplies keys. Put these two lines in the place of that one and its\n"
      "AuthorizedKeysCommandUser, check with sshd -t, and reload sshd:\n{}{}",
      quoted_lines(fmt::format("AuthorizedKeysCommand {}\nAuthorizedKeysCommandUser {}\n", command,
                               shown_user(supplying_user(words, line.user)))),
      remark);
  text.pop_back();
  return text;
}

}  // namespace sshaudit
