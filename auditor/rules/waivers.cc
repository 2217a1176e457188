// SPDX-License-Identifier: MIT
#include "rules/waivers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "parse/pattern.h"
#include "rules/pam_unix.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

using Details = std::vector<Detail>;

// `account` is null for findings of the server and the host.
bool covers(const Waiver& waiver, const Finding& finding, const std::string* account) {
  if (finding.rule->id != waiver.rule) return false;
  if (!waiver.path.empty() && !matches_pattern(finding.detail.path, waiver.path)) return false;
  if (account == nullptr) return waiver.account.empty();
  return matches_pattern_list(*account, waiver.account, false) == 1;
}

std::string in_words(const Waiver& waiver) {
  auto text = "the waiver of " + waiver.rule;
  if (!waiver.account.empty()) text += " for " + shown(waiver.account);
  if (!waiver.path.empty()) text += " at " + shown(waiver.path);
  return text;
}

Details waiver_expired(const Waivers& waivers, const Context&) {
  Details details;
  for (const auto& waiver : waivers.all()) {
    if (!waivers.is_expired(waiver)) continue;
    details.push_back(
        {.path = {},
         .message = fmt::format("{} (line {}) ended on {} and covers nothing any more: {}", in_words(waiver),
                                waiver.line, waiver.until, shown(waiver.reason)),
         .expected = "a date to come",
         .actual = waiver.until,
         .remedy = {{}, "mend what it was for, and take it out of sshaudit.toml; or give it a new date"}});
  }
  return details;
}

Details waiver_unused(const Waivers& waivers, const Context&) {
  Details details;
  for (const auto& waiver : waivers.all()) {
    if (!waivers.is_unused(waiver)) continue;
    details.push_back(
        {.path = {},
         .message = fmt::format("{} (line {}, until {}) covers nothing that was found", in_words(waiver), waiver.line,
                                waiver.until),
         .expected = "waivers of what is there",
         .actual = "unused",
         .remedy = {{}, "take it out of sshaudit.toml, where what it was for is mended; or correct its patterns"}});
  }
  return details;
}

using R = Rule<Waivers>;
const std::array rules = {
    R{{"waiver-expired", Subject::host, Effect::informs, Severity::warning, "A waiver is past its last day.",
       "It covers nothing any more: what it was for counts again, where it is still there. Days end as those of UTC "
       "do. "
       "(/etc/sshaudit/sshaudit.toml)",
       "Mend what it was for, and take the waiver out; or give it a new date."},
      waiver_expired},
    R{{"waiver-unused", Subject::host, Effect::informs, Severity::notice, "A waiver covers nothing.",
       "No account of the host has what it is for: it is mended, or a pattern of the waiver is wrong. Said when all "
       "accounts were audited. (/etc/sshaudit/sshaudit.toml)",
       "Take the waiver out, or correct its patterns."},
      waiver_unused},
};

}  // namespace

Waivers::Waivers(std::span<const Waiver> waivers, std::int64_t now)
    : waivers_(waivers), today_(day_in_words(now / seconds_of_a_day)), used_(waivers.size()) {}

void Waivers::apply(AccountReport& report) { apply(report.findings, &report.account.name); }
void Waivers::apply(std::vector<Finding>& of_host) { apply(of_host, nullptr); }

void Waivers::apply(std::vector<Finding>& findings, const std::string* account) {
  if (waivers_.empty()) return;
  for (auto& finding : findings) {
    for (const auto& waiver : waivers_) {
      if (is_expired(waiver) || !covers(waiver, finding, account)) continue;
      used_[position_of(waiver)] = true;
      if (finding.waiver == nullptr) finding.waiver = &waiver;
    }
  }
}

bool Waivers::is_unused(const Waiver& waiver) const {
  return all_seen_ && !used_[position_of(waiver)] && !is_expired(waiver);
}

std::size_t Waivers::position_of(const Waiver& waiver) const {
  return static_cast<std::size_t>(&waiver - waivers_.data());
}

std::span<const Rule<Waivers>> waiver_rules() { return rules; }

}  // namespace sshaudit
