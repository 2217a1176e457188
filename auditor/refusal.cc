// SPDX-License-Identifier: MIT
#include "refusal.h"

#include <fmt/format.h>

#include <algorithm>

namespace sshaudit {
namespace {

constexpr std::string_view not_listed = "key-not-listed";

bool decides(const Finding& finding, Effect effect) { return finding.rule->effect == effect; }

const ExplainedStep* deciding_step(const Explanation& one) {
  const auto found = std::ranges::find_if(one.steps, &ExplainedStep::is_first_refusal);
  return found == one.steps.end() ? nullptr : &*found;
}

const Finding* first_of(const ExplainedStep& step, Effect effect) {
  const auto found = std::ranges::find_if(step.findings, [&](const Finding& one) { return decides(one, effect); });
  return found == step.findings.end() ? nullptr : &*found;
}

// The path has a place of its own in the line, so a message that begins with it goes on behind it.
std::string message_of(const Detail& detail) {
  const auto whole = detail.line == 0 ? detail.path : fmt::format("{}:{}", detail.path, detail.line);
  for (const auto& path : {whole + ": ", whole + " ", detail.path + " "}) {
    if (path.size() > 1 && detail.message.starts_with(path)) return detail.message.substr(path.size());
  }
  return detail.message;
}

void add_commands(const Detail& detail, Refusal& refusal) {
  for (const auto& command : detail.remedy.commands) {
    if (std::ranges::find(refusal.commands, command) == refusal.commands.end()) refusal.commands.push_back(command);
  }
}

// The key has a place of its own too.
void forget_key(const std::string& fingerprint, std::string& message) {
  const auto end = message.find(" key " + fingerprint + ")");
  if (fingerprint.empty() || end == std::string::npos) return;
  const auto start = message.rfind('(', end);
  if (start == std::string::npos || message.find_first_of(" /", start) != end) return;  // a name that looks like it
  const auto size = message.find(')', end) + 1 - start;
  const bool is_first = start == 0;
  message.erase(is_first ? 0 : start - 1, size + 1);
}

void add_finding(const Finding& finding, Refusal& refusal) {
  const auto& detail = finding.detail;
  refusal.rule = finding.rule->id;
  refusal.path = detail.path;
  if (detail.line != 0 && !detail.path.empty()) refusal.path += fmt::format(":{}", detail.line);
  refusal.message = message_of(detail);
  forget_key(refusal.fingerprint, refusal.message);
  refusal.note = detail.remedy.note;
  add_commands(detail, refusal);
}

Refusal refusal_for(const Explanation& one, const std::string& from) {
  Refusal refusal;
  refusal.user = one.user;
  refusal.key = one.key.name;
  refusal.fingerprint = one.key.fingerprint;
  refusal.keys = one.key.name.empty() ? 0 : 1;
  refusal.from = from;
  return refusal;
}

// What all of a step's findings that refuse take to be mended, the first of them in words.
Refusal refusal_by_step(const Explanation& one, const ExplainedStep& step, const std::string& from) {
  auto refusal = refusal_for(one, from);
  const auto* const reason = first_of(step, Effect::refuses);
  const auto* const doubt = first_of(step, Effect::unknown);
  if (reason != nullptr) {
    add_finding(*reason, refusal);
    for (const auto& finding : step.findings) {
      if (decides(finding, Effect::refuses)) add_commands(finding.detail, refusal);
    }
  } else if (doubt != nullptr) {
    add_finding(*doubt, refusal);
  } else {
    refusal.rule = step.result == StepResult::absent ? not_listed : "key-refused";
    refusal.message = step.text;
  }
  return refusal;
}

// Behind what sshd reads, what keeps a key from being read or stands where sshd does not look.
void add_hints(const Explanation& one, const ExplainedStep& step, Refusal& refusal) {
  if (!one.elsewhere.empty()) {
    refusal.message += "; " + one.elsewhere.front();
  } else if (!step.findings.empty()) {
    refusal.message += "; " + step.findings.front().detail.message;
  }
}

std::string listed_in_words(const std::vector<ListedKeys>& listed, const std::string& command) {
  std::string words;
  std::size_t count = 0;
  const auto exist = std::ranges::count_if(listed, &ListedKeys::exists);
  for (const auto& file : listed) {
    if (!file.exists) continue;
    const auto name = exist > 1 ? file.path : file.path.substr(file.path.rfind('/') + 1);
    words += (words.empty() ? "" : " and ") + name;
    count += file.count;
  }
  if (words.empty() && listed.empty()) return "AuthorizedKeysFile names no file";
  if (words.empty()) return fmt::format("{} does not exist", listed.front().path);
  auto text = count == 0   ? fmt::format("there is no key in {}", words)
              : count == 1 ? fmt::format("the key in {} is another one", words)
                           : fmt::format("none of the {} in {}", count, words);
  if (!command.empty()) text += fmt::format(", and {} does not supply it", command);
  return text;
}

std::string fingerprints_of(const std::vector<const Explanation*>& keys) {
  constexpr std::size_t most = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(keys.size(), most); ++i) {
    text += (i == 0 ? "" : ", ") + keys[i]->key.fingerprint;
  }
  return keys.size() > most ? fmt::format("{} and {} more", text, keys.size() - most) : text;
}

// One line for all keys that are nowhere.
Refusal not_listed_of(const std::vector<const Explanation*>& keys, const RefusedLogin& login, const std::string& from,
                      const std::string& command) {
  const auto& first = *keys.front();
  auto refusal = refusal_for(first, from);
  refusal.rule = not_listed;
  refusal.keys = keys.size();
  if (keys.size() > 1) refusal.key.clear();
  const auto listed = listed_in_words(login.listed, command);
  const auto exists = std::ranges::find_if(login.listed, &ListedKeys::exists);
  if (exists != login.listed.end()) refusal.path = exists->path;
  refusal.message =
      keys.size() == 1 ? listed : fmt::format("{} keys offered, {} ({})", keys.size(), listed, fingerprints_of(keys));
  for (const auto* one : keys) {
    const auto before = refusal.message.size();
    if (const auto* step = deciding_step(*one)) add_hints(*one, *step, refusal);
    if (refusal.message.size() != before) break;
  }
  return refusal;
}

// Keys that are refused for the same reason.
struct SharedReason {
  Refusal refusal;
  std::vector<std::string> listed;  // names of those that stand in a key file
  bool is_known = true;             // of all of them, whether they do
};

void share(Refusal refusal, std::optional<bool> is_listed, std::vector<SharedReason>& groups) {
  const auto is_same = [&](const SharedReason& other) {
    return other.refusal.reason() == refusal.reason() && other.refusal.message == refusal.message;
  };
  const auto key = refusal.key;
  auto same = std::ranges::find_if(groups, is_same);
  if (same == groups.end()) {
    groups.push_back({std::move(refusal), {}});
    same = groups.end() - 1;
  } else {
    same->refusal.keys += refusal.keys;
  }
  same->is_known = same->is_known && is_listed;
  if (is_listed.value_or(false)) same->listed.push_back(key);
}

// What is wrong with the way to the file may not be all.
Refusal finished(SharedReason group) {
  auto& refusal = group.refusal;
  if (refusal.keys == 0) return refusal;
  const bool is_of_line = refusal.path.find_last_of(':') != std::string::npos;
  if (group.is_known && group.listed.empty() && !is_of_line) {
    refusal.message += refusal.keys == 1 ? "; nor is the key listed" : "; nor is any of the keys listed";
  }
  if (refusal.keys > 1) refusal.key = group.listed.size() == 1 ? group.listed.front() : std::string();
  return refusal;
}

}  // namespace

std::vector<Refusal> refusals_of(const RefusedLogin& login, const std::string& from, const std::string& command) {
  std::vector<SharedReason> groups;
  std::vector<const Explanation*> nowhere;
  for (std::size_t i = 0; i < login.explanations.size(); ++i) {
    const auto& one = login.explanations[i];
    const auto* const step = deciding_step(one);
    if (step == nullptr || (one.outcome != Outcome::refused && one.outcome != Outcome::unknown)) continue;
    const bool is_absent = step->result == StepResult::absent && first_of(*step, Effect::refuses) == nullptr;
    if (is_absent && !one.key.name.empty()) {
      nowhere.push_back(&one);
    } else {
      share(refusal_by_step(one, *step, from), i < login.is_listed.size() ? login.is_listed[i] : std::nullopt, groups);
    }
  }
  std::vector<Refusal> refusals;
  refusals.reserve(groups.size() + 1);
  for (auto& group : groups) refusals.push_back(finished(std::move(group)));
  if (!nowhere.empty()) refusals.push_back(not_listed_of(nowhere, login, from, command));
  return refusals;
}

Refusal refusal_by_pam(const Explanation& explanation, const std::string& from, const std::string& said) {
  const auto asked = std::ranges::find(explanation.steps, LoginStep::pam, &ExplainedStep::step);
  if (asked != explanation.steps.end() && first_of(*asked, Effect::refuses) != nullptr) {
    return refusal_by_step(explanation, *asked, from);
  }
  auto refusal = refusal_for(explanation, from);
  refusal.rule = "pam-account";
  refusal.message = fmt::format("the PAM account stack of sshd refuses the account: {}", said);
  refusal.note = "see what its modules log at the same time";
  if (asked == explanation.steps.end()) return refusal;
  if (const auto* const doubt = first_of(*asked, Effect::unknown)) {
    refusal.message += "; " + doubt->detail.message;
    refusal.note = doubt->detail.remedy.note;
  }
  return refusal;
}

std::optional<Refusal> closing_of(const Explanation& explanation, const std::string& from) {
  const auto step = std::ranges::find(explanation.steps, LoginStep::session, &ExplainedStep::step);
  const auto* const reason = step == explanation.steps.end() ? nullptr : first_of(*step, Effect::closes);
  if (reason == nullptr) return std::nullopt;
  auto closing = refusal_for(explanation, from);
  closing.outcome = Outcome::closes;
  add_finding(*reason, closing);
  return closing;
}

}  // namespace sshaudit
