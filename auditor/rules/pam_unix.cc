// SPDX-License-Identifier: MIT
#include "rules/pam_unix.h"

#include <fmt/format.h>

#include <algorithm>

#include "parse/key_option_values.h"

namespace sshaudit {
namespace {

constexpr std::int64_t none = -1;  // of an empty field

PamCode ageing_before_1_6(const ShadowEntry& entry, std::int64_t today) {
  const auto max = entry.max.value_or(none);
  const auto inactive = entry.inactive.value_or(none);
  const auto passed = today - entry.last_change.value_or(none);
  const bool too_long = passed > max && passed > inactive && passed > max + inactive;
  if (too_long && max != none && inactive != none) return PamCode::authtok_expired;
  return passed > max && max != none ? PamCode::new_authtok_reqd : PamCode::success;
}

PamCode ageing_from_1_6(const ShadowEntry& entry, std::int64_t today) {
  const auto max = entry.max.value_or(none);
  const auto inactive = entry.inactive.value_or(none);
  const auto passed = today - entry.last_change.value_or(none);
  if (max < 0) return PamCode::success;
  if (inactive >= 0 && passed >= max + inactive) return PamCode::authtok_expired;
  return passed >= max ? PamCode::new_authtok_reqd : PamCode::success;
}

std::string why_not(PamCode code, const PamEntry&, const PamQuestion& question) {
  const auto& shadow = question.evidence.shadow;
  if (code == PamCode::authinfo_unavail) return "it has no entry in shadow";
  if (!shadow) return {};
  if (code == PamCode::acct_expired)
    return fmt::format("the account expired on {}", day_in_words(shadow->expire.value_or(0)));
  if (shadow->last_change == 0) return "its password has to be changed";
  const auto end = shadow->last_change.value_or(none) + shadow->max.value_or(0);
  if (code == PamCode::new_authtok_reqd) return fmt::format("its password expired on {}", day_in_words(end));
  if (code != PamCode::authtok_expired) return {};
  return fmt::format("its password expired on {}, and it is inactive since {}", day_in_words(end),
                     day_in_words(end + shadow->inactive.value_or(0)));
}

bool has_option(const PamEntry& entry, std::string_view option) {
  return std::ranges::any_of(entry.arguments, [&](const auto& word) { return word.starts_with(option); });
}

// pam_unix_acct.c: pam_sm_acct_mgmt. A key login does not authenticate by pam_unix.
PamCode with_options(PamCode code, const PamEntry& entry) {
  const bool of_password = code == PamCode::new_authtok_reqd || code == PamCode::authtok_expired;
  if (of_password && has_option(entry, "no_pass_expiry")) return PamCode::success;
  if (code == PamCode::authinfo_unavail && has_option(entry, "broken_shadow")) return PamCode::success;
  return code;
}

}  // namespace

PamCode shadow_state(const ShadowEntry& entry, std::int64_t today, PamAge age) {
  const bool is_old = age != PamAge::from_1_6;
  const auto expire = entry.expire.value_or(none);
  if ((is_old ? expire != none : expire >= 0) && today >= expire) return PamCode::acct_expired;
  const auto changed = entry.last_change.value_or(none);
  if (changed == 0) return PamCode::new_authtok_reqd;
  if ((!is_old && changed < 0) || today < changed) return PamCode::success;
  return is_old ? ageing_before_1_6(entry, today) : ageing_from_1_6(entry, today);
}

std::vector<std::int64_t> changing_days(const ShadowEntry& entry, std::int64_t today, std::int64_t last) {
  std::vector<std::int64_t> days;
  const auto note = [&](std::int64_t day) {
    if (day > today && day <= last) days.push_back(day);
  };
  if (entry.expire) note(*entry.expire);
  const auto changed = entry.last_change.value_or(none);
  for (const std::int64_t more : {0, 1}) {
    if (!entry.max) continue;
    note(changed + *entry.max + more);
    note(changed + *entry.max + entry.inactive.value_or(0) + more);
    note(changed + entry.inactive.value_or(0) + more);
  }
  note(changed);
  std::ranges::sort(days);
  days.erase(std::unique(days.begin(), days.end()), days.end());
  return days;
}

std::string day_in_words(std::int64_t day) { return date_in_words(day * seconds_of_a_day); }

PamAnswer pam_unix(const PamEntry& entry, const PamQuestion& question) {
  const auto& evidence = question.evidence;
  if (evidence.account.password != PasswordField::shadowed) return certain(PamCode::success);
  if (!evidence.shadow_seen) {
    auto answer = one_of({PamCode::success, PamCode::new_authtok_reqd, PamCode::acct_expired, PamCode::authtok_expired,
                          PamCode::authinfo_unavail});
    answer.unread = "its entry in shadow";
    return answer;
  }
  auto code =
      evidence.shadow ? shadow_state(*evidence.shadow, question.today, question.age) : PamCode::authinfo_unavail;
  code = with_options(code, entry);
  auto answer = certain(code, why_not(code, entry, question));
  if (question.age != PamAge::unknown || !evidence.shadow) return answer;
  const auto newer = with_options(shadow_state(*evidence.shadow, question.today, PamAge::from_1_6), entry);
  answer.possible |= only(newer);
  answer.usual |= only(newer);
  if (answer.why.empty()) answer.why = why_not(newer, entry, question);
  return answer;
}

}  // namespace sshaudit
