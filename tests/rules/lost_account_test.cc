// SPDX-License-Identifier: MIT
// What is said of accounts that nobody could look at.
#include <gtest/gtest.h>

#include "audit.h"
#include "rules/healthy_account.h"
#include "rules/rule_rows.h"

namespace sshaudit {

using Why = Loss::Why;

const std::vector<LostAccountRow>& lost_account_rows() {
  static const std::vector<LostAccountRow> rows = {
      {"account-timeout",
       {.why = Why::timed_out, .path = "/home/alice/.ssh", .seconds = 10},
       "/home/alice/.ssh did not answer in 10 s"},
      {"account-timeout", {.why = Why::timed_out, .seconds = 3}, "the name service did not answer in 3 s"},
      {"account-timeout", {.why = Why::too_slow, .seconds = 10}, "its key files could not be judged in 10 s"},
      {"account-timeout", {.why = Why::skipped, .path = "/home", .seconds = 10}, ""},
      {"mount-not-answering",
       {.why = Why::skipped, .path = "/home", .seconds = 10},
       "the home /home/alice was not looked at: /home did not answer in 10 s in this run"},
      {"mount-not-answering", {.why = Why::timed_out, .path = "/home/alice", .seconds = 10}, ""},
      {"account-not-judged",
       {.why = Why::crashed, .number = 11, .is_signal = true},
       "it could not be looked at: the process that looked at it was ended by signal 11 (Segmentation fault)"},
      {"account-not-judged",
       {.why = Why::crashed, .number = 1},
       "it could not be looked at: the process that looked at it ended with status 1"},
      {"account-not-judged", {.why = Why::failed, .text = "out of memory"}, "it could not be looked at: out of memory"},
      {"account-not-judged", {.why = Why::too_slow, .seconds = 10}, ""},
  };
  return rows;
}

namespace {

TEST(Rules, OfLostAccounts) {
  const auto database = healthy_database();
  const AccountIndex index(database);
  for (const auto& row : lost_account_rows()) {
    const auto report = report_loss({database.accounts[1], row.loss}, {index, {}});
    EXPECT_EQ(report.key_login, KeyLogin::unknown);
    EXPECT_EQ(report.account.name, "alice");
    ASSERT_EQ(report.findings.size(), 1U) << row.rule;
    const auto& finding = report.findings.front();
    EXPECT_EQ(finding.rule->id == row.rule, !row.message.empty()) << row.rule;
    if (!row.message.empty()) {
      EXPECT_EQ(finding.detail.message, row.message);
    }
    Summary summary;
    count(report, summary);
    EXPECT_FALSE(summary.complete);
  }
}

}  // namespace
}  // namespace sshaudit
