// SPDX-License-Identifier: MIT
#include "rules/key_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "parse/authorized_keys.h"
#include "parse/key_blob.h"
#include "parse/key_options.h"
#include "rules/key_line_rules.h"

namespace sshaudit {
namespace {

constexpr std::size_t most_told = 5;           // findings of one rule in one file
constexpr std::size_t most_unreadable = 1000;  // lines of one file in the inventory

constexpr std::size_t longest_listed = 4096;

std::string listed(std::string text) {
  if (text.size() > longest_listed) text.replace(longest_listed, text.size(), "...");
  return text;
}

bool has(const std::vector<Finding>& findings, Effect effect) {
  return std::ranges::any_of(findings, [&](const Finding& one) { return one.rule->effect == effect; });
}

class LineJudge {
 public:
  LineJudge(const AccountEvidence& evidence, const KeyFile& file, std::uint32_t number, const Context& context)
      : evidence_(evidence), file_(file), number_(number), context_(context) {
    judged_.mentions.reserve(file.key_lines);
  }

  void visit(const AuthorizedKey& line) {
    const KeyLineSubject subject{evidence_, file_, line};
    const bool listed = context_.list_keys && is_listed(line);
    std::vector<Finding> of_line;
    const bool has_fault = line.fault != KeyLineFault::none || line.shows_private_key;
    if (has_fault && (listed || !is_old_news(line.fault))) judge_fault(subject, of_line);
    std::vector<Finding> of_key;
    if (!line.key.type.empty()) {
      judge(key_policy_rules(), subject, context_, of_key);
      judge(key_restriction_rules(), subject, context_, of_key);
      judge(key_session_rules(), subject, context_, of_key);
    }
    const auto use = use_of(line, of_key);
    if (line.fault != KeyLineFault::no_key) count(use, has(of_key, Effect::closes));
    if (line.shows_private_key) hush(of_key);
    if (!line.key.type.empty()) mention(line, use);
    if (listed) list(subject, use, of_line, of_key);
    for (auto& finding : of_line) keep(std::move(finding));
    for (auto& finding : of_key) keep(std::move(finding));
  }

  JudgedLines finish() {
    for (auto& finding : judged_.findings) {
      const auto more = times_[finding.rule] - std::min(times_[finding.rule], most_told_of(finding.rule));
      if (more == 0 || !told_last_.contains(&finding - judged_.findings.data())) continue;
      finding.detail.message += fmt::format(" (and {} more line{} like it)", more, more == 1 ? "" : "s");
    }
    return std::move(judged_);
  }

 private:
  void judge_fault(const KeyLineSubject& subject, std::vector<Finding>& of_line) {
    judge(line_fault_rules(), subject, context_, of_line);
    judge(option_fault_rules(), subject, context_, of_line);
    if (!of_line.empty()) rule_of_[subject.line.fault] = of_line.front().rule;
  }

  // Millions of lines may have the same fault: what is not told is only counted.
  bool is_old_news(KeyLineFault fault) {
    const auto known = rule_of_.find(fault);
    if (known == rule_of_.end() || times_[known->second] < most_told_of(known->second)) return false;
    ++times_[known->second];
    return true;
  }

  static KeyUse use_of(const AuthorizedKey& line, const std::vector<Finding>& of_key) {
    if (line.key.type.empty() || has(of_key, Effect::refuses)) return KeyUse::unusable;
    return has(of_key, Effect::unknown) ? KeyUse::unknown : KeyUse::usable;
  }

  static std::size_t most_told_of(const RuleInfo* rule) { return rule->id == "no-key-in-line" ? 1 : most_told; }

  void count(KeyUse use, bool closes) {
    auto& fates = judged_.fates;
    if (use == KeyUse::unusable) ++fates.unusable;
    if (use == KeyUse::unknown) ++fates.unknown;
    if (use == KeyUse::usable) ++fates.usable;
    if (use == KeyUse::usable && closes) ++fates.closing;
  }

  void mention(const AuthorizedKey& line, KeyUse use) {
    judged_.mentions.push_back({line.key.digest, number_, static_cast<std::uint32_t>(line.line),
                                use != KeyUse::unusable, line.options.command.has_value()});
  }

  // Findings that quote the line say no more than where it is.
  void hush(std::vector<Finding>& findings) {
    for (auto& finding : findings) {
      auto& detail = finding.detail;
      const auto place = fmt::format("{}:{}", detail.path, detail.line);
      detail = {.path = detail.path,
                .message = place + " (not quoted, for there is a private key in it)",
                .line = detail.line};
    }
  }

  // Lines of which nobody can tell what key they were are listed up to a number.
  bool is_listed(const AuthorizedKey& line) {
    if (!line.key.type.empty() || !line.meant.type.empty()) return true;
    return line.fault != KeyLineFault::no_key && ++unreadable_ <= most_unreadable;
  }

  void list(const KeyLineSubject& subject, KeyUse use, const std::vector<Finding>& of_line,
            const std::vector<Finding>& of_key) {
    const auto& line = subject.line;
    const bool is_second = line.fault == KeyLineFault::keys_joined;  // what was meant; it is listed for itself
    const auto& key = line.key.type.empty() && !is_second ? line.meant : line.key;
    ListedKey row{.file = file_.path,
                  .line = line.line,
                  .type = std::string(key.type),
                  .bits = key.bits,
                  .fingerprint = {},
                  .options = line.shows_private_key ? std::string() : listed(print_key_options(line.options)),
                  .restrictions = line.shows_private_key ? std::string() : listed(restrictions_in_words(line.options)),
                  .comment = line.shows_private_key ? std::string() : listed(line.comment),
                  .use = use,
                  .why = use == KeyUse::usable && !line.shows_private_key ? listed(conditions_in_words(line.options))
                                                                          : std::string()};
    if (use == KeyUse::usable && has(of_key, Effect::closes)) {
      row.why += (row.why.empty() ? "" : ", ") + std::string("but the session ends at once");
    }
    if (!key.type.empty()) row.fingerprint = fingerprint_of(key);
    for (const auto* findings : {&of_line, &of_key}) {
      for (const auto& finding : *findings) {
        const bool is_reason =
            finding.rule->effect == Effect::refuses || finding.rule->effect == Effect::unknown || line.key.type.empty();
        if (use != KeyUse::usable && is_reason && row.why.empty()) row.why = finding.detail.actual;
      }
    }
    judged_.keys.push_back(std::move(row));
    if (line.fault == KeyLineFault::keys_joined) list_second(subject);
  }

  // Who looks for its fingerprint shall find it.
  void list_second(const KeyLineSubject& subject) {
    const auto& second = subject.line.meant;
    ListedKey row;
    row.file = file_.path;
    row.line = subject.line.line;
    row.type = second.type;
    row.bits = second.bits;
    row.fingerprint = fingerprint_of(second);
    row.use = KeyUse::unusable;
    row.why = "joined to another key";
    judged_.keys.push_back(std::move(row));
  }

  // Many lines with one fault would fill a mail, and text that is no key is told of once.
  void keep(Finding finding) {
    const auto times = ++times_[finding.rule];
    if (times > most_told_of(finding.rule)) return;
    if (times == most_told_of(finding.rule)) told_last_.insert(static_cast<std::ptrdiff_t>(judged_.findings.size()));
    judged_.findings.push_back(std::move(finding));
  }

  const AccountEvidence& evidence_;
  const KeyFile& file_;
  std::uint32_t number_;
  const Context& context_;
  JudgedLines judged_;
  std::size_t unreadable_ = 0;  // lines in which no key can be told
  std::map<const RuleInfo*, std::size_t> times_;
  std::map<KeyLineFault, const RuleInfo*> rule_of_;
  std::set<std::ptrdiff_t> told_last_;  // positions of the last finding that is told of a rule
};

}  // namespace

JudgedLines judge_key_lines(const AccountEvidence& evidence, const KeyFile& file, std::uint32_t number,
                            const Context& context) {
  LineJudge judge(evidence, file, number, context);
  read_key_lines(file.text, context.grammar, [&](const AuthorizedKey& line) { judge.visit(line); });
  return judge.finish();
}

}  // namespace sshaudit
