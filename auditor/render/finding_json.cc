// SPDX-License-Identifier: MIT
#include "render/finding_json.h"

#include "render/words.h"
#include "sshaudit/policy.h"

namespace sshaudit {
namespace {

Json remedy_json(const Remedy& remedy) {
  Json json = Json::object();
  if (!remedy.commands.empty()) {
    auto& commands = json["commands"] = Json::array();
    for (const auto& command : remedy.commands) {
      auto& arguments = commands.emplace_back(Json::array());
      for (const auto& argument : command) arguments.push_back(bytes_json(argument));
    }
  }
  if (!remedy.note.empty()) json["note"] = text_json(remedy.note);
  return json;
}

Json finding_json(const Finding& finding) {
  const auto& detail = finding.detail;
  Json json = {
      {"rule", finding.rule->id}, {"effect", word(finding.rule->effect)}, {"severity", word(finding.severity())}};
  if (!finding.connections.empty()) json["connections"] = text_json(finding.connections);
  if (!detail.path.empty()) json["path"] = bytes_json(detail.path);
  if (detail.line != 0) json["line"] = detail.line;
  if (detail.column != 0) json["column"] = detail.column;
  json["message"] = text_json(detail.message);
  if (!detail.sshd_logs.empty()) json["sshd_logs"] = text_json(detail.sshd_logs);
  if (!detail.expected.empty()) json["expected"] = text_json(detail.expected);
  if (!detail.actual.empty()) json["actual"] = text_json(detail.actual);
  if (detail.remedy != Remedy{}) json["remedy"] = remedy_json(detail.remedy);
  if (finding.waiver != nullptr)
    json["waived"] = {{"reason", text_json(finding.waiver->reason)}, {"until", finding.waiver->until}};
  return json;
}

}  // namespace

Json findings_json(const std::vector<Finding>& findings) {
  Json json = Json::array();
  for (const auto& finding : findings) json.push_back(finding_json(finding));
  return json;
}

}  // namespace sshaudit
