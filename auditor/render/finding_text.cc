// SPDX-License-Identifier: MIT
#include "render/finding_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "render/visible_text.h"
#include "render/words.h"

namespace sshaudit {
namespace {

constexpr std::size_t narrowest_fold = 24;  // narrower text would be harder to read than an overlong line

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & '\xC0') != '\x80'; }));
}

std::string_view color_of(Severity severity) {
  constexpr std::array<std::string_view, 3> colors = {"36", "33", "31"};
  return colors.at(static_cast<std::size_t>(severity));
}

}  // namespace

std::string fold(std::string_view text, std::size_t start, std::size_t indent, std::size_t columns) {
  if (columns < indent + narrowest_fold) return std::string(text);
  std::string folded;
  std::size_t at = start;
  while (!text.empty()) {
    const auto blank = std::min(text.find(' '), text.size());
    const auto piece = text.substr(0, blank);
    if (at > indent && at + 1 + columns_of(piece) > columns) {
      folded += '\n' + std::string(indent, ' ');
      at = indent;
    } else if (!folded.empty()) {
      folded += ' ';
      ++at;
    }
    folded += piece;
    at += columns_of(piece);
    text.remove_prefix(std::min(blank + 1, text.size()));
  }
  return folded;
}

std::string painted(std::string_view text, std::string_view color, bool on) {
  return on ? fmt::format("\x1b[{}m{}\x1b[0m", color, text) : std::string(text);
}

std::string finding_text(const Finding& finding, const std::string& message, const TextStyle& style,
                         std::set<std::string>& commands) {
  const auto severity = word(finding.severity());
  const auto indent = severity.size() + 4;
  const auto start = indent + finding.rule->id.size() + 2;
  return fmt::format("  {}  {}  {}\n", painted(severity, color_of(finding.severity()), style.color), finding.rule->id,
                     fold(visible(message), start, indent, style.columns)) +
         remedy_text(finding, indent, style, commands);
}

std::string remedy_text(const Finding& finding, std::size_t indent, const TextStyle& style,
                        std::set<std::string>& commands) {
  std::string text;
  const auto line = [&](std::string_view label, const std::string& value) {
    if (value.empty()) return;
    const auto body = fmt::format("{}: {}", label, value);
    text += std::string(indent, ' ') + fold(body, indent, indent, style.columns) + '\n';
  };
  line("sshd logs", visible(finding.detail.sshd_logs));
  for (const auto& command : finding.detail.remedy.commands) {
    const auto shell = shell_line(command);  // never folded: to be copied
    if (commands.insert(shell).second) text += fmt::format("{}fix: {}\n", std::string(indent, ' '), shell);
  }
  line("advice", visible(finding.detail.remedy.note));
  return text;
}

}  // namespace sshaudit
