// SPDX-License-Identifier: MIT
// Numbers for node_exporter's textfile collector, in Prometheus' text format. No account is named: a series for each
// would cost every host's operator more than it tells.
#include <fmt/format.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "render/renderer.h"
#include "render/words.h"

namespace sshaudit {
namespace {

std::string escaped(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    text += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return text;
}

class PrometheusRenderer : public Renderer {
 public:
  std::string begin(const ReportHeader& header) override {
    version_ = header.tool_version;
    time_ = header.time;
    add(header.findings);
    return {};
  }

  std::string account(const AccountReport& report) override {
    add(report.findings);
    return {};
  }

  std::string end(const Summary& summary, const std::vector<Finding>& of_host) override {
    add(of_host);
    std::string text;
    text += family("info", "The version of sshaudit.") + sample("info", {"version", version_}, 1);
    text += family("accounts", "Accounts by what becomes of their key logins.");
    for (std::size_t i = 0; i < summary.key_login.size(); ++i)
      text += sample("accounts", {"key_login", word(static_cast<KeyLogin>(i))}, summary.key_login.at(i));
    text += family("findings", "Findings that no waiver covers, by severity.");
    for (const auto severity : {Severity::error, Severity::warning, Severity::notice}) {
      const auto count = summary.findings.at(static_cast<std::size_t>(severity));
      text += sample("findings", {"severity", word(severity)}, count);
    }
    if (!by_rule_.empty()) text += family("findings_by_rule", "The same by rule, without those that found nothing.");
    for (const auto& [rule, count] : by_rule_) text += sample("findings_by_rule", {"rule", rule}, count);
    text += family("waived_findings", "Findings that a waiver covers.");
    text += fmt::format("sshaudit_waived_findings {}\n", summary.waived);
    text += family("complete", "1 when everything that was needed could be seen, otherwise 0.");
    text += fmt::format("sshaudit_complete {}\n", summary.complete ? 1 : 0);
    text += family("last_run_timestamp_seconds", "When the last run that came to its end began.");
    return text + fmt::format("sshaudit_last_run_timestamp_seconds {}\n", time_);
  }

 private:
  using Label = std::pair<std::string_view, std::string_view>;

  static std::string family(std::string_view name, std::string_view help) {
    return fmt::format("# HELP sshaudit_{0} {1}\n# TYPE sshaudit_{0} gauge\n", name, help);
  }

  static std::string sample(std::string_view name, const Label& label, std::size_t value) {
    return fmt::format("sshaudit_{}{{{}=\"{}\"}} {}\n", name, label.first, escaped(label.second), value);
  }

  void add(const std::vector<Finding>& findings) {
    for (const auto& finding : findings) {
      if (finding.waiver == nullptr) ++by_rule_[finding.rule->id];
    }
  }

  std::string version_;
  std::int64_t time_ = 0;
  std::map<std::string_view, std::size_t> by_rule_;
};

}  // namespace

std::unique_ptr<Renderer> make_prometheus_renderer() { return std::make_unique<PrometheusRenderer>(); }

}  // namespace sshaudit
