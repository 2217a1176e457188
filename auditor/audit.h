// SPDX-License-Identifier: MIT
// Runs every rule over its subject and folds the effects of the findings into a verdict.
#pragma once

#include <string>
#include <vector>

#include "rules/key_census.h"
#include "rules/rule.h"
#include "sshaudit/evidence.h"
#include "sshaudit/report.h"

namespace sshaudit {

AccountReport audit_account(const AccountEvidence& evidence, const Context& context);

// The same account judged for several kinds of connections, in one report. It is accepted when one of them is.
struct ConnectionReport {
  std::string connections;  // in the words of Match
  AccountReport report;
};
AccountReport merge_reports(std::vector<ConnectionReport> reports);

// The findings that are no single account's.
std::vector<Finding> audit_host(const Server& server, const UserDatabase& database, const Context& context);

// What shows when the keys of many accounts are compared.
std::vector<Finding> audit_keys(KeyCensus& census, const Context& context);

// Adds what a report counts. `unknown` findings make the summary incomplete.
void count(const std::vector<Finding>& findings, Summary& summary);
void count(const AccountReport& report, Summary& summary);

}  // namespace sshaudit
