// SPDX-License-Identifier: MIT
// The report as JSON, schema sshaudit-report/1 (packaging/schema/sshaudit-report-1.json).
#include <fmt/compile.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "render/finding_json.h"
#include "render/json_text.h"
#include "render/renderer.h"
#include "render/report_json.h"
#include "render/visible_text.h"
#include "render/words.h"

namespace sshaudit {
namespace {

constexpr auto schema = "sshaudit-report/1";

Json sshd_json(const Server& server) {
  Json json = Json::object();
  if (!server.version.text.empty()) json["version"] = text_json(server.version.text);
  json["vendor"] = word(server.version.vendor);
  if (!server.program.empty()) json["program"] = bytes_json(server.program);
  if (!server.config.empty()) json["config"] = bytes_json(server.config);
  if (server.running) {
    auto& options = json["command_line"] = Json::array();
    for (const auto& option : server.running->options) options.push_back(bytes_json(option));
  }
  json["self_check"] = word(server.self_check);
  if (!server.reason.empty()) json["reason"] = text_json(server.reason);
  return json;
}

}  // namespace

Json header_json(const ReportHeader& header) {
  Json json = {{"schema", schema}, {"tool", {{"name", "sshaudit"}, {"version", header.tool_version}}}};
  if (!header.host.empty()) json["host"] = bytes_json(header.host);
  json["generated"] = header.generated;
  json["sshd"] = sshd_json(header.server);
  return json;
}

Json summary_json(const Summary& summary) {
  Json verdicts = Json::object();
  for (std::size_t i = 0; i < summary.key_login.size(); ++i) {
    verdicts[word(static_cast<KeyLogin>(i))] = summary.key_login.at(i);
  }
  Json severities = Json::object();
  for (const auto severity : {Severity::error, Severity::warning, Severity::notice}) {
    severities[word(severity)] = summary.findings.at(static_cast<std::size_t>(severity));
  }
  return {{"accounts", summary.accounts},
          {"key_login", verdicts},
          {"findings", severities},
          {"waived", summary.waived},
          {"complete", summary.complete}};
}

Json account_json(const AccountReport& report) {
  Json json = Json::object();
  json["user"] = bytes_json(report.account.name);
  json["uid"] = report.account.uid;
  json["home"] = bytes_json(report.account.home);
  json["shell"] = bytes_json(report.account.shell);
  json["key_login"] = word(report.key_login);
  json["usable_keys"] = report.usable_keys;
  json["findings"] = findings_json(report.findings);
  return json;
}

namespace {

class JsonRenderer : public Renderer {
 public:
  std::string begin(const ReportHeader& header) override {
    report_ = header_json(header);
    report_["summary"] = Json::object();
    report_["findings"] = findings_json(header.findings);
    report_["accounts"] = Json::array();
    return {};
  }

  std::string account(const AccountReport& report) override {
    report_["accounts"].push_back(account_json(report));
    return {};
  }

  std::string end(const Summary& summary, const std::vector<Finding>& of_host) override {
    for (auto& finding : findings_json(of_host)) report_["findings"].push_back(std::move(finding));
    report_["summary"] = summary_json(summary);
    return report_.dump(2, ' ', true) + '\n';
  }

 private:
  Json report_;
};

// Printable ASCII that JSON takes as it is.
bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

bool is_uneventful(const AccountReport& report) {
  const auto& account = report.account;
  return report.findings.empty() && is_plain(account.name) && is_plain(account.home) && is_plain(account.shell);
}

// What line_of() makes of account_json() for most accounts of a host, which are many.
std::string uneventful_line(const AccountReport& report) {
  const auto& account = report.account;
  return fmt::format(
      FMT_COMPILE(R"({{"user":"{}","uid":{},"home":"{}","shell":"{}","key_login":"{}","usable_keys":{},"findings":[]}})"
                  "\n"),
      account.name, account.uid, account.home, account.shell, word(report.key_login), report.usable_keys);
}

class NdjsonRenderer : public Renderer {
 public:
  std::string begin(const ReportHeader& header) override {
    auto json = header_json(header);
    json["findings"] = findings_json(header.findings);
    return line_of(json);
  }

  std::string account(const AccountReport& report) override {
    return is_uneventful(report) ? uneventful_line(report) : line_of(account_json(report));
  }

  std::string end(const Summary& summary, const std::vector<Finding>& of_host) override {
    Json json = {{"summary", summary_json(summary)}};
    if (!of_host.empty()) json["findings"] = findings_json(of_host);
    return line_of(json);
  }
};

}  // namespace

std::unique_ptr<Renderer> make_json_renderer() { return std::make_unique<JsonRenderer>(); }
std::unique_ptr<Renderer> make_ndjson_renderer() { return std::make_unique<NdjsonRenderer>(); }

}  // namespace sshaudit
