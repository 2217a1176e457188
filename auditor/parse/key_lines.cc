// SPDX-License-Identifier: MIT
#include "parse/key_lines.h"

namespace sshaudit {

std::size_t count_key_lines(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    line = line.substr(0, line.find('\0'));
    const auto start = line.find_first_not_of(" \t\r");
    if (start != std::string_view::npos && line[start] != '#') ++count;
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return count;
}

}  // namespace sshaudit
