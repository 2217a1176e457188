// SPDX-License-Identifier: MIT
#include <algorithm>
#include <utility>

#include "render/changes.h"
#include "render/finding_json.h"
#include "render/report_json.h"

namespace sshaudit {
namespace {

bool is_news(const Changes& changes) {
  const auto is_new = [](const FindingState& state) { return state.is_new(); };
  return std::ranges::any_of(changes.states, is_new) || !changes.mended.empty() || !changes.keys_added.empty() ||
         !changes.keys_removed.empty();
}

Json states_json(const std::vector<Finding>& findings, const Changes& changes) {
  auto json = findings_json(findings);
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const auto& state = changes.states[i];
    json[i]["state"] = state.is_new() ? "new" : "open";
    if (!state.is_new()) json[i]["since"] = state.since;
  }
  return json;
}

void add_past(Json& json, const char* name, const std::vector<OpenFinding>& past) {
  for (const auto& one : past) {
    Json finding = {{"rule", one.mark.rule}};
    if (!one.mark.path.empty()) finding["path"] = bytes_json(one.mark.path);
    finding["since"] = one.since;
    json[name].push_back(std::move(finding));
  }
}

void add_keys(Json& json, const char* name, const std::vector<KnownKey>& keys) {
  for (const auto& key : keys) {
    json["keys"][name].push_back(
        {{"fingerprint", key.fingerprint}, {"file", bytes_json(key.file)}, {"line", key.line}});
  }
}

void add_changes(Json& json, const Changes& changes) {
  add_past(json, "mended", changes.mended);
  add_past(json, "unseen", changes.unseen);
  add_keys(json, "added", changes.keys_added);
  add_keys(json, "removed", changes.keys_removed);
}

Json changed_account_json(const AccountReport& report, const Changes& changes) {
  auto json = account_json(report);
  json["findings"] = states_json(report.findings, changes);
  add_changes(json, changes);
  return json;
}

// What both forms keep until the end.
class JsonOfHost : public ChangesRenderer {
 public:
  void gone(NamedChanges account) override {
    if (!is_news(account.changes)) return;
    Json json = {{"user", bytes_json(account.name)}};
    add_changes(json, account.changes);
    gone_.push_back(std::move(json));
  }

 protected:
  void add_host(Json& json, const std::vector<Finding>& of_host, const Changes& changes) {
    if (is_news(changes)) {
      json["findings"] = states_json(of_host, changes);
      add_changes(json, changes);
    }
    if (!gone_.empty()) json["gone"] = std::move(gone_);
  }

 private:
  Json gone_ = Json::array();
};

class JsonChanges : public JsonOfHost {
 public:
  std::string begin(const ReportHeader& header) override {
    report_ = header_json(header);
    report_["summary"] = Json::object();
    report_["findings"] = report_["accounts"] = Json::array();
    return {};
  }

  std::string account(const AccountReport& report, const Changes& changes) override {
    if (is_news(changes)) report_["accounts"].push_back(changed_account_json(report, changes));
    return {};
  }

  std::string end(const Summary& summary, const std::vector<Finding>& of_host, const Changes& changes) override {
    report_["summary"] = summary_json(summary);
    add_host(report_, of_host, changes);
    return report_.dump(2, ' ', true) + '\n';
  }

 private:
  Json report_;
};

class NdjsonChanges : public JsonOfHost {
 public:
  std::string begin(const ReportHeader& header) override {
    auto json = header_json(header);
    json["findings"] = Json::array();
    return line_of(json);
  }

  std::string account(const AccountReport& report, const Changes& changes) override {
    return is_news(changes) ? line_of(changed_account_json(report, changes)) : std::string();
  }

  std::string end(const Summary& summary, const std::vector<Finding>& of_host, const Changes& changes) override {
    Json json = {{"summary", summary_json(summary)}};
    add_host(json, of_host, changes);
    return line_of(json);
  }
};

}  // namespace

std::unique_ptr<ChangesRenderer> make_json_changes() { return std::make_unique<JsonChanges>(); }
std::unique_ptr<ChangesRenderer> make_ndjson_changes() { return std::make_unique<NdjsonChanges>(); }

}  // namespace sshaudit
