// SPDX-License-Identifier: MIT
#include "parse/key_line_splitter.h"

namespace sshaudit {
namespace {

constexpr std::size_t buffer_size = 16384 - 1;  // without the NUL byte that sshd puts behind the text

}  // namespace

// `ended` tells whether a newline was there.
std::string_view KeyLineSplitter::take_line(bool& ended) {
  const auto end = rest_.find('\n');
  ended = end != std::string_view::npos;
  const auto line = rest_.substr(0, end);
  rest_ = ended ? rest_.substr(end + 1) : std::string_view();
  ++number_;
  return line;
}

std::optional<KeyFileLine> KeyLineSplitter::next() {
  if (rest_.empty()) return std::nullopt;
  return reads_any_line_ ? next_line() : next_piece();
}

KeyFileLine KeyLineSplitter::next_line() {
  bool ended = false;
  const auto whole = take_line(ended);
  const auto nul = whole.find('\0');
  return {number_, whole.substr(0, nul), nul != std::string_view::npos, KeyFileLine::Fate::read, number_};
}

// sshd reads as much as its buffer takes, looks for a newline where the text in it seems to end, and otherwise passes
// over what is left of the line that it has come to. Where the buffer begins with a NUL byte it just goes on.
KeyFileLine KeyLineSplitter::next_piece() {
  const auto newline = rest_.find('\n');
  const bool fits = newline == std::string_view::npos ? rest_.size() < buffer_size : newline < buffer_size;
  if (!fits && rest_.front() == '\0') {
    rest_.remove_prefix(buffer_size);
    return {number_ + 1, {}, true, KeyFileLine::Fate::read, number_ + 1};
  }
  bool ended = false;
  auto line = KeyFileLine{number_ + 1, take_line(ended)};
  const auto nul = line.text.find('\0');
  line.has_nul = nul != std::string_view::npos;
  line.text = line.text.substr(0, nul);
  if (!fits) {
    line.fate = KeyFileLine::Fate::too_long;
  } else if (line.has_nul && !line.text.empty() && ended) {
    line.fate = KeyFileLine::Fate::swallows_next;
    if (!rest_.empty()) take_line(ended);
  }
  line.last = number_;
  return line;
}

}  // namespace sshaudit
