// SPDX-License-Identifier: MIT
#include "audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "rules/account_rules.h"
#include "rules/account_state.h"
#include "rules/certificate_rules.h"
#include "rules/environment_rules.h"
#include "rules/host_rules.h"
#include "rules/key_content_rules.h"
#include "rules/key_file_rules.h"
#include "rules/key_lines.h"
#include "rules/keys_command_rules.h"
#include "rules/lost_account_rules.h"
#include "rules/settings_rules.h"

namespace sshaudit {
namespace {

bool any_of(std::span<const Finding> findings, Effect effect) {
  return std::ranges::any_of(findings, [&](const auto& finding) { return finding.rule->effect == effect; });
}

// How many key files each fate met. One with keys of which none is of use is refused.
struct KeyFiles {
  std::size_t usable = 0;
  std::size_t refused = 0;
  std::size_t unknown = 0;
  LineFates lines;  // of those that are usable
};

// Key files of one account share directories: what is wrong with one of those is said once, where sshd first logs it.
void add_once(std::vector<Finding>& findings, Finding finding) {
  const auto known = std::ranges::find_if(findings, [&](const auto& other) {
    return other.rule == finding.rule && other.detail.path == finding.detail.path;
  });
  if (known != findings.end()) {
    if (!known->detail.sshd_logs.empty() || finding.detail.sshd_logs.empty()) return;
    findings.erase(known);
  }
  findings.push_back(std::move(finding));
}

void count_key_file(const std::vector<Finding>& of_file, bool is_cut, const LineFates& lines, KeyFiles& files) {
  const bool refused = any_of(of_file, Effect::refuses);
  const bool unknown = any_of(of_file, Effect::unknown) || is_cut || lines.unknown > 0;
  if (!refused && lines.usable > 0) {
    ++files.usable;
    files.lines.usable += lines.usable;
    files.lines.closing += lines.closing;
    if (unknown) ++files.unknown;
  } else if (!refused && unknown) {
    ++files.unknown;
  } else if (refused || lines.unusable > 0) {
    ++files.refused;
  }
}

// What a user has written can be as long as a key file may be, and a mail with all of it helps nobody.
void shorten(std::vector<Finding>& findings) {
  constexpr std::size_t longest = 4096;
  for (auto& finding : findings) {
    auto& detail = finding.detail;
    for (auto* text : {&detail.message, &detail.sshd_logs, &detail.expected, &detail.actual, &detail.remedy.note}) {
      if (text->size() <= longest) continue;
      auto end = longest;
      while (end > 0 && ((*text)[end] & '\xC0') == '\x80') --end;  // not amidst a character
      text->replace(end, std::string::npos, "...");
    }
  }
}

const Finding* first_of(const std::vector<Finding>& findings, Effect effect) {
  const auto found = std::ranges::find_if(findings, [&](const Finding& one) { return one.rule->effect == effect; });
  return found == findings.end() ? nullptr : &*found;
}

// What sshd does not read lets nobody in.
void give_up_keys(JudgedLines& lines, const Finding& refusal) {
  for (auto& mention : lines.mentions) mention.usable = false;
  for (auto& key : lines.keys) {
    if (key.use == KeyUse::unusable) continue;
    key.use = KeyUse::unusable;
    key.why = "file refused: " + std::string(refusal.rule->id);
  }
}

void judge_key_file(const KeyFileSubject& subject, const Context& context, AccountReport& report, KeyFiles& files) {
  const auto number = static_cast<std::uint32_t>(report.key_files.size());
  report.key_files.push_back(subject.file.path);
  auto lines = judge_key_lines(subject.evidence, subject.file, number, context);
  std::vector<Finding> of_content;
  judge(key_content_rules(), {subject.evidence, subject.file, lines.mentions}, context, of_content);
  std::vector<Finding> of_file;
  if (!holds_no_keys(subject.file, subject.evidence)) {
    judge(walk_rules(), subject, context, of_file);
    judge(open_rules(), subject, context, of_file);
    judge(environment_rules(), subject, context, of_file);
    count_key_file(of_file, subject.file.truncated, lines.fates, files);
  }
  if (const auto* refusal = first_of(of_file, Effect::refuses); refusal != nullptr) give_up_keys(lines, *refusal);
  std::ranges::move(lines.mentions, std::back_inserter(report.mentions));
  std::ranges::move(lines.keys, std::back_inserter(report.keys));
  for (auto& finding : of_file) add_once(report.findings, std::move(finding));
  std::ranges::move(of_content, std::back_inserter(report.findings));
  std::ranges::move(lines.findings, std::back_inserter(report.findings));
}

// Its output is one more source of keys, which sshd falls through to when no file has the key.
void judge_keys_command(const AccountEvidence& evidence, const Context& context, AccountReport& report,
                        KeyFiles& files) {
  const bool files_refuse = files.refused > 0 && files.usable == 0 && files.unknown == 0;
  std::vector<Finding> found;
  judge(keys_command_rules(), {evidence, files.usable > 0, files_refuse}, context, found);
  const auto fate = fate_of_keys_command(evidence, context);
  if (fate == KeysCommandFate::printed || fate == KeysCommandFate::failed) {
    const auto file = printed_keys(evidence);
    const auto number = static_cast<std::uint32_t>(report.key_files.size());
    report.key_files.push_back(file.path);
    auto lines = judge_key_lines(evidence, file, number, context);
    count_key_file(found, file.truncated, lines.fates, files);
    if (const auto* refusal = first_of(found, Effect::refuses); refusal != nullptr) give_up_keys(lines, *refusal);
    std::ranges::move(lines.mentions, std::back_inserter(report.mentions));
    std::ranges::move(lines.keys, std::back_inserter(report.keys));
    std::ranges::move(lines.findings, std::back_inserter(report.findings));
  } else if (any_of(found, Effect::unknown)) {
    ++files.unknown;
  }
  std::ranges::move(found, std::back_inserter(report.findings));
}

// For everybody, or because sshd dies before it comes to any key file.
bool is_lost(const AccountEvidence& evidence, const Context& context) {
  if (context.server != nullptr && refuses_every_key(*context.server)) return true;
  return !context.facts.files_first && fate_of_keys_command(evidence, context) == KeysCommandFate::ends_connection;
}

// The first line that applies decides. One usable key is enough.
KeyLogin fold(std::span<const Finding> of_account, const KeyFiles& files) {
  if (any_of(of_account, Effect::refuses)) return KeyLogin::refused;
  if (any_of(of_account, Effect::unknown))
    return files.refused > 0 && files.usable == 0 && files.unknown == 0 ? KeyLogin::refused : KeyLogin::unknown;
  if (files.usable > 0 && any_of(of_account, Effect::closes)) return KeyLogin::closes;
  if (files.lines.usable > files.lines.closing) return KeyLogin::accepted;
  if (files.usable > 0 && files.unknown == 0) return KeyLogin::closes;
  if (files.unknown > 0) return KeyLogin::unknown;
  return files.refused > 0 ? KeyLogin::refused : KeyLogin::none;
}

// Keys that are let in, and out again at once.
void close_keys(AccountReport& report, std::span<const Finding> of_account) {
  const auto closing = std::ranges::find_if(of_account, [](auto& one) { return one.rule->effect == Effect::closes; });
  if (closing == of_account.end()) return;
  for (auto& key : report.keys) {
    if (key.use != KeyUse::usable) continue;
    key.why += (key.why.empty() ? "" : ", ") + fmt::format("but the session ends at once: {}", closing->rule->id);
  }
}

std::string why_refused(std::span<const Finding> of_account) {
  const auto refusal = std::ranges::find_if(of_account, [](auto& one) { return one.rule->effect == Effect::refuses; });
  if (refusal == of_account.end()) return "sshd refuses every key";
  return "account refused: " + std::string(refusal->rule->id);
}

// A key is of no use in an account that is refused.
void refuse_keys(AccountReport& report, std::string_view why) {
  for (auto& key : report.keys) {
    if (key.use == KeyUse::unusable) continue;
    key.use = KeyUse::unusable;
    key.why = why;
  }
}

}  // namespace

AccountReport audit_account(const AccountEvidence& evidence, const Context& context) {
  AccountReport report;
  report.account = evidence.account;
  report.findings = judge_account(evidence, context);
  const auto of_account = report.findings.size();
  KeyFiles files;
  ScanPosition position = 0;
  for (const auto& file : evidence.key_files) {
    // sshd walks for an empty file too, and what it scans then has a say in the next walk.
    const KeyFileSubject subject{evidence, file, strict_modes_faults(file, evidence, context, position)};
    judge_key_file(subject, context, report, files);
  }
  judge(principals_rules(), evidence, context, report.findings);
  const bool no_key_counts = is_lost(evidence, context);
  if (!no_key_counts && !any_of(std::span(report.findings).first(of_account), Effect::refuses))
    judge_keys_command(evidence, context, report, files);
  judge(nearby_file_rules(), {evidence, report.mentions}, context, report.findings);
  report.nearby_keys = nearby_keys(evidence, context);
  report.usable_keys = files.lines.usable;
  report.key_login = fold(std::span(report.findings).first(of_account), files);
  if (no_key_counts && report.key_login != KeyLogin::none) report.key_login = KeyLogin::refused;
  if (report.key_login == KeyLogin::closes) close_keys(report, std::span(report.findings).first(of_account));
  if (report.key_login == KeyLogin::refused)
    refuse_keys(report, why_refused(std::span(report.findings).first(of_account)));
  shorten(report.findings);
  return report;
}

AccountReport report_loss(const LostAccount& lost, const Context& context) {
  AccountReport report;
  report.account = lost.account;
  report.key_login = KeyLogin::unknown;
  judge(lost_account_rules(), lost, context, report.findings);
  return report;
}

std::vector<Finding> audit_host(const Server& server, const UserDatabase& database, const Context& context) {
  std::vector<Finding> findings;
  judge(config_rules(), server, context, findings);
  judge(named_file_rules(), server, context, findings);
  judge(authority_file_rules(), server, context, findings);
  judge(keys_command_server_rules(), server, context, findings);
  judge(server_rules(), server, context, findings);
  judge(host_state_rules(), server, context, findings);
  judge(host_rules(), database, context, findings);
  return findings;
}

std::vector<Finding> audit_keys(KeyCensus& census, const Context& context) {
  std::vector<Finding> findings;
  census.finish();
  judge(key_census_rules(), census, context, findings);
  return findings;
}

void count(const std::vector<Finding>& findings, Summary& summary) {
  for (const auto& finding : findings) {
    ++(finding.waiver == nullptr ? summary.findings.at(static_cast<std::size_t>(finding.severity())) : summary.waived);
    if (finding.rule->effect == Effect::unknown) summary.complete = false;
  }
}

void count(const AccountReport& report, Summary& summary) {
  ++summary.accounts;
  ++summary.key_login.at(static_cast<std::size_t>(report.key_login));
  count(report.findings, summary);
}

}  // namespace sshaudit
