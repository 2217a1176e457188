// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "render/finding_text.h"
#include "render/news.h"
#include "render/renderer.h"
#include "render/text_blocks.h"
#include "render/visible_text.h"
#include "render/words.h"

namespace sshaudit {
namespace {

Severity severity_of(const Finding& finding) { return finding.severity(); }

std::string message_of(const Finding& finding) {
  if (finding.connections.empty()) return finding.detail.message;
  return finding.detail.message + "; only for " + finding.connections;
}

std::string verdict_of(const AccountReport& report) {
  const auto refused = [&](Subject subject) {
    return std::ranges::any_of(report.findings, [&](const Finding& finding) {
      return finding.rule->effect == Effect::refuses && finding.rule->subject == subject;
    });
  };
  const auto partial = [](const Finding& finding) { return !finding.connections.empty(); };
  if (report.key_login == KeyLogin::accepted && std::ranges::any_of(report.findings, partial)) {
    return "accepted, but not alike for all connections";
  }
  if (report.key_login == KeyLogin::accepted && refused(Subject::key_file)) return "accepted, by another key file";
  if (report.key_login == KeyLogin::accepted && refused(Subject::authorized_key)) {
    return "accepted, but not by every line";
  }
  return std::string(verdict_in_words(report.key_login));
}

class TextRenderer : public Renderer {
 public:
  explicit TextRenderer(const TextStyle& style) : style_(style) {}

  std::string begin(const ReportHeader& header) override {
    const auto host = header.host.empty() ? "this host" : "host " + visible(header.host);
    host_title_ = block_title(host, "", style_);
    host_ = header.host.empty() ? host : visible(header.host);
    of_host_ = findings_text(header.findings, style_);
    return {};
  }

  std::string account(const AccountReport& report) override {
    const auto found = findings_text(report.findings, style_);
    if (found.empty()) return {};
    const auto worst = std::ranges::max(report.findings, {}, weight_of);
    blocks_.push_back({weight_of(worst), account_title(report, style_) + found});
    return {};
  }

  std::string end(const Summary& summary, const std::vector<Finding>& of_host) override {
    std::ranges::stable_sort(blocks_, std::ranges::greater{}, &Block::worst);
    of_host_ += findings_text(of_host, style_);
    std::string text = of_host_.empty() ? "" : host_title_ + of_host_;
    for (const auto& block : blocks_) text += (text.empty() ? "" : "\n") + block.text;
    if (style_.headline && !text.empty()) text.insert(0, fmt::format("{}: {}\n\n", host_, news_of(summary)));
    return text;
  }

 private:
  struct Block {
    Severity worst;
    std::string text;
  };

  static Severity weight_of(const Finding& finding) {
    return finding.waiver == nullptr ? finding.severity() : Severity::notice;
  }

  TextStyle style_;
  std::string host_;
  std::string host_title_;
  std::string of_host_;
  std::vector<Block> blocks_;
};

}  // namespace

std::string block_title(const std::string& name, const std::string& verdict, const TextStyle& style) {
  return painted(name, "1", style.color) + (verdict.empty() ? ":\n" : ": " + verdict + '\n');
}

std::string account_title(const AccountReport& report, const TextStyle& style) {
  return block_title(visible(report.account.name), "key login is " + verdict_of(report), style);
}

bool is_left_out(const Finding& finding, const TextStyle& style) {
  if (finding.waiver != nullptr) return true;
  return !style.notices && finding.severity() == Severity::notice && finding.rule->effect != Effect::unknown;
}

std::string findings_text(std::vector<Finding> found, const TextStyle& style) {
  std::erase_if(found, [&](const Finding& finding) { return is_left_out(finding, style); });
  std::ranges::stable_sort(found, std::ranges::greater{}, severity_of);
  std::string text;
  std::set<std::string> commands;
  for (const auto& finding : found) text += finding_text(finding, message_of(finding), style, commands);
  return text;
}

std::unique_ptr<Renderer> make_text_renderer(const TextStyle& style) { return std::make_unique<TextRenderer>(style); }

std::string render_summary(const Summary& summary) {
  std::string text = fmt::format("{} account{}", summary.accounts, summary.accounts == 1 ? "" : "s");
  constexpr std::array<std::string_view, 5> words = {"accepted", "refused", "accepted but closed at once",
                                                     "without keys", "unknown"};
  char separator = ':';
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (summary.key_login.at(i) == 0) continue;
    text += fmt::format("{} {} {}", separator, summary.key_login.at(i), words.at(i));
    separator = ',';
  }
  const auto found = summary.findings[0] + summary.findings[1] + summary.findings[2];
  text += fmt::format("; {} finding{}", found == 0 ? "no" : std::to_string(found), found == 1 ? "" : "s");
  if (summary.waived > 0) text += fmt::format(" beside {} waived", summary.waived);
  if (summary.findings[0] > 0) text += fmt::format(", {} of them only shown with -v", summary.findings[0]);
  return text + '\n';
}

}  // namespace sshaudit
