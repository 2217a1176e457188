// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "audit.h"
#include "render/json_text.h"
#include "render/renderer.h"
#include "render/report_json.h"
#include "rules/catalogue.h"
#include "rules/healthy_account.h"
#include "sshaudit/policy.h"

namespace sshaudit {
namespace {

// alice's home is writable by staff, bob has a bad shell with an escape sequence in its name.
struct Reports {
  UserDatabase database = healthy_database();
  AccountIndex index{database};
  Context context{index, facts_of({"", 9, 2, Vendor::upstream})};
  std::vector<AccountReport> accounts;
  Summary summary;

  Reports() {
    auto bob = healthy_account();
    bob.account = {"bob", 1000, 1000, "/home/alice", "/bin/\x1b[2Jsh "};
    PathWalk shell;
    shell.errnum = 2;
    bob.shell = std::make_shared<const PathWalk>(shell);
    accounts.push_back(audit_account(bob, context));
    accounts.push_back(audit_account(healthy_account(), context));
    auto alice = healthy_account();
    alice.key_files[0].walk.components[2].status.mode |= 0020;
    alice.key_files[0].walk.components[2].status.gid = 50;
    accounts.push_back(audit_account(alice, context));
    for (const auto& report : accounts) count(report, summary);
  }

  std::string render(Renderer& renderer) const {
    ReportHeader header;
    header.tool_version = "1.2.3";
    header.host = "web1";
    header.generated = "2026-01-31T02:17:03Z";
    header.server.version = {"OpenSSH_9.2p1", 9, 2, Vendor::upstream};
    header.server.self_check = SelfCheck::same;
    auto text = renderer.begin(header);
    for (const auto& report : accounts) text += renderer.account(report);
    return text + renderer.end(summary, {});
  }
};

constexpr auto golden =
    "bob: key login is refused\n"
    "  error  shell-missing  the shell \"/bin/\\x1b[2Jsh \" does not exist, so sshd refuses keys and passwords; the "
    "blank "
    "in the field is part of the name\n"
    "         sshd logs: User bob not allowed because shell /bin/\\x1b[2Jsh  does not exist\n"
    "         fix: usermod -s /bin/sh bob\n"
    "\n"
    "alice: key login is refused\n"
    "  error  home-writable  /home/alice is 0775 alice:staff, writable by group \"staff\" (alice, bob)\n"
    "         sshd logs: Authentication refused: bad ownership or modes for directory /home/alice\n"
    "         fix: chmod g-w /home/alice\n";

TEST(TextReport, HasABlockForEachAccountThatIsNotWell) {
  const auto renderer = make_text_renderer({});
  EXPECT_EQ(Reports().render(*renderer), golden);
}

TEST(TextReport, IsFoldedForATerminalButCommandsAreNot) {
  const auto renderer = make_text_renderer({.color = false, .columns = 60});
  const auto text = Reports().render(*renderer);
  EXPECT_NE(text.find("  error  home-writable  /home/alice is 0775 alice:staff,\n"
                      "         writable by group \"staff\" (alice, bob)\n"),
            std::string::npos)
      << text;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    EXPECT_LE(end - at, 60U) << text.substr(at, end - at);
    at = end + 1;
  }
}

TEST(TextReport, IsEmptyWhenAllIsWell) {
  Reports reports;
  reports.accounts.erase(reports.accounts.begin());
  reports.accounts.pop_back();
  const auto renderer = make_text_renderer({});
  EXPECT_EQ(reports.render(*renderer), "");
}

// Neither shown nor counted, but in the report for programs.
TEST(Reports, HaveWaivedFindingsForProgramsOnly) {
  const Waiver waiver{"home-writable", "alice", "", "until\xff 2030", "2030-01-31", 3};
  Reports reports;
  reports.accounts[2].findings[0].waiver = &waiver;
  reports.accounts.erase(reports.accounts.begin());
  EXPECT_EQ(reports.render(*make_text_renderer({})), "");
  const auto json = nlohmann::json::parse(reports.render(*make_json_renderer()));
  EXPECT_EQ(json["accounts"][1]["key_login"], "refused");
  EXPECT_EQ(json["accounts"][1]["findings"][0]["waived"],
            (nlohmann::json{{"reason", "until\\xff 2030"}, {"until", "2030-01-31"}}));
  EXPECT_EQ(json["summary"]["waived"], 0);
}

// An account is placed by what is shown of it.
TEST(TextReport, IsSortedWithoutWhatIsWaived) {
  const Waiver waiver{"shell-missing", "bob", "", "known", "2030-01-31", 3};
  Reports reports;
  auto& bob = reports.accounts[0];
  bob.findings[0].waiver = &waiver;
  bob.findings.push_back({find_rule("name-repeated")});
  bob.findings[1].detail.message = "twice";
  const auto text = reports.render(*make_text_renderer({}));
  EXPECT_EQ(text.substr(0, 6), "alice:");
  EXPECT_TRUE(text.ends_with("\n\nbob: key login is refused\n  warning  name-repeated  twice\n")) << text;
}

TEST(TextReport, ColoursOnlyWhenAsked) {
  EXPECT_EQ(Reports().render(*make_text_renderer({})).find('\x1b'), std::string::npos);
  const auto text = Reports().render(*make_text_renderer({.color = true, .columns = 0}));
  EXPECT_NE(text.find("\x1b[31merror\x1b[0m"), std::string::npos);
}

TEST(JsonReport, IsOneObject) {
  const auto json = nlohmann::json::parse(Reports().render(*make_json_renderer()));
  EXPECT_EQ(json["schema"], "sshaudit-report/1");
  EXPECT_EQ(json["summary"]["accounts"], 3);
  EXPECT_EQ(json["summary"]["key_login"]["refused"], 2);
  const auto finding = nlohmann::json::parse(R"json({
      "rule": "home-writable", "effect": "refuses", "severity": "error", "path": "/home/alice",
      "message": "/home/alice is 0775 alice:staff, writable by group \"staff\" (alice, bob)",
      "sshd_logs": "Authentication refused: bad ownership or modes for directory /home/alice",
      "expected": "not writable by group or others", "actual": "0775",
      "remedy": {"commands": [["chmod", "g-w", "/home/alice"]]}})json");
  EXPECT_EQ(json["accounts"][2]["findings"][0], finding);
}

TEST(JsonReport, GivesBytesThatAreNotTextAsBase64) {
  Reports reports;
  reports.accounts[1].account.home = "/home/\xff\n";
  const auto text = reports.render(*make_json_renderer());
  EXPECT_TRUE(std::ranges::all_of(text, [](char c) { return c == '\n' || (c >= ' ' && c < 0x7f); }));
  EXPECT_EQ(nlohmann::json::parse(text)["accounts"][1]["home"]["base64"], "L2hvbWUv/wo=");
}

TEST(NdjsonReport, IsOneObjectALine) {
  const auto text = Reports().render(*make_ndjson_renderer());
  std::vector<nlohmann::json> lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    lines.push_back(nlohmann::json::parse(text.substr(at, end - at)));
    at = end + 1;
  }
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines[0]["schema"], "sshaudit-report/1");
  EXPECT_EQ(lines[1]["user"], "bob");
  EXPECT_EQ(lines[2]["findings"], nlohmann::json::array());
  EXPECT_EQ(lines[4]["summary"]["complete"], true);
}

// Accounts without findings are written without a tree; it has to be the same line.
TEST(NdjsonReport, WritesAnUneventfulAccountAsItWritesOthers) {
  const auto renderer = make_ndjson_renderer();
  for (const std::string text :
       {"", "/home/alice", "a b~!", "\"", "\\", "/", "\x7f", "\t", "\x1b[2J", "\xc3\xa4", "\xff", "{}", "%s"}) {
    AccountReport report;
    for (auto* field : {&report.account.name, &report.account.home, &report.account.shell}) {
      report.account = {"alice", 4294967294U, 1, "/home/alice", "/bin/sh"};
      *field = text;
      for (const auto verdict : {KeyLogin::accepted, KeyLogin::none, KeyLogin::unknown}) {
        report.key_login = verdict;
        report.usable_keys = 12;
        EXPECT_EQ(renderer->account(report), line_of(account_json(report)));
      }
    }
  }
}

TEST(SummaryLine, CountsVerdicts) {
  EXPECT_EQ(render_summary(Reports().summary), "3 accounts: 1 accepted, 2 refused; 2 findings\n");
  EXPECT_EQ(render_summary({}), "0 accounts; no findings\n");
  EXPECT_EQ(render_summary({.accounts = 1, .findings = {0, 0, 0}, .waived = 2}),
            "1 account; no findings beside 2 waived\n");
}

}  // namespace
}  // namespace sshaudit
