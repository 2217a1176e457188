// SPDX-License-Identifier: MIT
// The lines that sshd sees in a key file. Source: getline(3) from OpenSSH 7.8 on; before, misc.c, read_keyfile_line.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace sshaudit {

struct KeyFileLine {
  enum class Fate {
    read,
    too_long,       // passed over
    swallows_next,  // passed over, with the line behind it, for a NUL byte
  };
  std::size_t number = 0;  // of the file, from 1
  std::string_view text;   // up to the newline or the first NUL byte
  bool has_nul = false;
  Fate fate = Fate::read;
  std::size_t last = 0;  // of lines that are passed over together
};

// A copy goes on from where the original stands.
class KeyLineSplitter {
 public:
  KeyLineSplitter(std::string_view text, bool reads_any_line) : rest_(text), reads_any_line_(reads_any_line) {}

  std::optional<KeyFileLine> next();

 private:
  std::string_view take_line(bool& ended);
  KeyFileLine next_line();
  KeyFileLine next_piece();

  std::string_view rest_;
  std::size_t number_ = 0;
  bool reads_any_line_;
};

}  // namespace sshaudit
