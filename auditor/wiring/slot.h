// SPDX-License-Identifier: MIT
// AuthorizedKeysCommand takes one command. Who has it, and whether a file of ours would get it: first value wins, and a
// Match block has its own.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parse/sshd_config.h"

namespace sshaudit {

// A line that sets AuthorizedKeysCommand.
struct CommandLine {
  ConfigPlace place;
  std::string text;       // its value as written
  std::string user;       // AuthorizedKeysCommandUser that goes with it; empty when there is none
  std::string condition;  // the criteria of its Match block; empty outside of any
  bool is_ours = false;   // it runs the logger, whatever stands behind
  bool is_none = false;
};

// All of them, in the order in which they are read.
std::vector<CommandLine> command_lines(const SshdConfig& config, std::string_view logger);

// The configuration as it would be with one file more, or with this text in place of that of a file that is there.
// `main` is the file that sshd is started with.
SshdConfig with_file(const SshdConfig& config, const ConfigFile& main, const ConfigFile& added);

// The line of Include in `main` that leads to a file; the whole file where that is not seen in it.
ConfigPlace include_line(const ConfigFile& main, const std::string& file);

// Why the two lines of `file`, which the configuration has read or has not, are not what sshd goes by.
struct Hindrance {
  enum class Kind {
    not_read,    // no Include leads to the file
    in_match,    // the Include that leads to it stands in a Match block, at `place`
    came_late,   // the line at `place` sets the keyword before it
    other_user,  // the line at `place`, in a Match block, has the command run as somebody else than root
  };
  Kind kind = Kind::not_read;
  ConfigPlace place;
  std::string line;  // as written

  bool operator==(const Hindrance&) const = default;
};
std::optional<Hindrance> hindrance_to(const std::string& file, const SshdConfig& config);

}  // namespace sshaudit
