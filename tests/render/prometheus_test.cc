// SPDX-License-Identifier: MIT
// The output is read back by a reader that takes nothing but what Prometheus' text format allows.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "render/renderer.h"
#include "rules/catalogue.h"
#include "sshaudit/policy.h"

namespace sshaudit {
namespace {

using Labels = std::map<std::string, std::string>;

struct Family {
  std::string help;
  std::string type;
  std::map<Labels, double> samples;
};
using Families = std::map<std::string, Family>;

// The labels between braces; nothing when a byte of them is not as it has to be.
std::optional<Labels> read_labels(std::string_view text) {
  Labels labels;
  const std::regex name_form("[a-zA-Z_][a-zA-Z0-9_]*");
  while (!text.empty()) {
    const auto equals = std::min(text.find("=\""), text.size());
    const std::string name(text.substr(0, equals));
    if (!std::regex_match(name, name_form) || name.starts_with("__")) return std::nullopt;
    text.remove_prefix(std::min(equals + 2, text.size()));
    std::string value;
    while (!text.empty() && text.front() != '"') {
      if (text.front() == '\\') {
        text.remove_prefix(1);
        if (text.empty() || std::string_view("\\\"n").find(text.front()) == std::string_view::npos) return std::nullopt;
        value += text.front() == 'n' ? '\n' : text.front();
      } else {
        value += text.front();
      }
      text.remove_prefix(1);
    }
    if (text.empty() || !labels.emplace(name, value).second) return std::nullopt;
    text.remove_prefix(1);
    if (text.empty()) return labels;
    if (text.front() != ',') return std::nullopt;
    text.remove_prefix(1);
  }
  return std::nullopt;
}

// One line, into the family that is open; false when it may not stand there.
bool read_line(const std::string& line, Families& families, std::string& open) {
  static const std::regex help("# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) ([^\\\\\n]+)");
  static const std::regex type("# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)");
  static const std::regex sample("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{(.*)\\})? ([0-9]+)");
  std::smatch match;
  if (std::regex_match(line, match, help)) {
    open = match[1];
    return families.emplace(open, Family{match[2], "", {}}).second;
  }
  if (std::regex_match(line, match, type)) {
    const bool is_first = match[1] == open && families[open].type.empty() && families[open].samples.empty();
    families[open].type = match[2];
    return is_first;
  }
  if (!std::regex_match(line, match, sample) || match[1] != open || families[open].type.empty()) return false;
  const auto labels = match[2].matched ? read_labels(match[3].str()) : Labels{};
  return labels && families[open].samples.emplace(*labels, std::stod(match[4])).second;
}

std::optional<Families> read(const std::string& text) {
  if (!text.ends_with('\n')) return std::nullopt;
  Families families;
  std::string open;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!read_line(line, families, open)) return std::nullopt;
  }
  const bool has_empty = std::ranges::any_of(families, [](auto& one) { return one.second.samples.empty(); });
  return has_empty ? std::nullopt : std::optional(families);
}

Finding finding(const std::string& rule) { return {.rule = find_rule(rule)}; }

std::string rendered(const std::string& version, const std::vector<Finding>& of_account, const Summary& summary) {
  const auto renderer = make_prometheus_renderer();
  ReportHeader header;
  header.tool_version = version;
  header.time = 1800000000;
  header.findings = {finding("name-repeated")};
  AccountReport report;
  report.account.name = "alice \"{|\n";
  report.findings = of_account;
  auto text = renderer->begin(header) + renderer->account(report) + renderer->account(report);
  return text + renderer->end(summary, {finding("key-shared")});
}

const Summary summary = {214, {209, 2, 1, 1, 1}, {5, 4, 3}, 6, false};

constexpr auto golden = R"(# HELP sshaudit_info The version of sshaudit.
# TYPE sshaudit_info gauge
sshaudit_info{version="1.2.3"} 1
# HELP sshaudit_accounts Accounts by what becomes of their key logins.
# TYPE sshaudit_accounts gauge
sshaudit_accounts{key_login="accepted"} 209
sshaudit_accounts{key_login="refused"} 2
sshaudit_accounts{key_login="closes"} 1
sshaudit_accounts{key_login="none"} 1
sshaudit_accounts{key_login="unknown"} 1
# HELP sshaudit_findings Findings that no waiver covers, by severity.
# TYPE sshaudit_findings gauge
sshaudit_findings{severity="error"} 3
sshaudit_findings{severity="warning"} 4
sshaudit_findings{severity="notice"} 5
# HELP sshaudit_findings_by_rule The same by rule, without those that found nothing.
# TYPE sshaudit_findings_by_rule gauge
sshaudit_findings_by_rule{rule="home-writable"} 2
sshaudit_findings_by_rule{rule="key-shared"} 1
sshaudit_findings_by_rule{rule="name-repeated"} 1
# HELP sshaudit_waived_findings Findings that a waiver covers.
# TYPE sshaudit_waived_findings gauge
sshaudit_waived_findings 6
# HELP sshaudit_complete 1 when everything that was needed could be seen, otherwise 0.
# TYPE sshaudit_complete gauge
sshaudit_complete 0
# HELP sshaudit_last_run_timestamp_seconds When the last run that came to its end began.
# TYPE sshaudit_last_run_timestamp_seconds gauge
sshaudit_last_run_timestamp_seconds 1800000000
)";

TEST(Prometheus, CountsAndNamesNobody) {
  const Waiver waiver;
  auto waived = finding("ssh-dir-writable");
  waived.waiver = &waiver;
  const auto text = rendered("1.2.3", {finding("home-writable"), waived}, summary);
  EXPECT_EQ(text, golden);
  const auto families = read(text);
  ASSERT_TRUE(families.has_value());
  EXPECT_EQ(families->size(), 7U);
  for (const auto& [name, family] : *families) EXPECT_TRUE(name.starts_with("sshaudit_") && family.type == "gauge");
}

TEST(Prometheus, EscapesLabels) {
  const auto families = read(rendered("1\\2\"3\n4", {}, summary));
  ASSERT_TRUE(families.has_value());
  EXPECT_EQ(families->at("sshaudit_info").samples, (std::map<Labels, double>{{{{"version", "1\\2\"3\n4"}}, 1}}));
}

TEST(Prometheus, HasNoFamilyWithoutSamples) {
  const auto renderer = make_prometheus_renderer();
  const auto text = renderer->begin({}) + renderer->end({}, {});
  const auto families = read(text);
  ASSERT_TRUE(families.has_value()) << text;
  EXPECT_FALSE(families->contains("sshaudit_findings_by_rule"));
  EXPECT_EQ(families->at("sshaudit_complete").samples, (std::map<Labels, double>{{{}, 1}}));
}

// The reader itself.
TEST(Prometheus, IsReadStrictly) {
  const std::string head = "# HELP a b\n# TYPE a gauge\n";
  EXPECT_TRUE(read(head + "a 1\n").has_value());
  EXPECT_TRUE(read(head + "a{x=\"1\",y=\"\\n\"} 1\n").has_value());
  const std::string twice = head + "a 1\n" + head + "a 2\n";
  for (const std::string& wrong :
       {head, std::string("a 1\n"), head + "a 1", head + "b 1\n", head + "a 1\na 2\n", head + "a{} 1\n",
        head + "a{x=\"\\t\"} 1\n", head + "a{x=\"\"\"} 1\n", head + "a{1=\"x\"} 1\n", head + "a{x=\"1\",} 1\n",
        head + "a-b 1\n", head + "a 1 \n", head + "\na 1\n", twice}) {
    EXPECT_FALSE(read(wrong).has_value()) << wrong;
  }
}

}  // namespace
}  // namespace sshaudit
