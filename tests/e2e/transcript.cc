// SPDX-License-Identifier: MIT
#include "transcript.h"

#include <regex>
#include <sstream>
#include <string_view>

namespace sshaudit::e2e {
namespace {

constexpr std::string_view indentation = "    ";
constexpr std::string_view anything = "...";

bool is_prompt(const std::string& line) { return line.starts_with("$ ") || line.starts_with("# "); }

bool matches(std::string_view shown, std::string_view printed) {
  const auto gap = shown.find(anything);
  if (gap == std::string_view::npos) return shown == printed;
  if (!printed.starts_with(shown.substr(0, gap))) return false;
  const auto rest = shown.substr(gap + anything.size());
  for (auto at = gap; at <= printed.size(); ++at) {
    if (matches(rest, printed.substr(at))) return true;
  }
  return false;
}

bool matches(const Lines& shown, std::size_t i, const Lines& printed, std::size_t k) {
  if (i == shown.size()) return k == printed.size();
  if (shown[i].substr(std::min(shown[i].find_first_not_of(' '), shown[i].size())) == anything) {
    for (auto next = k; next <= printed.size(); ++next) {
      if (matches(shown, i + 1, printed, next)) return true;
    }
    return false;
  }
  return k < printed.size() && matches(shown[i], printed[k]) && matches(shown, i + 1, printed, k + 1);
}

}  // namespace

Lines lines_of(const std::string& text) {
  std::istringstream in(text);
  Lines lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<Lines> blocks_of_markdown(const std::string& text) {
  std::vector<Lines> blocks;
  bool inside = false;
  for (const auto& line : lines_of(text)) {
    const bool is_indented = line.starts_with(indentation);
    if (is_indented && !inside) blocks.emplace_back();
    inside = is_indented || (inside && line.empty());  // an empty line may stand within a block
    if (inside) blocks.back().push_back(is_indented ? line.substr(indentation.size()) : line);
  }
  for (auto& block : blocks) {
    while (!block.empty() && block.back().empty()) block.pop_back();
  }
  return blocks;
}

std::vector<ShownCommand> commands_of(const Lines& block) {
  std::vector<ShownCommand> commands;
  if (block.empty() || !is_prompt(block.front())) return commands;
  for (const auto& line : block) {
    if (is_prompt(line)) {
      commands.push_back({line.substr(2), {}});
    } else {
      commands.back().output.push_back(line);
    }
  }
  return commands;
}

std::string steady(const std::string& text) {
  auto result = std::regex_replace(text, std::regex("[0-9]{8}T[0-9]{6}Z(-[0-9]+)?"), "RECORD");
  result = std::regex_replace(result, std::regex("20[0-9]{2}-[0-9]{2}-[0-9]{2}(T[0-9:]{8}Z)?"), "DAY");
  result = std::regex_replace(result, std::regex("SHA256:[A-Za-z0-9+/]{43}"), "SHA256:...");
  return std::regex_replace(result, std::regex("OpenSSH_[^ ,]+( Debian[^ ,]+| Ubuntu[^ ,]+)?"), "OpenSSH");
}

bool is_shown_by(const Lines& shown, const Lines& printed) { return matches(shown, 0, printed, 0); }

}  // namespace sshaudit::e2e
