// SPDX-License-Identifier: MIT
// What AccountAudit does for those who change something.
#include <algorithm>

#include "cli/account_audit.h"
#include "parse/authorized_keys.h"
#include "rules/connection_reports.h"
#include "rules/key_sources.h"
#include "rules/waivers.h"

namespace sshaudit {

AccountAudit::PlannedAccount AccountAudit::plan(const Account& account, std::string_view date,
                                                const std::function<void(Plan& plan)>& look) {
  std::vector<AccountEvidence> evidences;
  std::vector<ConnectionReport> now;
  for (const auto& one : cases_of(account)) {
    evidences.push_back(observe(account, one, one.settings));
    now.push_back({one.connections, audit_account(evidences.back(), *context_)});
  }
  PlannedAccount planned{merge_reports(std::move(now)), {}};
  Waivers(arguments_.waivers, context_->now).apply(planned.report);  // what is accepted is left alone
  auto& plan = planned.plan;
  plan = plan_account(planned.report, evidences, *context_, date);
  look(plan);
  if (plan.is_empty() || opens_what_is_closed(evidences, plan)) return planned;
  std::vector<ConnectionReport> then;
  for (std::size_t i = 0; i < evidences.size(); ++i) {
    then.push_back({cases_of(account)[i].connections, audit_account(with_plan(evidences[i], plan), *context_)});
  }
  const auto report_then = merge_reports(std::move(then));
  plan.then = report_then.key_login;
  plan.let_in = keys_let_in(planned.report, report_then);
  return planned;
}

// The line's key, for RevokedKeys; the files have to be the same for every connection.
Result<AccountAudit::PlannedKey> AccountAudit::plan_key(const Account& account, const std::string& line) {
  const auto& cases = cases_of(account);
  const auto same_files = [&](const AccountCase& one) {
    return one.settings.authorized_keys_file == cases.front().settings.authorized_keys_file;
  };
  if (!std::ranges::all_of(cases, same_files)) {
    return tl::unexpected(
        Error{"sshd reads other key files for some connections: say with --from which are meant", account.name, 0});
  }
  auto evidence = evidence_of(account, cases.front());
  OfferedKey offered;
  read_key_lines(line + "\n", context_->grammar, [&](const AuthorizedKey& one) {
    offered.key = one.key;
    offered.wire = one.wire;
  });
  offered = named(std::move(offered));
  if (!evidence.settings.revoked_keys.empty()) evidence.revocations = revoked_->look_up(evidence, &offered);
  return PlannedKey{std::move(offered), evidence.identity, plan_key_addition(evidence, line, *context_)};
}

}  // namespace sshaudit
