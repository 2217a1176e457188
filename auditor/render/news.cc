// SPDX-License-Identifier: MIT
#include "render/news.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <vector>

#include "render/words.h"

namespace sshaudit {
namespace {

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::size_t count_of(const Summary& summary, KeyLogin verdict) {
  return summary.key_login.at(static_cast<std::size_t>(verdict));
}

// Notices are no news.
std::string findings_in_words(const Summary& summary) {
  std::vector<std::string> words;
  for (const auto severity : {Severity::error, Severity::warning}) {
    const auto count = summary.findings.at(static_cast<std::size_t>(severity));
    if (count > 0) words.push_back(counted(count, word(severity)));
  }
  if (words.empty()) words.emplace_back("no errors or warnings");
  if (summary.waived > 0) words.push_back(fmt::format("{} waived", summary.waived));
  return fmt::format("{}{}", fmt::join(words, ", "), summary.complete ? "" : "; not everything could be seen");
}

}  // namespace

std::string news_of(const Summary& summary) {
  std::vector<std::string> verdicts;
  const auto add = [&](KeyLogin verdict, std::string_view words) {
    const auto count = count_of(summary, verdict);
    if (count == 0) return;
    const auto whom = verdicts.empty() ? counted(count, "account") : std::to_string(count);
    verdicts.push_back(fmt::format("{} for {}", words, whom));
  };
  add(KeyLogin::refused, "refused");
  add(KeyLogin::closes, "closed at once");
  add(KeyLogin::unknown, "unknown");
  const auto found = findings_in_words(summary);
  if (verdicts.empty())
    return fmt::format("no key login is refused ({}); {}", counted(summary.accounts, "account"), found);
  return fmt::format("key login is {} (of {}); {}", fmt::join(verdicts, ", "), summary.accounts, found);
}

std::string log_line_of(const Summary& summary, std::int64_t seconds) {
  constexpr std::array order = {KeyLogin::accepted, KeyLogin::refused, KeyLogin::closes, KeyLogin::unknown,
                                KeyLogin::none};
  std::vector<std::string> verdicts;
  for (const auto verdict : order) {
    const auto count = count_of(summary, verdict);
    const auto words = verdict == KeyLogin::none ? std::string_view("without keys") : word(verdict);
    if (count > 0) verdicts.push_back(fmt::format("{} {}", count, words));
  }
  return fmt::format("audited {}{}{}; {}; {} s", counted(summary.accounts, "account"), verdicts.empty() ? "" : ": ",
                     fmt::join(verdicts, ", "), findings_in_words(summary), seconds);
}

}  // namespace sshaudit
