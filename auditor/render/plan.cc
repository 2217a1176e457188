// SPDX-License-Identifier: MIT
#include "render/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "render/finding_text.h"
#include "render/visible_text.h"
#include "render/words.h"

namespace sshaudit {
namespace {

constexpr std::size_t most_keys = 20;
constexpr std::size_t indent = 10;

bool makes_something(const Plan& plan) {
  const auto can_be_made = [](const auto& item) { return item.obstacle.empty(); };
  return std::ranges::any_of(plan.changes, can_be_made) || std::ranges::any_of(plan.contents, can_be_made);
}

std::string title(const Plan& plan, const TextStyle& style) {
  auto text = painted(visible(plan.account.name), "1", style.color) + ": key login is " +
              std::string(verdict_in_words(plan.now));
  if (!makes_something(plan)) return text + '\n';
  if (!plan.then) return text + "; what is closed now is looked at when it is open\n";
  const bool same = *plan.then == plan.now;
  return text + fmt::format("; with these changes it is {}{}\n", same ? "still " : "", verdict_in_words(*plan.then));
}

class PlanText {
 public:
  explicit PlanText(const TextStyle& style) : style_(style) {}

  void item(std::string_view label, std::string_view color, const std::string& text) {
    const auto start = label.size() + 4;
    text_ += fmt::format("  {}  {}\n", painted(label, color, style_.color),
                         fold(visible(text), start, indent, style_.columns));
  }
  void more(const std::string& text) {
    text_ += std::string(indent, ' ') + fold(visible(text), indent, indent, style_.columns) + '\n';
  }
  void obstacle(const std::string& why) {
    if (!why.empty()) more("left alone: " + why);
  }
  void finding(const Finding& finding) {
    item("advice", "33", fmt::format("{}: {}", finding.rule->id, finding.detail.message));
    text_ += remedy_text(finding, indent, style_, commands_);
  }
  void append(const std::string& text) { text_ += text; }
  std::string text() const { return text_; }

 private:
  TextStyle style_;
  std::string text_;
  std::set<std::string> commands_;
};

// What is let in then may have been put there by somebody else.
bool others_could_write(const Plan& plan) {
  return std::ranges::any_of(plan.changes, [](const PlannedChange& one) { return one.change.take != 0; });
}

}  // namespace

std::string listed_key_in_words(const ListedKey& key) {
  auto text = fmt::format("{} {} by {}:{}", key.type, key.fingerprint, key.file, key.line);
  if (!key.options.empty()) text += ", " + key.options;
  if (!key.comment.empty()) text += fmt::format(" \"{}\"", key.comment);
  return text;
}

std::string render_plan(const Plan& plan, const TextStyle& style) {
  if (plan.is_empty() && plan.advice.empty()) return {};
  PlanText text(style);
  text.append(title(plan, style));
  for (const auto& one : plan.changes) {
    const bool is_left = !one.obstacle.empty();
    text.item(is_left ? "left  " : "change", is_left ? "33" : "32",
              fmt::format("{}: {} -> {}", one.change.path, one.now, one.then));
    for (const auto& why : one.why) text.more(why);
    text.obstacle(one.obstacle);
  }
  for (const auto& one : plan.contents) {
    const bool is_left = !one.obstacle.empty();
    text.item(is_left ? "left  " : "text  ", is_left ? "33" : "32", one.path);
    for (const auto& what : one.what) text.more(what);
    text.obstacle(one.obstacle);
  }
  for (std::size_t i = 0; i < plan.let_in.size() && i < most_keys; ++i) {
    text.item("lets in", "36", listed_key_in_words(plan.let_in[i]));
  }
  if (plan.let_in.size() > most_keys) text.more(fmt::format("and {} more keys", plan.let_in.size() - most_keys));
  if (!plan.let_in.empty() && others_could_write(plan)) {
    text.item("look   ", "33", "others could write there until now: see that these keys belong to it");
  }
  for (const auto& finding : plan.advice) text.finding(finding);
  return text.text();
}

}  // namespace sshaudit
