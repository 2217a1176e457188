// SPDX-License-Identifier: MIT
// What AccountAudit does for those who change something.
#include <algorithm>

#include "cli/account_audit.h"
#include "parse/authorized_keys.h"
#include "rules/connection_reports.h"
#include "rules/key_sources.h"
#include "rules/waivers.h"
#include "wire/evidence_wire.h"

namespace sshaudit {

// A process that users' bytes have taken over may say anything.
bool AccountAudit::is_identity_of(const Account& account, const Identity& identity) const {
  if (!memberships_.ask_services()) return identity == memberships_.identity_of(account);
  return identity.uid == account.uid && identity.gid == account.gid;
}

std::optional<AccountAudit::PlannedAccount> AccountAudit::plan(std::size_t account, const AccountOutcome& outcome,
                                                               std::string_view date,
                                                               const std::function<void(Plan& plan)>& look) {
  const auto& who = *accounts_[account];
  const auto& cases = *cases_by_position_[account];
  wire::EvidenceDecoder decoding;
  auto decoder = decoding.decoder(parts_of(outcome).evidence);
  std::vector<AccountEvidence> evidences(cases.size());
  std::vector<ConnectionReport> now;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    auto& evidence = evidences[i];
    evidence.account = who;
    evidence.settings = cases[i].settings;
    evidence.origin = cases[i].origin;
    if (!decoding.read(decoder, evidence) || !is_identity_of(who, evidence.identity)) return std::nullopt;
    now.push_back({cases[i].connections, audit_account(evidence, *context_)});
  }
  PlannedAccount planned{merge_reports(std::move(now)), {}};
  Waivers(arguments_.waivers, context_->now).apply(planned.report);  // what is accepted is left alone
  auto& plan = planned.plan;
  plan = plan_account(planned.report, evidences, *context_, date);
  look(plan);
  if (plan.is_empty() || opens_what_is_closed(evidences, plan)) return planned;
  std::vector<ConnectionReport> then;
  for (std::size_t i = 0; i < evidences.size(); ++i) {
    then.push_back({cases[i].connections, audit_account(with_plan(evidences[i], plan), *context_)});
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
