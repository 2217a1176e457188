// SPDX-License-Identifier: MIT
#include "render/nagios.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "render/news.h"
#include "render/visible_text.h"
#include "render/words.h"

namespace sshaudit {
namespace {

constexpr std::size_t most_told = 5;
constexpr std::size_t longest_line = 240;  // what carries the output may cut it off after some kilobytes

// A bar would begin the performance data.
std::string without_bars(std::string_view bytes) {
  std::string text;
  for (const char c : visible(bytes)) text += c == '|' ? std::string("\\x7c") : std::string(1, c);
  return text;
}

std::size_t count_of(const Summary& summary, Severity severity) {
  return summary.findings.at(static_cast<std::size_t>(severity));
}

std::string performance_of(const Summary& summary) {
  std::string text = fmt::format("accounts={};;;0", summary.accounts);
  const auto add = [&](std::string_view label, std::size_t value) { text += fmt::format(" {}={};;;0", label, value); };
  for (std::size_t i = 0; i < summary.key_login.size(); ++i)
    add(word(static_cast<KeyLogin>(i)), summary.key_login.at(i));
  add("errors", count_of(summary, Severity::error));
  add("warnings", count_of(summary, Severity::warning));
  add("notices", count_of(summary, Severity::notice));
  add("waived", summary.waived);
  return text;
}

class NagiosRenderer : public Renderer {
 public:
  explicit NagiosRenderer(std::optional<Severity> fail_on) : fail_on_(fail_on) {}

  std::string begin(const ReportHeader& header) override {
    if (!header.host.empty()) host_ = header.host;
    add(host_, header.findings);
    return {};
  }

  std::string account(const AccountReport& report) override {
    add(report.account.name, report.findings);
    return {};
  }

  std::string end(const Summary& summary, const std::vector<Finding>& of_host) override {
    constexpr std::array<std::string_view, 4> states = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
    add(host_, of_host);
    const auto state = static_cast<std::size_t>(plugin_state(summary, fail_on_));
    auto text = fmt::format("SSHAUDIT {} - {} | {}\n", states.at(state), news_of(summary), performance_of(summary));
    for (const auto& one : worst_) text += one.line + '\n';
    if (told_about_ > worst_.size()) text += fmt::format("and {} more: see sshaudit\n", told_about_ - worst_.size());
    return text;
  }

 private:
  struct Told {
    int rank;
    std::string line;
  };

  static bool is_unknown(const Finding& finding) { return finding.rule->effect == Effect::unknown; }

  static std::string_view word_of(const Finding& finding) {
    return is_unknown(finding) ? word(Effect::unknown) : word(finding.severity());
  }

  // As the states are ordered.
  static int rank_of(const Finding& finding) {
    if (is_unknown(finding)) return 2;
    return finding.severity() == Severity::error ? 3 : static_cast<int>(finding.severity());
  }

  bool counts(const Finding& finding) const {
    if (finding.waiver != nullptr) return false;
    return is_unknown(finding) || (fail_on_ && finding.severity() >= *fail_on_);
  }

  // The worst ones, each in the place where it was found.
  void add(const std::string& whose, const std::vector<Finding>& findings) {
    for (const auto& finding : findings) {
      if (!counts(finding)) continue;
      ++told_about_;
      const auto rank = rank_of(finding);
      const auto before = std::ranges::find_if(worst_, [&](const Told& one) { return one.rank < rank; });
      if (before == worst_.end() && worst_.size() == most_told) continue;
      const auto line = fmt::format("{}: {} {}: {}", without_bars(whose), word_of(finding), finding.rule->id,
                                    without_bars(finding.detail.message));
      worst_.insert(before, {rank, cut_to(line, longest_line)});
      if (worst_.size() > most_told) worst_.pop_back();
    }
  }

  std::optional<Severity> fail_on_;
  std::string host_ = "this host";
  std::vector<Told> worst_;  // in descending order
  std::size_t told_about_ = 0;
};

}  // namespace

PluginState plugin_state(const Summary& summary, std::optional<Severity> fail_on) {
  const auto is_found = [&](Severity severity) {
    return fail_on && severity >= *fail_on && count_of(summary, severity) > 0;
  };
  if (is_found(Severity::error)) return PluginState::critical;
  if (!summary.complete) return PluginState::unknown;
  return is_found(Severity::warning) || is_found(Severity::notice) ? PluginState::warning : PluginState::ok;
}

std::unique_ptr<Renderer> make_nagios_renderer(std::optional<Severity> fail_on) {
  return std::make_unique<NagiosRenderer>(fail_on);
}

std::string nagios_failure(std::string_view message) {
  return fmt::format("SSHAUDIT UNKNOWN - {}\n", cut_to(without_bars(message), longest_line));
}

}  // namespace sshaudit
