// SPDX-License-Identifier: MIT
#include "render/nagios.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "rules/catalogue.h"
#include "sshaudit/policy.h"

namespace sshaudit {
namespace {

Finding finding(const std::string& rule, const std::string& message) {
  Finding one{.rule = find_rule(rule)};
  one.detail.message = message;
  return one;
}

AccountReport report(const std::string& name, const std::vector<Finding>& findings) {
  AccountReport one;
  one.account.name = name;
  one.findings = findings;
  return one;
}

struct StateRow {
  std::array<std::size_t, 3> findings;  // notices, warnings, errors
  bool complete;
  std::optional<Severity> fail_on;
  PluginState state;
};

const std::vector<StateRow> state_rows = {
    {{0, 0, 0}, true, Severity::warning, PluginState::ok},
    {{9, 0, 0}, true, Severity::warning, PluginState::ok},
    {{9, 0, 0}, true, Severity::notice, PluginState::warning},
    {{0, 1, 0}, true, Severity::warning, PluginState::warning},
    {{0, 1, 0}, true, Severity::error, PluginState::ok},
    {{0, 1, 1}, true, Severity::error, PluginState::critical},
    {{0, 0, 1}, true, Severity::notice, PluginState::critical},
    {{9, 9, 9}, true, std::nullopt, PluginState::ok},
    {{0, 0, 0}, false, Severity::warning, PluginState::unknown},
    {{0, 1, 0}, false, Severity::warning, PluginState::unknown},
    {{0, 0, 1}, false, Severity::warning, PluginState::critical},
    {{0, 0, 1}, false, std::nullopt, PluginState::unknown},
};

TEST(Nagios, StateIsTheWorstThatCounts) {
  for (const auto& row : state_rows) {
    const Summary summary{.findings = row.findings, .complete = row.complete};
    EXPECT_EQ(plugin_state(summary, row.fail_on), row.state)
        << row.findings[0] << row.findings[1] << row.findings[2] << row.complete;
  }
  EXPECT_EQ(static_cast<int>(PluginState::unknown), 3);
}

std::string rendered(const std::vector<AccountReport>& reports, const Summary& summary) {
  const auto renderer = make_nagios_renderer(Severity::warning);
  ReportHeader header;
  header.host = "web1";
  auto text = renderer->begin(header);
  for (const auto& one : reports) text += renderer->account(one);
  return text + renderer->end(summary, {finding("name-repeated", "the name x has 2 entries")});
}

TEST(Nagios, WritesAStateAndTheWorstFindings) {
  const Waiver waiver;
  auto waived = finding("home-owner", "waived");
  waived.waiver = &waiver;
  const auto text = rendered(
      {report("alice", {finding("home-writable", "/home/alice is 0775"), waived, finding("key-shared", "a notice")}),
       report("bob", {finding("path-unseen", "/nfs did not answer")})},
      {214, {210, 2, 1, 0, 1}, {5, 2, 3}, 1, false});
  EXPECT_EQ(text,
            "SSHAUDIT CRITICAL - key login is refused for 2 accounts, closed at once for 1, unknown for 1 (of 214); 3 "
            "errors, 2 warnings, 1 waived; not everything could be seen | accounts=214;;;0 accepted=210;;;0 "
            "refused=2;;;0 closes=1;;;0 none=0;;;0 unknown=1;;;0 errors=3;;;0 warnings=2;;;0 notices=5;;;0 "
            "waived=1;;;0\n"
            "alice: error home-writable: /home/alice is 0775\n"
            "bob: unknown path-unseen: /nfs did not answer\n"
            "web1: warning name-repeated: the name x has 2 entries\n");
}

TEST(Nagios, TellsTheWorstFiveInOrder) {
  std::vector<AccountReport> reports;
  for (const std::string name : {"a", "b", "c", "d", "e", "f"}) {
    reports.push_back(report(name, {finding("name-repeated", "w"), finding("home-writable", "e")}));
  }
  reports.resize(4);
  const auto text = rendered(reports, {});
  EXPECT_EQ(text.substr(text.find('\n') + 1),
            "a: error home-writable: e\nb: error home-writable: e\nc: error home-writable: e\n"
            "d: error home-writable: e\na: warning name-repeated: w\nand 4 more: see sshaudit\n");
}

// Whatever users write: one bar, no control characters, no line that is longer than what is passed on.
TEST(Nagios, HasOneBarAndNoControlCharacters) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  const auto text = rendered({report("x|y\n" + bytes, {finding("home-writable", "|" + bytes + bytes)})}, {});
  EXPECT_EQ(std::ranges::count(text, '|'), 1);
  EXPECT_EQ(std::ranges::count(text, '\n'), 3);
  EXPECT_TRUE(std::ranges::all_of(text, [](char c) { return c == '\n' || (c >= ' ' && c < 0x7f); }));
  EXPECT_NE(text.find("\nx\\x7cy\\n"), std::string::npos) << text;
  const auto second = text.substr(text.find('\n') + 1);
  EXPECT_LE(second.find('\n'), 240U);
  EXPECT_EQ(nagios_failure("open: a|b\n: no\x1b"), "SSHAUDIT UNKNOWN - open: a\\x7cb\\n: no\\x1b\n");
}

}  // namespace
}  // namespace sshaudit
