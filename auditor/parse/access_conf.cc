// SPDX-License-Identifier: MIT
#include "parse/access_conf.h"

#include <algorithm>

namespace sshaudit {
namespace {

constexpr std::size_t longest_piece = 8191;  // BUFSIZ, less one
constexpr std::string_view blanks = " \t\n\v\f\r";

// A piece that ends in a newline, without it and the blanks before it.
std::string_view trimmed(std::string_view piece) {
  piece.remove_suffix(1);
  const auto last = piece.find_last_not_of(blanks);
  return piece.substr(0, last == std::string_view::npos ? std::min<std::size_t>(piece.size(), 0) : last + 1);
}

// False when pam_access has no use for the line.
bool add_rule(std::string_view line, std::string_view separators, std::size_t number, AccessConf& conf) {
  auto rest = line;
  const auto permission = take_word(rest, separators);
  const auto users = take_word(rest, separators);
  if (permission.empty() || users.empty() || rest.empty()) return false;
  if (permission[0] != '+' && permission[0] != '-') return false;
  // Whether it allows is asked of the line, separators in front of it included.
  conf.rules.push_back({line[0] == '+', std::string(users), std::string(rest), number});
  return true;
}

}  // namespace

std::string_view take_word(std::string_view& rest, std::string_view separators) {
  rest.remove_prefix(std::min(rest.find_first_not_of(separators), rest.size()));
  const auto end = std::min(rest.find_first_of(separators), rest.size());
  const auto word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

AccessConf parse_access_conf(std::string_view text, std::string_view separators) {
  AccessConf conf;
  for (std::size_t number = 1; !text.empty();) {
    const auto newline = text.find('\n');
    const auto size = std::min(newline == std::string_view::npos ? text.size() : newline + 1, longest_piece);
    auto piece = text.substr(0, size);
    text.remove_prefix(size);
    const auto here = number;
    const bool is_whole = piece.ends_with('\n');
    if (is_whole) ++number;
    if (piece.find('\0') != std::string_view::npos || !is_whole) {
      if (!is_whole && text.empty()) conf.cut_line = here;
      conf.wrong_lines.push_back(here);
      continue;
    }
    if (piece[0] == '#') continue;
    const auto line = trimmed(piece);
    if (line.empty()) continue;
    if (!add_rule(line, separators, here, conf)) conf.wrong_lines.push_back(here);
  }
  return conf;
}

}  // namespace sshaudit
