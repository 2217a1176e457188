// SPDX-License-Identifier: MIT
#include "parse/config_words.h"

#include <algorithm>

namespace sshaudit {
namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr std::string_view trailing_blanks = " \t\r\n\f";

std::string_view skip_blanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(blanks), text.size()));
}

bool is_escaped(char c, char quote) { return c == '\'' || c == '"' || c == '\\' || (quote == '\0' && c == ' '); }

// Takes one word of the newer reader from the front of `text`; false when its quote has no end.
bool take_word(std::string_view& text, std::string& word) {
  char quote = '\0';
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && i + 1 < text.size() && is_escaped(text[i + 1], quote)) {
      word += text[++i];
    } else if (quote == '\0' && (c == ' ' || c == '\t')) {
      break;
    } else if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    } else if (quote != '\0' && c == quote) {
      quote = '\0';
    } else {
      word += c;
    }
  }
  text.remove_prefix(i);
  return quote == '\0';
}

}  // namespace

std::optional<std::string> OldWords::next() {
  if (at_end_) return std::nullopt;
  const auto end = rest_.find_first_of(splits_at_equals_ ? " \t\r\n\"=" : " \t\r\n\"");
  if (end == std::string_view::npos) {
    at_end_ = true;
    return std::string(rest_);
  }
  std::string word(rest_.substr(0, end));
  const char separator = rest_[end];
  rest_.remove_prefix(end + 1);
  if (separator == '"') {
    const auto closing = rest_.find('"');
    if (closing == std::string_view::npos) {
      at_end_ = true;
      return std::nullopt;
    }
    word += rest_.substr(0, closing);
    rest_ = skip_blanks(rest_.substr(closing + 1));
    return word;
  }
  rest_ = skip_blanks(rest_);
  if (splits_at_equals_ && separator != '=' && rest_.starts_with('=')) rest_ = skip_blanks(rest_.substr(1));
  return word;
}

std::optional<std::vector<std::string>> split_words(std::string_view text) {
  std::vector<std::string> words;
  while (true) {
    text = text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
    if (text.empty() || text.front() == '#') return words;
    std::string word;
    if (!take_word(text, word)) return std::nullopt;
    words.push_back(std::move(word));
  }
}

std::vector<std::string> config_lines(std::string_view bytes, bool cut_comments) {
  std::vector<std::string> lines(1);
  while (!bytes.empty()) {
    const auto newline = bytes.find('\n');
    auto line = bytes.substr(0, newline);
    bool ends = newline != std::string_view::npos;
    bytes.remove_prefix(ends ? newline + 1 : bytes.size());
    if (const auto nul = line.find('\0'); nul != std::string_view::npos) {
      line = line.substr(0, nul);
      ends = false;
    }
    if (const auto comment = line.find('#'); cut_comments && comment != std::string_view::npos) {
      line = line.substr(0, comment);
      ends = true;
    }
    line = line.substr(std::min(line.find_first_not_of(" \t\r"), line.size()));
    lines.back() += line;
    if (ends) lines.emplace_back();
  }
  return lines;
}

std::string_view without_trailing_blanks(std::string_view line) {
  const auto last = line.find_last_not_of(trailing_blanks);
  const auto size = last == std::string_view::npos ? 0 : last + 1;
  return line.substr(0, std::min(std::max<std::size_t>(size, 1), line.size()));
}

}  // namespace sshaudit
