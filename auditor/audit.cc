// SPDX-License-Identifier: MIT
#include "audit.h"

#include <algorithm>
#include <array>

#include "rules/account_rules.h"
#include "rules/host_rules.h"
#include "rules/key_file_rules.h"
#include "rules/settings_rules.h"

namespace sshaudit {
namespace {

bool any_of(std::span<const Finding> findings, Effect effect) {
  return std::ranges::any_of(findings, [&](const auto& finding) { return finding.rule->effect == effect; });
}

// How many key files each fate met.
struct KeyFiles {
  std::size_t usable = 0;
  std::size_t refused = 0;
  std::size_t unknown = 0;
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

void judge_key_file(const KeyFileSubject& subject, const Context& context, std::vector<Finding>& findings,
                    KeyFiles& files) {
  std::vector<Finding> own;
  judge(walk_rules(), subject, context, own);
  judge(open_rules(), subject, context, own);
  if (any_of(own, Effect::refuses)) {
    ++files.refused;
  } else if (any_of(own, Effect::unknown)) {
    ++files.unknown;
  } else {
    ++files.usable;
  }
  for (auto& finding : own) add_once(findings, std::move(finding));
}

// The first line that applies decides. One usable key file is enough.
KeyLogin fold(std::span<const Finding> of_account, const KeyFiles& files) {
  if (any_of(of_account, Effect::refuses)) return KeyLogin::refused;
  if (any_of(of_account, Effect::unknown))
    return files.refused > 0 && files.usable == 0 && files.unknown == 0 ? KeyLogin::refused : KeyLogin::unknown;
  if (files.usable > 0) return any_of(of_account, Effect::closes) ? KeyLogin::closes : KeyLogin::accepted;
  if (files.unknown > 0) return KeyLogin::unknown;
  return files.refused > 0 ? KeyLogin::refused : KeyLogin::none;
}

}  // namespace

AccountReport audit_account(const AccountEvidence& evidence, const Context& context) {
  AccountReport report;
  report.account = evidence.account;
  judge(settings_rules(), evidence, context, report.findings);
  judge(own_file_rules(), evidence, context, report.findings);
  judge(account_rules(), evidence, context, report.findings);
  judge(shell_rules(), evidence, context, report.findings);
  const auto of_account = report.findings.size();
  KeyFiles files;
  ScanPosition position = 0;
  for (const auto& file : evidence.key_files) {
    // sshd walks for an empty file too, and what it scans then has a say in the next walk.
    const KeyFileSubject subject{evidence, file, strict_modes_faults(file, evidence, context, position)};
    if (holds_no_keys(file, evidence)) continue;
    judge_key_file(subject, context, report.findings, files);
  }
  report.key_login = fold(std::span(report.findings).first(of_account), files);
  const bool has_keys = report.key_login != KeyLogin::none;
  if (has_keys && context.server != nullptr && refuses_every_key(*context.server)) report.key_login = KeyLogin::refused;
  return report;
}

AccountReport merge_reports(std::vector<ConnectionReport> reports) {
  // The best for the account comes first.
  constexpr std::array order = {KeyLogin::accepted, KeyLogin::closes, KeyLogin::unknown, KeyLogin::refused,
                                KeyLogin::none};
  AccountReport merged;
  merged.account = reports.front().report.account;
  const auto rank = [&](const ConnectionReport& one) { return std::ranges::find(order, one.report.key_login); };
  merged.key_login = std::ranges::min(reports, {}, rank).report.key_login;
  const auto expected = std::ranges::count_if(
      reports, [](const ConnectionReport& one) { return one.report.key_login != KeyLogin::none; });
  for (const auto& one : reports) {
    for (const auto& finding : one.report.findings) {
      const auto is_same = [&](const Finding& other) {
        return other.rule == finding.rule && other.detail == finding.detail;
      };
      if (std::ranges::any_of(merged.findings, is_same)) continue;
      auto added = finding;
      std::ptrdiff_t times = 0;
      for (const auto& other : reports) {
        if (std::ranges::none_of(other.report.findings, is_same)) continue;
        ++times;
        added.connections += (added.connections.empty() ? "" : ", or ") + other.connections;
      }
      if (times >= expected) added.connections.clear();
      const bool of_settings = finding.rule->subject == Subject::account;
      added.is_meant = !added.connections.empty() && of_settings && merged.key_login == KeyLogin::accepted;
      if (added.is_meant) added.detail.remedy = {{}, "nothing to do if this is meant: other connections are let in"};
      merged.findings.push_back(std::move(added));
    }
  }
  return merged;
}

std::vector<Finding> audit_host(const Server& server, const UserDatabase& database, const Context& context) {
  std::vector<Finding> findings;
  judge(config_rules(), server, context, findings);
  judge(named_file_rules(), server, context, findings);
  judge(server_rules(), server, context, findings);
  judge(host_rules(), database, context, findings);
  return findings;
}

void count(const std::vector<Finding>& findings, Summary& summary) {
  for (const auto& finding : findings) {
    ++summary.findings.at(static_cast<std::size_t>(finding.severity()));
    if (finding.rule->effect == Effect::unknown) summary.complete = false;
  }
}

void count(const AccountReport& report, Summary& summary) {
  ++summary.accounts;
  ++summary.key_login.at(static_cast<std::size_t>(report.key_login));
  count(report.findings, summary);
}

}  // namespace sshaudit
