// SPDX-License-Identifier: MIT
// Runs every rule over its subject and folds the effects of the findings into a verdict.
#pragma once

#include <vector>

#include "rules/connection_reports.h"
#include "rules/key_census.h"
#include "rules/rule.h"
#include "sshaudit/evidence.h"
#include "sshaudit/lost_account.h"
#include "sshaudit/report.h"

namespace sshaudit {

AccountReport audit_account(const AccountEvidence& evidence, const Context& context);

// Of an account of which nothing is known, and why.
AccountReport report_loss(const LostAccount& lost, const Context& context);

// The findings that are no single account's.
std::vector<Finding> audit_host(const Server& server, const UserDatabase& database, const Context& context);

// What shows when the keys of many accounts are compared.
std::vector<Finding> audit_keys(KeyCensus& census, const Context& context);

// Adds what a report counts. `unknown` findings make the summary incomplete, also where a waiver covers them.
void count(const std::vector<Finding>& findings, Summary& summary);
void count(const AccountReport& report, Summary& summary);

}  // namespace sshaudit
