// SPDX-License-Identifier: MIT
#include "rules/connection_reports.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

namespace sshaudit {
namespace {

// A key is listed when it is for any kind of connections, and usable when it is for one.
void merge_listed(const std::vector<ConnectionReport>& reports, AccountReport& merged) {
  std::map<std::tuple<std::string, std::size_t, std::string>, std::size_t> known;
  std::vector<std::vector<std::string>> works_for;
  for (const auto& one : reports) {
    for (const auto& key : one.report.keys) {
      const auto [at, added] = known.emplace(std::tuple(key.file, key.line, key.fingerprint), merged.keys.size());
      if (added) merged.keys.push_back(key);
      if (added) works_for.emplace_back();
      auto& listed = merged.keys[at->second];
      if (key.use < listed.use) listed = key;
      if (key.use == KeyUse::usable) works_for[at->second].push_back(one.connections);
    }
  }
  for (std::size_t i = 0; i < merged.keys.size(); ++i) {
    auto& why = merged.keys[i].why;
    if (works_for[i].empty() || works_for[i].size() == reports.size()) continue;
    why += fmt::format("{}only for {}", why.empty() ? "" : ", ", fmt::join(works_for[i], ", or "));
  }
}

void merge_keys(const std::vector<ConnectionReport>& reports, AccountReport& merged) {
  merge_listed(reports, merged);
  std::map<std::string, std::uint32_t> files;
  std::map<std::tuple<KeyDigest, std::uint32_t, std::uint32_t>, std::size_t> known;
  for (const auto& one : reports) {
    merged.usable_keys = std::max(merged.usable_keys, one.report.usable_keys);
    if (merged.nearby_keys.empty()) merged.nearby_keys = one.report.nearby_keys;
    for (auto mention : one.report.mentions) {
      const auto& path = one.report.key_files[mention.file];
      const auto [file, is_new] = files.emplace(path, static_cast<std::uint32_t>(files.size()));
      if (is_new) merged.key_files.push_back(path);
      mention.file = file->second;
      const auto [at, added] =
          known.emplace(std::tuple(mention.digest, mention.file, mention.line), merged.mentions.size());
      if (added) merged.mentions.push_back(mention);
      merged.mentions[at->second].usable = merged.mentions[at->second].usable || mention.usable;
    }
  }
}

}  // namespace

AccountReport merge_reports(std::vector<ConnectionReport> reports) {
  if (reports.size() == 1) return std::move(reports.front().report);
  // The best for the account comes first.
  constexpr std::array order = {KeyLogin::accepted, KeyLogin::closes, KeyLogin::unknown, KeyLogin::refused,
                                KeyLogin::none};
  AccountReport merged;
  merged.account = reports.front().report.account;
  const auto rank = [&](const ConnectionReport& one) { return std::ranges::find(order, one.report.key_login); };
  merged.key_login = std::ranges::min(reports, {}, rank).report.key_login;
  merge_keys(reports, merged);
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

}  // namespace sshaudit
