// SPDX-License-Identifier: MIT
#include "rules/waivers.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "audit.h"
#include "rules/catalogue.h"
#include "rules/healthy_account.h"
#include "rules/rule_rows.h"

namespace sshaudit {
namespace {

constexpr std::int64_t now = 1800000000;  // 2027-01-15T08:00:00Z

Finding finding(const std::string& rule, const std::string& path = "") {
  Finding one{.rule = find_rule(rule)};
  one.detail.path = path;
  return one;
}

AccountReport report(const std::string& name, const std::vector<Finding>& findings) {
  AccountReport one;
  one.account.name = name;
  one.key_login = KeyLogin::refused;
  one.findings = findings;
  return one;
}

Waiver waiver(const std::string& rule, const std::string& account, const std::string& path = "",
              const std::string& until = "2027-01-15") {
  return {rule, account, path, "known", until, 7};
}

struct CoverRow {
  Waiver waiver;
  std::string account;  // empty: a finding of the host
  std::string rule;
  std::string path;
  bool covered;
};

const std::vector<CoverRow> cover_rows = {
    {waiver("home-writable", "alice"), "alice", "home-writable", "/home/alice", true},
    {waiver("home-writable", "alice"), "bob", "home-writable", "/home/bob", false},
    {waiver("home-writable", "alice"), "Alice", "home-writable", "/home/Alice", false},
    {waiver("home-writable", "alice"), "alice", "ssh-dir-writable", "/home/alice/.ssh", false},
    {waiver("home-writable", "web?"), "web1", "home-writable", "/", true},
    {waiver("home-writable", "web?"), "web10", "home-writable", "/", false},
    {waiver("home-writable", "db*,web*"), "web10", "home-writable", "/", true},
    {waiver("home-writable", "web*,!web9"), "web9", "home-writable", "/", false},
    {waiver("home-writable", "*"), "r\xff", "home-writable", "/", true},
    {waiver("home-writable", "*", "/srv/*"), "alice", "home-writable", "/srv/www/alice", true},
    {waiver("home-writable", "*", "/srv/*"), "alice", "home-writable", "/home/alice", false},
    {waiver("home-writable", "*", "/home/a"), "alice", "home-writable", "/home/alice", false},
    {waiver("home-writable", "*", "*"), "alice", "home-writable", "", true},
    {waiver("home-writable", "*", "/*"), "alice", "home-writable", "", false},
    {waiver("home-writable", "*", "", "2027-01-14"), "alice", "home-writable", "/", false},
    {waiver("home-writable", "*", "", "2027-01-16"), "alice", "home-writable", "/", true},
    {waiver("home-writable", "*", "", "9999-12-31"), "alice", "home-writable", "/", true},
    {waiver("path-unseen", "alice"), "alice", "path-unseen", "/nfs", true},
    {waiver("uid-shared", ""), "", "uid-shared", "", true},
    {waiver("home-shared", "", "/home/x"), "", "home-shared", "/home/y", false},
    {waiver("home-writable", ""), "alice", "home-writable", "/", false},
    {waiver("uid-shared", "*"), "", "uid-shared", "", false},
};

TEST(Waivers, CoverTheirRuleAccountAndPathUntilTheirLastDay) {
  for (const auto& row : cover_rows) {
    const std::vector<Waiver> all = {row.waiver};
    Waivers waivers(all, now);
    auto of_account = report(row.account, {finding(row.rule, row.path)});
    auto& findings = of_account.findings;
    if (row.account.empty()) {
      waivers.apply(findings);
    } else {
      waivers.apply(of_account);
    }
    EXPECT_EQ(findings[0].waiver, row.covered ? all.data() : nullptr) << row.waiver.account << ' ' << row.account;
    EXPECT_EQ(of_account.key_login, KeyLogin::refused);
  }
}

TEST(Waivers, CoveredFindingsCountApart) {
  const std::vector<Waiver> all = {waiver("home-writable", "alice"), waiver("path-unseen", "*")};
  Waivers waivers(all, now);
  auto one = report("alice", {finding("home-writable"), finding("ssh-dir-writable"), finding("home-writable")});
  waivers.apply(one);
  Summary summary;
  count(one, summary);
  EXPECT_EQ(summary.waived, 2U);
  EXPECT_EQ(summary.findings, (std::array<std::size_t, 3>{0, 0, 1}));
  EXPECT_EQ(summary.key_login, (std::array<std::size_t, 5>{0, 1, 0, 0, 0}));
  EXPECT_TRUE(summary.complete);
  auto unseen = report("bob", {finding("path-unseen")});
  waivers.apply(unseen);
  count(unseen, summary);
  EXPECT_EQ(summary.waived, 3U);
  EXPECT_FALSE(summary.complete) << "what was not seen was not seen";
}

struct Words {
  std::string rule;
  std::string message;
};

std::vector<Words> judged(const Waivers& waivers) {
  const auto database = healthy_database();
  const AccountIndex index(database);
  std::vector<Finding> findings;
  judge(waiver_rules(), waivers, Context{.accounts = index, .now = now}, findings);
  std::vector<Words> words;
  for (const auto& one : findings) words.push_back({std::string(one.rule->id), one.detail.message});
  return words;
}

// Of several that cover the same, none is unused.
TEST(Waivers, AreSaidToBeExpiredOrUnused) {
  const std::vector<Waiver> all = {waiver("home-writable", "alice"), waiver("home-writable", "al*"),
                                   waiver("home-writable", "bob,carol", "/srv/*"),
                                   waiver("uid-shared", "", "", "2027-01-14")};
  Waivers waivers(all, now);
  auto one = report("alice", {finding("home-writable")});
  waivers.apply(one);
  EXPECT_EQ(one.findings[0].waiver, all.data());
  auto words = judged(waivers);
  ASSERT_EQ(words.size(), 1U);
  EXPECT_EQ(words[0].rule, "waiver-expired");
  EXPECT_EQ(words[0].message,
            "the waiver of uid-shared (line 7) ended on 2027-01-14 and covers nothing any more: known");
  waivers.see_all();
  words = judged(waivers);
  ASSERT_EQ(words.size(), 2U);
  EXPECT_EQ(words[1].rule, "waiver-unused");
  EXPECT_EQ(
      words[1].message,
      "the waiver of home-writable for bob,carol at /srv/* (line 7, until 2027-01-15) covers nothing that was found");
}

TEST(Rules, OfWaivers) {
  for (const auto& row : waiver_rows()) {
    const std::vector<Waiver> all = {row.waiver};
    Waivers waivers(all, now);
    auto one = report("alice", {finding("home-writable", "/home/alice")});
    waivers.apply(one);
    if (row.all_seen) waivers.see_all();
    const auto words = judged(waivers);
    ASSERT_EQ(words.size(), row.found ? 1U : 0U) << row.rule;
    if (row.found) {
      EXPECT_EQ(words[0].rule, row.rule);
    }
  }
}

}  // namespace

// In a run over alice, whose home is writable.
const std::vector<WaiverRow>& waiver_rows() {
  static const std::vector<WaiverRow> rows = {
      {"waiver-expired", waiver("home-writable", "alice", "", "2027-01-14"), false, true},
      {"waiver-expired", waiver("home-writable", "bob", "", "2026-12-31"), true, true},
      {"waiver-expired", waiver("home-writable", "alice", "", "2027-01-15"), true, false},
      {"waiver-unused", waiver("home-writable", "bob"), true, true},
      {"waiver-unused", waiver("home-writable", "bob"), false, false},
      {"waiver-unused", waiver("home-writable", "alice"), true, false},
  };
  return rows;
}

}  // namespace sshaudit
