// SPDX-License-Identifier: MIT
// What will keep an account out on a date that is known; and what keeps all out today.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "parse/key_option_values.h"
#include "parse/pam_files.h"
#include "parse/pattern.h"
#include "rules/account_state.h"
#include "rules/key_file_rules.h"
#include "rules/pam_unix.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

using Details = std::vector<Detail>;

enum class Turn { expires, ages, wants_change };

// The first day, counted since 1970, on which the login takes that turn, within the time that is looked ahead.
std::optional<std::int64_t> day_of(Turn turn, const AccountState& state, const Context& context) {
  const auto& evidence = state.evidence;
  const auto& today = state.verdict;
  if (!has_keys(evidence) || !evidence.shadow || today.stack == nullptr) return std::nullopt;
  if (today.refuses() || today.wants_new_password()) return std::nullopt;
  const auto first = today_of(context);
  for (const auto day : changing_days(*evidence.shadow, first, first + context.forecast_days)) {
    const auto verdict = pam_verdict(evidence, context, day);
    const auto code = verdict.refuses() && !verdict.causes.empty() ? verdict.causes.front().code : PamCode::success;
    if (turn == Turn::wants_change && !verdict.refuses() && verdict.wants_new_password()) return day;
    if (turn == Turn::expires && code == PamCode::acct_expired) return day;
    if (turn == Turn::ages && code == PamCode::authtok_expired) return day;
  }
  return std::nullopt;
}

// sshd itself refuses from the day after the day of expiry on.
std::optional<std::int64_t> day_of_expiry_for_sshd(const AccountState& state, const Context& context) {
  const auto& evidence = state.evidence;
  if (evidence.settings.use_pam || !has_keys(evidence) || !evidence.shadow || !evidence.shadow->expire)
    return std::nullopt;
  if (evidence.shadow->password == PasswordField::locked) return std::nullopt;
  const auto day = *evidence.shadow->expire + 1;
  const auto today = today_of(context);
  return day > today && day <= today + context.forecast_days ? std::optional(day) : std::nullopt;
}

std::string when(std::int64_t day, const Context& context) {
  const auto days = day - today_of(context);
  return fmt::format("in {} day{} ({})", days, days == 1 ? "" : "s", day_in_words(day));
}

Details account_will_expire(const AccountState& state, const Context& context) {
  auto day = day_of(Turn::expires, state, context);
  if (!day) day = day_of_expiry_for_sshd(state, context);
  if (!day) return {};
  return {{.message = fmt::format("key logins will stop {}: the account expires (chage -E)", when(*day, context)),
           .expected = "an account that does not expire, or a later date",
           .actual = fmt::format("until {}", day_in_words(*day)),
           .remedy = {{}, fmt::format("if it is still needed: chage -E DATE {}", shown(state.evidence.account.name))}}};
}

std::string ageing_in_words(const ShadowEntry& shadow) {
  return fmt::format("its password ages at {} days{}", shadow.max.value_or(0),
                     shadow.has_hash ? "" : ", but the account has no password");
}

Details password_will_expire(const AccountState& state, const Context& context) {
  const auto day = day_of(Turn::ages, state, context);
  if (!day) return {};
  const auto& shadow = *state.evidence.shadow;
  return {{.message = fmt::format("key logins will stop {}: {}, and is inactive {} days later", when(*day, context),
                                  ageing_in_words(shadow), shadow.inactive.value_or(0)),
           .expected = "a password that does not age, or a newer one",
           .actual = fmt::format("until {}", day_in_words(*day)),
           .remedy = stop_ageing(state.evidence)}};
}

Details password_change_ahead(const AccountState& state, const Context& context) {
  const auto day = day_of(Turn::wants_change, state, context);
  if (!day) return {};
  return {{.message = fmt::format("key logins without a terminal will stop {}: {}", when(*day, context),
                                  ageing_in_words(*state.evidence.shadow)),
           .expected = "a password that does not age, or a newer one",
           .actual = fmt::format("until {}", day_in_words(*day)),
           .remedy = stop_ageing(state.evidence)}};
}

// Whether the account stack that everybody meets, or sshd itself, looks for the file.
bool is_asked_for(const NologinFile& file, const Server& server, const HostState& host) {
  if (!server.settings.use_pam) return file.path == "/etc/nologin";
  const auto stack = host.pam_stacks.find(lower_case(server.settings.pam_service_name));
  return stack != host.pam_stacks.end() && std::ranges::any_of(stack->second.account, [](const PamEntry& entry) {
           return module_name(entry.module) == "pam_nologin" && !argument_of(entry, "file");
         });
}

Details nologin_present(const Server& server, const Context& context) {
  if (context.host == nullptr) return {};
  for (const auto& file : context.host->nologin) {
    if (file.errnum != 0 || !is_asked_for(file, server, *context.host)) continue;
    const auto text = file.text.substr(0, file.text.find('\n'));
    const auto days = (context.now - file.since) / seconds_of_a_day;
    const auto hours = (context.now - file.since) % seconds_of_a_day / 3600;
    return {{.path = file.path,
             .message = fmt::format("only root can log in: {} exists since {} ({} days, {} hours){}", file.path,
                                    date_in_words(file.since), days, hours,
                                    text.empty() ? "" : fmt::format(", and says \"{}\"", shown(text))),
             .expected = "no such file",
             .actual = "there",
             .remedy = {{},
                        "see what holds up the start or stop of the system (systemctl list-jobs); remove it "
                        "when nothing does"}}};
  }
  return {};
}

using R = Rule<AccountState>;
constexpr auto of_account = Subject::account;
constexpr auto warning = Severity::warning;
constexpr std::string_view ageing_why =
    "pam_unix applies password ageing (shadow(5)) to key logins too. (Linux-PAM passverify.c: check_shadow_expiry)";

const std::array rows = {
    R{{"account-will-expire", of_account, Effect::endangers, warning, "The account expires soon.",
       "An expired account is refused, keys or not. (shadow(5))", "If it is still needed: chage -E DATE NAME",
       LoginStep::account},
      account_will_expire},
    R{{"password-will-expire", of_account, Effect::endangers, warning,
       "The account becomes inactive soon, because its password ages.", ageing_why,
       "Have the password changed; without one, end its ageing: chage -M -1 -I -1 NAME", LoginStep::pam},
      password_will_expire},
    R{{"password-change-ahead", of_account, Effect::endangers, warning, "The password will have to be changed soon.",
       ageing_why, "Have the password changed; without one, end its ageing: chage -M -1 NAME", LoginStep::session},
      password_change_ahead},
};

const std::array host_rows = {
    Rule<Server>{{"nologin-present", Subject::server, Effect::informs, warning, "A nologin file is there.",
                  "pam_nologin, or sshd with UsePAM no, lets only root in while it exists. (nologin(5))",
                  "See what holds up the start or stop of the system."},
                 nologin_present},
};

}  // namespace

std::span<const Rule<AccountState>> forecast_rules() { return rows; }
std::span<const Rule<Server>> host_state_rules() { return host_rows; }

}  // namespace sshaudit
