// SPDX-License-Identifier: MIT
#include "render/explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "render/finding_json.h"
#include "render/finding_text.h"
#include "render/visible_text.h"
#include "render/words.h"

namespace sshaudit {
namespace {

constexpr std::size_t indent = 11;  // of a step's text: "  refused  "

std::string_view color_of(StepResult result) {
  switch (result) {
    case StepResult::ok:
      return "32";
    case StepResult::refused:
      return "31";
    case StepResult::closes:
    case StepResult::unknown:
      return "33";
    default:
      return "2";
  }
}

// The rule that decides, if one does.
std::string_view reason_of(const Explanation& one) {
  for (const auto& step : one.steps) {
    if (!step.is_first_refusal) continue;
    for (const auto& finding : step.findings) {
      const auto effect = finding.rule->effect;
      if (effect == Effect::refuses || effect == Effect::closes || effect == Effect::unknown) return finding.rule->id;
    }
  }
  return {};
}

std::string title(const Explanation& one, const TextStyle& style) {
  std::string text = visible(one.user);
  const auto key = one.key.name.empty() ? std::string() : " with " + visible(one.key.name);
  const auto comment = one.key.comment.empty() ? std::string() : fmt::format(" \"{}\"", visible(one.key.comment));
  const auto from = one.from.empty() ? std::string() : " from " + visible(one.from);
  text = painted(text, "1", style.color) + key + comment + from + ": ";
  const auto outcome = one.outcome == Outcome::closes ? std::string("accepted, but the session ends at once")
                                                      : std::string(word(one.outcome));
  const auto reason = reason_of(one);
  return text + outcome + (reason.empty() ? "" : fmt::format(" ({})", reason)) + '\n';
}

std::string drawing(const ExplainedStep& step, const TextStyle& style) {
  std::string text;
  std::size_t widest = 0;
  for (const auto& one : step.path) widest = std::max(widest, one.mode_and_owner.size());
  for (const auto& one : step.path) {
    text += fmt::format("{:{}}{:<{}}  {}", "", indent + 2, visible(one.mode_and_owner), widest, visible(one.name));
    if (!one.remark.empty()) text += painted("  <- " + visible(one.remark), "31", style.color);
    text += '\n';
  }
  return text;
}

// Behind the refusal only what would refuse next is worth a line.
bool is_shown(const ExplainedStep& step, bool behind_refusal) {
  if (step.result == StepResult::skipped) return false;
  if (!behind_refusal) return true;
  return step.result == StepResult::refused || step.result == StepResult::closes || step.result == StepResult::unknown;
}

std::string step_text(const ExplainedStep& step, bool is_refused, const TextStyle& style,
                      std::set<std::string>& commands) {
  const bool is_last_source = step.is_first_refusal && step.result == StepResult::absent && is_refused;
  const auto shown_result = is_last_source ? StepResult::refused : step.result;
  const auto result = word(shown_result);
  auto text = fmt::format("  {}{:{}}{}\n", painted(result, color_of(shown_result), style.color), "",
                          indent - 2 - result.size(), fold(visible(step.text), indent, indent, style.columns));
  text += drawing(step, style);
  for (const auto& finding : step.findings) {
    const auto start = indent + finding.rule->id.size() + 2;
    text += fmt::format("{:{}}{}  {}\n", "", indent, finding.rule->id,
                        fold(visible(finding.detail.message), start, indent + 2, style.columns));
    text += remedy_text(finding, indent + 2, style, commands);
  }
  return text;
}

std::string explanation_text(const Explanation& one, const TextStyle& style) {
  auto text = title(one, style);
  std::set<std::string> commands;
  bool behind_refusal = false;
  for (const auto& step : one.steps) {
    if (!is_shown(step, behind_refusal)) continue;
    text += step_text(step, one.outcome == Outcome::refused, style, commands);
    behind_refusal = behind_refusal || (step.is_first_refusal && step.result != StepResult::unknown);
  }
  for (const auto& said : one.pam_modules) text += "  PAM: " + fold(visible(said), 7, 9, style.columns) + '\n';
  for (const auto& place : one.elsewhere) {
    text += "  " + fold(visible(place), 2, 4, style.columns) + '\n';
  }
  return text;
}

Json key_json(const OfferedKey& key) {
  Json json = Json::object();
  if (!key.key.type.empty()) json["type"] = key.key.type;
  if (key.key.bits != 0) json["bits"] = key.key.bits;
  if (!key.fingerprint.empty()) json["fingerprint"] = key.fingerprint;
  if (!key.comment.empty()) json["comment"] = bytes_json(key.comment);
  return json;
}

Json path_json(const std::vector<DrawnComponent>& path) {
  Json json = Json::array();
  for (const auto& one : path) {
    Json component = {{"status", text_json(one.mode_and_owner)}, {"name", bytes_json(one.name)}};
    if (!one.remark.empty()) component["remark"] = text_json(one.remark);
    json.push_back(std::move(component));
  }
  return json;
}

Json login_json(const Explanation& one) {
  Json json = Json::object();
  if (!one.key.fingerprint.empty()) json["key"] = key_json(one.key);
  if (!one.from.empty()) json["from"] = text_json(one.from);
  json["outcome"] = word(one.outcome);
  auto& steps = json["steps"] = Json::array();
  for (const auto& step : one.steps) {
    Json entry = {{"step", word(step.step)}, {"result", word(step.result)}, {"text", text_json(step.text)}};
    if (step.is_first_refusal) entry["decides"] = true;
    entry["findings"] = findings_json(step.findings);
    if (!step.path.empty()) entry["path"] = path_json(step.path);
    steps.push_back(std::move(entry));
  }
  if (!one.pam_modules.empty()) {
    auto& said = json["pam_modules"] = Json::array();
    for (const auto& sentence : one.pam_modules) said.push_back(text_json(sentence));
  }
  if (!one.elsewhere.empty()) {
    auto& elsewhere = json["elsewhere"] = Json::array();
    for (const auto& place : one.elsewhere) elsewhere.push_back(text_json(place));
  }
  return json;
}

}  // namespace

std::string render_explanations(const std::vector<Explanation>& explanations, const TextStyle& style) {
  std::string text;
  for (const auto& one : explanations) text += (text.empty() ? "" : "\n") + explanation_text(one, style);
  return text;
}

std::string render_explanations_json(const std::string& user, const std::vector<Explanation>& explanations) {
  Json json = {{"schema", "sshaudit-explain/1"}, {"user", bytes_json(user)}};
  auto& logins = json["logins"] = Json::array();
  for (const auto& one : explanations) logins.push_back(login_json(one));
  return json.dump(2, ' ', true) + '\n';
}

}  // namespace sshaudit
