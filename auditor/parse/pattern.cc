// SPDX-License-Identifier: MIT
#include "parse/pattern.h"

#include <algorithm>

namespace sshaudit {
namespace {

constexpr std::size_t longest_element = 1022;

}  // namespace

std::vector<std::string_view> elements_of(std::string_view list) {
  std::vector<std::string_view> elements;
  while (true) {
    const auto comma = list.find(',');
    elements.push_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return elements;
    list.remove_prefix(comma + 1);
  }
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

// Without recursion: only the last asterisk ever needs another try.
bool matches_pattern(std::string_view text, std::string_view pattern) {
  std::size_t t = 0;
  std::size_t p = 0;
  std::size_t star = std::string_view::npos;
  std::size_t retry = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++retry;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

int matches_pattern_list(std::string_view text, std::string_view list, bool fold_case) {
  int result = 0;
  std::string folded;
  while (!list.empty()) {
    const bool negated = list.front() == '!';
    if (negated) list.remove_prefix(1);
    const auto end = std::min(list.find(','), list.size());
    auto element = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    if (element.size() > longest_element) return 0;
    if (fold_case) {
      folded = lower_case(element);
      element = folded;
    }
    if (!matches_pattern(text, element)) continue;
    if (negated) return -1;
    result = 1;
  }
  return result;
}

}  // namespace sshaudit
