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
  plans.clear();
  summary = {};
  grammar = audit.context().grammar;
  Waivers waivers(arguments.waivers, audit.context().now);
  auto of_host = audit.findings();
  waivers.apply(of_host);
  count(of_host, summary);
  std::vector<const Account*> wanted;
  std::map<const Account*, Plan> lost;
  std::size_t position = 0;
  auto done = audit_accounts(arguments, audit, [&](AccountReport& report) -> Result<void> {
    const auto* account = audit.accounts()[position++];
    waivers.apply(report);
    count(report, summary);
    verdicts[account->name] = report.key_login;
    const bool is_lost = was_lost(report);
    if (is_lost) lost.emplace(account, plan_of_lost(report));
    const bool is_known = known_.contains(account->name);  // what it lets in now is told
    if (is_lost || is_known || arguments.content || has_something_to_mend(report)) wanted.push_back(account);
    return {};
  });
  if (!done) return done;
  for (const auto* account : wanted) {
    const auto of_lost = lost.find(account);
    if (of_lost == lost.end()) {
      plan(audit, *account, arguments);
    } else if (!of_lost->second.advice.empty()) {
      plans.push_back(std::move(of_lost->second));
    }
  }
  return {};
}

// Nothing where the name service says nothing of one of many; the others are looked at.
void FixPlans::plan(AccountAudit& audit, const Account& account, const Arguments& arguments) {
  const auto date = arguments.content ? utc_now().substr(0, 10) : std::string();
  try {
    auto planned = audit.plan(account, date, [&](Plan& plan) { look_(plan, grammar); });
    see_keys(planned);
    auto& plan = planned.plan;
    if (!plan.is_empty() || !plan.advice.empty()) plans.push_back(std::move(plan));
  } catch (const NoAnswer& error) {
    if (!arguments.all_users) throw;
    std::fprintf(stderr, "sshaudit: %s: %s\n", visible(account.name).c_str(), error.what());
    summary.complete = false;
  }
}

void FixPlans::see_keys(const AccountAudit::PlannedAccount& planned) {
  const auto& plan = planned.plan;
  const auto id = [](const ListedKey& key) { return std::pair(key.file, key.fingerprint); };
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
