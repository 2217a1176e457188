// SPDX-License-Identifier: MIT
// What shadow(5) does to keys: through pam_unix with UsePAM yes, through sshd itself with UsePAM no.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "rules/account_rules.h"
#include "rules/account_state.h"
#include "rules/key_file_rules.h"
#include "rules/pam_unix.h"
#include "rules/settings_rules.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

using Details = std::vector<Detail>;

// Of a module named pam_unix that refuses with this code.
const PamObjection* refusal_of_pam_unix(const AccountState& state, PamCode code) {
  const auto& causes = state.verdict.causes;
  const auto found =
      std::ranges::find_if(causes, [&](const auto& cause) { return is_pam_unix(*cause.entry) && cause.code == code; });
  return found == causes.end() ? nullptr : &*found;
}

// With UsePAM no the day itself is still allowed. (OpenSSH auth-shadow.c: auth_shadow_acctexpired)
bool is_expired_for_sshd(const AccountEvidence& evidence, std::int64_t today) {
  const auto& shadow = evidence.shadow;
  return !evidence.settings.use_pam && shadow && shadow->expire && *shadow->expire < today;
}

Details account_expired(const AccountState& state, const Context& context) {
  const auto& evidence = state.evidence;
  const bool by_sshd = matters(evidence) && is_expired_for_sshd(evidence, today_of(context));
  if (!by_sshd && refusal_of_pam_unix(state, PamCode::acct_expired) == nullptr) return {};
  const auto day = day_in_words(evidence.shadow ? evidence.shadow->expire.value_or(0) : 0);
  return {{.message = fmt::format("the account expired on {} (chage -E)", day),
           .sshd_logs = by_sshd ? fmt::format("Account {} has expired", evidence.account.name) : denial_log(evidence),
           .expected = "an account that has not expired",
           .actual = fmt::format("expired on {}", day),
           .remedy = {{{"chage", "-E", "-1", evidence.account.name}}, "only if it is to log in again"}}};
}

// A password that is locked comes back with usermod -U, and is lost with a new field.
Remedy unlock(const std::string& name, bool has_password) {
  if (!has_password) return {{{"usermod", "-p", "*", name}}, "it has no password then either, but keys work"};
  return {{},
          fmt::format("if it is to log in by key and its locked password may be lost: usermod -p '*' {}", shown(name))};
}

Details account_locked(const AccountState& state, const Context&) {
  const auto& evidence = state.evidence;
  const auto field = evidence.shadow ? evidence.shadow->password : evidence.account.password;
  if (evidence.settings.use_pam || field != PasswordField::locked || !matters(evidence)) return {};
  const auto& name = evidence.account.name;
  const bool has_password = evidence.shadow && evidence.shadow->has_hash;
  return {{.message = fmt::format("it is locked for sshd: its password in {} begins with \"!\", and UsePAM is no{}",
                                  evidence.shadow ? "shadow" : "passwd", place_of(evidence, "usepam")),
           .sshd_logs = fmt::format("User {} not allowed because account is locked", name),
           .expected = "a password field that does not begin with \"!\"",
           .actual = "locked",
           .remedy = unlock(name, has_password)}};
}

Details password_expired(const AccountState& state, const Context&) {
  const auto* cause = refusal_of_pam_unix(state, PamCode::authtok_expired);
  if (cause == nullptr) return {};
  return {{.message = fmt::format("{}, which keeps keys out too", cause->answer.why),
           .sshd_logs = denial_log(state.evidence),
           .expected = "a password that has not expired",
           .actual = cause->answer.why,
           .remedy = stop_ageing(state.evidence)}};
}

// sshd runs passwd then. (OpenSSH session.c: do_exec, do_login)
Details password_change_required(const AccountState& state, const Context& context) {
  const auto& shadow = state.evidence.shadow;
  if (state.verdict.refuses() || !state.verdict.wants_new_password() || !shadow) return {};
  const bool is_forced = shadow->last_change == 0;
  auto remedy = stop_ageing(state.evidence);
  if (is_forced && !remedy.commands.empty())
    remedy.commands = {{"chage", "-d", day_in_words(today_of(context)), state.evidence.account.name}};
  return {{.message = fmt::format("the key is accepted, but the password has to be changed first ({}): without a "
                                  "terminal the session ends at once",
                                  is_forced ? "chage -d 0" : "it has expired"),
           .expected = "a password that need not be changed",
           .actual = is_forced ? "to be changed at the next login" : "expired",
           .remedy = std::move(remedy)}};
}

Details no_shadow_entry(const AccountState& state, const Context&) {
  const auto* cause = refusal_of_pam_unix(state, PamCode::authinfo_unavail);
  if (cause == nullptr) return {};
  return {{.path = "/etc/shadow",
           .message = fmt::format("it has no entry in shadow, so {} refuses it", module_in_words(*cause->entry)),
           .sshd_logs = denial_log(state.evidence),
           .expected = "an entry in shadow",
           .actual = "none",
           .remedy = {{}, "pwconv makes the entries that are missing"}}};
}

// "!" before a password is what usermod -L and passwd -l write. Of an account that never had one it says nothing.
Details disabled_but_accepted(const AccountState& state, const Context&) {
  const auto& shadow = state.evidence.shadow;
  if (!state.evidence.settings.use_pam || !shadow || !shadow->has_hash || !has_keys(state.evidence)) return {};
  const bool is_open = state.verdict.stack != nullptr && !state.verdict.refuses();
  if (shadow->password != PasswordField::locked || !is_open) return {};
  return {{.message = "its password is locked (usermod -L, passwd -l), but its keys still let it in",
           .expected = "an account that is open, or one that is shut for keys too",
           .actual = "locked for passwords only",
           .remedy = {{}, fmt::format("to shut it for keys too: chage -E 0 {}", shown(state.evidence.account.name))}}};
}

constexpr std::string_view ageing_why =
    "pam_unix applies password ageing (shadow(5)) to key logins too, unless no_pass_expiry is among its arguments. "
    "(Linux-PAM passverify.c: check_shadow_expiry)";

using R = Rule<AccountState>;
constexpr auto of_account = Subject::account;
constexpr auto error = Severity::error;

const std::array rows = {
    R{{"account-expired", of_account, Effect::refuses, Severity::warning, "The account has expired.",
       "With UsePAM pam_unix refuses from the day of expiry on; without, sshd does from the day after. (OpenSSH "
       "auth-shadow.c: auth_shadow_acctexpired; Linux-PAM passverify.c: check_shadow_expiry)",
       "If it is to log in again: chage -E -1 NAME", LoginStep::account},
      account_expired},
    R{{"account-locked", of_account, Effect::refuses, error, "The account is locked, and sshd looks at that itself.",
       "With UsePAM no a password field that begins with ! keeps keys out. (OpenSSH platform.c: "
       "platform_locked_account)",
       "Take the mark away without setting a password: usermod -p '*' NAME", LoginStep::account},
      account_locked},
    R{{"password-expired", of_account, Effect::refuses, error,
       "The password expired so long ago that the account is inactive.", ageing_why,
       "Have the password changed; without one, end its ageing: chage -M -1 -I -1 NAME", LoginStep::pam},
      password_expired},
    R{{"password-change-required", of_account, Effect::closes, error,
       "The password has to be changed at the next login.",
       "The key is accepted; sshd then runs passwd, and without a terminal ends the session. (OpenSSH session.c: "
       "do_exec; Linux-PAM passverify.c: check_shadow_expiry)",
       "Have the password changed; without one, end its ageing: chage -M -1 NAME", LoginStep::session},
      password_change_required},
    R{{"no-shadow-entry", of_account, Effect::refuses, error, "The account has no entry in shadow.",
       "passwd says that there is one, and pam_unix refuses when it is not there. (Linux-PAM passverify.c: "
       "get_account_info)",
       "pwconv makes the entries that are missing.", LoginStep::pam},
      no_shadow_entry},
    R{{"disabled-but-accepted", of_account, Effect::informs, Severity::notice,
       "The password is locked, but keys still work.",
       "With UsePAM neither sshd nor pam_unix looks at the ! in front of the password.",
       "To shut it for keys too: chage -E 0 NAME"},
      disabled_but_accepted},
};

}  // namespace

std::span<const Rule<AccountState>> shadow_rules() { return rows; }

}  // namespace sshaudit
