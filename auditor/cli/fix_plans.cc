// SPDX-License-Identifier: MIT
#include "cli/fix_plans.h"

#include <algorithm>
#include <cstdio>

#include "cli/supervised_audit.h"
#include "gather/host.h"
#include "gather/look_ups.h"
#include "render/visible_text.h"
#include "rules/lost_account_rules.h"
#include "rules/waivers.h"

namespace sshaudit {
namespace {

bool was_lost(const AccountReport& report) {
  return std::ranges::any_of(report.findings, [](const Finding& finding) {
    return std::ranges::any_of(lost_account_rules(),
                               [&](const auto& rule) { return rule.info.id == finding.rule->id; });
  });
}

bool has_something_to_mend(const AccountReport& report) {
  return std::ranges::any_of(report.findings, [](const Finding& finding) {
    return finding.severity() >= Severity::warning && finding.waiver == nullptr;
  });
}

// Nothing is changed where nothing could be looked at.
Plan plan_of_lost(const AccountReport& report) {
  Plan plan;
  plan.account = report.account;
  plan.now = report.key_login;
  std::ranges::copy_if(report.findings, std::back_inserter(plan.advice),
                       [](const Finding& finding) { return finding.waiver == nullptr; });
  return plan;
}

}  // namespace

Result<void> FixPlans::make(const Arguments& arguments) {
  const auto opened = AccountAudit::open(arguments);
  if (!opened) return tl::unexpected(opened.error());
  auto& audit = **opened;
  if (auto done = audit.ask_about_all(); !done) return done;
  are_many_ = are_many_ || arguments.all_users;
  plans.clear();
  summary = {};
  grammar = audit.context().grammar;
  Waivers waivers(arguments.waivers, audit.context().now);
  auto of_host = audit.findings();
  waivers.apply(of_host);
  count(of_host, summary);
  std::size_t position = 0;
  return audit_accounts(arguments, audit, [&](AccountReport& report, const AccountOutcome& outcome) -> Result<void> {
    const auto account = position++;
    waivers.apply(report);
    count(report, summary);
    const auto& name = report.account.name;
    verdicts[name] = report.key_login;
    if (was_lost(report)) {
      if (auto plan = plan_of_lost(report); !plan.advice.empty()) plans.push_back(std::move(plan));
    } else if (arguments.content || known_.contains(name) || has_something_to_mend(report)) {
      plan(audit, account, outcome, arguments.content);  // of those that are known, what they let in now is told
    }
    return {};
  });
}

// Nothing where the name service says nothing of one of many; the others are looked at.
void FixPlans::plan(AccountAudit& audit, std::size_t account, const AccountOutcome& outcome, bool with_content) {
  const auto date = with_content ? utc_now().substr(0, 10) : std::string();
  const auto leave_out = [&](const char* why) {
    std::fprintf(stderr, "sshaudit: %s: %s\n", visible(audit.accounts()[account]->name).c_str(), why);
    summary.complete = false;
  };
  try {
    auto planned = audit.plan(account, outcome, date, [&](Plan& plan) { look_(plan, grammar); });
    if (!planned) return leave_out("nothing is planned, since what was seen of it is too large or cannot be read");
    see_keys(*planned);
    auto& plan = planned->plan;
    if (!plan.is_empty() || !plan.advice.empty()) plans.push_back(std::move(plan));
  } catch (const NoAnswer& error) {
    if (!are_many_) throw;
    leave_out(error.what());
  }
}

void FixPlans::see_keys(const AccountAudit::PlannedAccount& planned) {
  const auto& plan = planned.plan;
  const auto id = [](const ListedKey& key) { return std::tuple(key.file, key.fingerprint, key.options); };
  const auto [entry, is_new] = known_.try_emplace(plan.account.name);
  auto& known = entry->second;
  for (const auto& key : planned.report.keys) {
    if (key.use != KeyUse::usable || !known.keys.insert(id(key)).second || is_new) continue;
    let_in_.push_back({plan.account.name, key, known.is_hidden});
  }
  for (const auto& key : plan.let_in) known.keys.insert(id(key));
  known.is_hidden = !plan.is_empty() && !plan.then;
}

}  // namespace sshaudit
