// SPDX-License-Identifier: MIT
#include "rules/account_state.h"

#include <fmt/format.h>

#include "parse/pam_files.h"
#include "parse/pattern.h"
#include "rules/account_rules.h"
#include "rules/key_file_rules.h"
#include "rules/pam_unix.h"
#include "rules/settings_rules.h"
#include "rules/wording.h"

namespace sshaudit {

std::int64_t today_of(const Context& context) { return context.now / seconds_of_a_day; }

AccountState account_state(const AccountEvidence& evidence, const Context& context) {
  AccountState state{evidence, nullptr, {}};
  if (!matters(evidence)) return state;
  state.stack = pam_stack_of(evidence, context);
  state.verdict = pam_verdict(evidence, context, today_of(context));
  return state;
}

void judge_account_state(const AccountEvidence& evidence, const Context& context, std::vector<Finding>& findings) {
  if (!matters(evidence)) return;
  const auto state = account_state(evidence, context);
  judge(shadow_rules(), state, context, findings);
  judge(pam_rules(), state, context, findings);
  judge(forecast_rules(), state, context, findings);
}

// auth-pam.c: do_pam_account; monitor.c.
std::string denial_log(const AccountEvidence& evidence) {
  return fmt::format("Access denied for user {} by PAM account configuration [preauth]", evidence.account.name);
}

Remedy stop_ageing(const AccountEvidence& evidence) {
  const auto& name = evidence.account.name;
  std::vector<std::string> command = {"chage", "-M", "-1", "-I", "-1", name};
  if (!evidence.shadow || !evidence.shadow->has_hash)
    return {{std::move(command)}, "it has no password that could be changed"};
  return {
      {},
      fmt::format("have the password changed (passwd {}); where keys alone are used, end its ageing: chage -M -1 -I "
                  "-1 {}",
                  shown(name), shown(name))};
}

std::string module_in_words(const PamEntry& entry) {
  const auto name = entry.module.empty() ? std::string("a line without a module") : shown(module_name(entry.module));
  return fmt::format("{} ({})", name, place_in_words(entry.place));
}

}  // namespace sshaudit
