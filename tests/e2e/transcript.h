// SPDX-License-Identifier: MIT
// What a document shows of a terminal: commands behind "$ " or "# ", and what they print. A command may be told by
// "..." what stands for anything: within a line, or as a line of its own for any number of lines.
#pragma once

#include <string>
#include <vector>

namespace sshaudit::e2e {

using Lines = std::vector<std::string>;

struct ShownCommand {
  std::string command;
  Lines output;
};

// The indented blocks of a text in Markdown, without their indentation.
std::vector<Lines> blocks_of_markdown(const std::string& text);

// Those of a block; empty when it does not begin with a command.
std::vector<ShownCommand> commands_of(const Lines& block);

// With words in place of what differs from run to run: days and times, records, fingerprints, versions of OpenSSH.
std::string steady(const std::string& text);

bool is_shown_by(const Lines& shown, const Lines& printed);

Lines lines_of(const std::string& text);

}  // namespace sshaudit::e2e
