// SPDX-License-Identifier: MIT
#include "parse/policy_file.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <string>
#include <vector>

namespace sshaudit {
namespace {

constexpr RuleInfo home_writable{.id = "home-writable", .subject = Subject::key_file};
constexpr RuleInfo path_unseen{.id = "path-unseen", .subject = Subject::key_file, .effect = Effect::unknown};
constexpr RuleInfo uid_shared{.id = "uid-shared", .subject = Subject::host};
constexpr RuleInfo config_newer{.id = "config-newer", .subject = Subject::server};
constexpr RuleInfo waiver_expired{.id = "waiver-expired", .subject = Subject::host};
constexpr std::array<const RuleInfo*, 5> rules = {&home_writable, &path_unseen, &uid_shared, &config_newer,
                                                  &waiver_expired};

struct Good {
  std::string text;
  std::function<void(Policy&)> change;  // of a policy that says nothing
};

const std::vector<Good> good = {
    {"", [](Policy&) {}},
    {"# nothing\n\n", [](Policy&) {}},
    {"\xEF\xBB\xBF# after a byte order mark\r\n", [](Policy&) {}},
    {"format = \"json\"", [](Policy& p) { p.format = Format::json; }},
    {"format = 'ndjson'\n", [](Policy& p) { p.format = Format::ndjson; }},
    {"fail-on = \"error\"\n", [](Policy& p) { p.fail_on = Severity::error; }},
    {"fail-on = \"never\"\n", [](Policy& p) { p.fail_on = std::nullopt; }},
    {"forecast = 0\n", [](Policy& p) { p.forecast = 0; }},
    {"forecast = 3650\n", [](Policy& p) { p.forecast = 3650; }},
    {"jobs = 256\r\n", [](Policy& p) { p.jobs = 256; }},
    {"jobs = 0x10\n", [](Policy& p) { p.jobs = 16; }},
    {"deadline = 1\n", [](Policy& p) { p.deadline = 1; }},
    {"users = \"/etc/sshaudit/users\"\n", [](Policy& p) { p.users = "/etc/sshaudit/users"; }},
    {"automount = true\n", [](Policy& p) { p.automount = true; }},
    {"\"color\" = \"never\"\n", [](Policy& p) { p.color = When::never; }},
    {"waiver = []\n", [](Policy&) {}},
    {"[[waiver]]\nrule = \"home-writable\"\naccount = \"alice\"\nreason = \"until the migration\"\nuntil = "
     "2026-12-31\n",
     [](Policy& p) {
       p.waivers = {{"home-writable", "alice", "", "until the migration", "2026-12-31", 1}};
     }},
    {"jobs = 4\n\n[[waiver]]\nuntil = 2028-02-29\nrule = \"path-unseen\"\naccount = \"web*,!web?\"\n"
     "path = \"/nfs/*\"\nreason = \"\xC3\xBC\\u0007\"\n[[waiver]]\nrule = 'uid-shared'\nreason = 'meant'\n"
     "until = 0987-01-02\n",
     [](Policy& p) {
       p.jobs = 4;
       p.waivers = {{"path-unseen", "web*,!web?", "/nfs/*", "\xC3\xBC\a", "2028-02-29", 3},
                    {"uid-shared", "", "", "meant", "0987-01-02", 9}};
     }},
    {"waiver = [{rule = 'config-newer', reason = 'r', until = 2026-01-01}]\n",
     [](Policy& p) {
       p.waivers = {{"config-newer", "", "", "r", "2026-01-01", 1}};
     }},
};

TEST(PolicyFile, SaysWhatHolds) {
  for (const auto& row : good) {
    Policy expected;
    row.change(expected);
    const auto policy = parse_policy(row.text, rules);
    ASSERT_TRUE(policy.has_value()) << row.text << policy.error().line << ": " << policy.error().what;
    EXPECT_EQ(*policy, expected) << row.text;
  }
}

struct Bad {
  std::string text;
  PolicyFault fault;
};

// A waiver that is right, with one line of it replaced.
std::string waiver(const std::string& from = "", const std::string& to = "") {
  std::string text =
      "[[waiver]]\nrule = \"home-writable\"\naccount = \"alice\"\nreason = \"known\"\nuntil = 2026-12-31\n";
  if (const auto at = text.find(from); !from.empty() && at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

const std::vector<Bad> bad = {
    {"fail_on = \"error\"\n", {1, 1, "unknown key \"fail_on\" (did you mean fail-on?)"}},
    {"jobs = 1\nroot = \"/mnt\"\n", {2, 1, "unknown key \"root\""}},
    {"zzz = 1\n", {1, 1, "unknown key \"zzz\""}},
    {"[waivers]\n", {1, 2, "unknown key \"waivers\" (did you mean waiver?)"}},
    {"format = \"xml\"\n", {1, 10, "format: \"xml\" is none of text|json|ndjson"}},
    {"format = \"nagios\"\n", {1, 10, "format: \"nagios\" is none of text|json|ndjson"}},
    {"format = [\"json\"]\n", {1, 10, "format: an array, not a string"}},
    {"fail-on = \"Error\"\n", {1, 11, "fail-on: \"Error\" is none of error|warning|notice|never"}},
    {"fail-on = false\n", {1, 11, "fail-on: a boolean, not a string"}},
    {"  color = 1\n", {1, 11, "color: an integer, not a string"}},
    {"jobs = 0\n", {1, 8, "jobs: 0 is not in 1 to 256"}},
    {"jobs = 257\n", {1, 8, "jobs: 257 is not in 1 to 256"}},
    {"jobs = -9223372036854775808\n", {1, 8, "jobs: -9223372036854775808 is not in 1 to 256"}},
    {"jobs = \"4\"\n", {1, 8, "jobs: a string, not an integer"}},
    {"jobs = 4.0\n", {1, 8, "jobs: a number with a point, not an integer"}},
    {"deadline = 3601\n", {1, 12, "deadline: 3601 is not in 1 to 3600"}},
    {"deadline = inf\n", {1, 12, "deadline: a number with a point, not an integer"}},
    {"forecast = -1\n", {1, 12, "forecast: -1 is not in 0 to 3650"}},
    {"forecast = 12:00:00\n", {1, 12, "forecast: a time, not an integer"}},
    {"automount = \"yes\"\n", {1, 13, "automount: a string, not true or false"}},
    {"users = \"\"\n", {1, 9, "users: is empty"}},
    {"users = {}\n", {1, 9, "users: a table, not a string"}},
    {"# both are wrong, the first is named\nusers = 1\nautomount = 1\n", {2, 9, "users: an integer, not a string"}},
    {"waiver = 1\n", {1, 10, "waiver: an integer, not [[waiver]]"}},
    {"[waiver]\nrule = \"home-writable\"\n", {1, 1, "waiver: a table, not [[waiver]]"}},
    {"waiver = [{}, 3]\n", {1, 11, "waiver: rule is missing"}},
    {"waiver = [3]\n", {1, 11, "waiver: an integer, not a table"}},
    {"jobs = 2\n\n" + waiver("rule = \"home-writable\"\n"), {3, 1, "waiver: rule is missing"}},
    {waiver("account = \"alice\"\n"), {1, 1, "waiver: account is missing: home-writable is of an account"}},
    {waiver("reason = \"known\"\n"), {1, 1, "waiver: reason is missing"}},
    {waiver("until = 2026-12-31\n"), {1, 1, "waiver: until is missing"}},
    {waiver("\"known\"", "\" \\t\""), {4, 10, "reason: is empty"}},
    {waiver("\"alice\"", "\"\""), {3, 11, "account: is empty"}},
    {waiver("\"alice\"", "[\"alice\", \"bob\"]"), {3, 11, "account: an array, not a string"}},
    {waiver("home-writable", "*"), {2, 8, "rule: \"*\" is no rule"}},
    {waiver("home-writable", "home-writeable"),
     {2, 8, "rule: \"home-writeable\" is no rule (did you mean home-writable?)"}},
    {waiver("home-writable", "waiver-expired"), {2, 8, "rule: waiver-expired cannot be waived"}},
    {waiver("home-writable", "uid-shared"), {3, 11, "account: uid-shared is of the whole host, without one"}},
    {waiver("home-writable", "config-newer"), {3, 11, "account: config-newer is of the whole host, without one"}},
    {waiver("2026-12-31", "\"2026-12-31\""), {5, 9, "until: a string, not a date such as 2026-12-31, without quotes"}},
    {waiver("2026-12-31", "2026-12-31T00:00:00Z"),
     {5, 9, "until: a date with a time, not a date such as 2026-12-31, without quotes"}},
    {waiver("reason", "because"), {4, 1, "unknown key \"because\""}},
    {waiver("account", "acount"), {3, 1, "unknown key \"acount\" (did you mean account?)"}},
};

TEST(PolicyFile, NamesTheFirstFaultAndItsPlace) {
  for (const auto& row : bad) {
    const auto policy = parse_policy(row.text, rules);
    ASSERT_FALSE(policy.has_value()) << row.text;
    EXPECT_EQ(policy.error().line, row.fault.line) << row.text;
    EXPECT_EQ(policy.error().column, row.fault.column) << row.text;
    EXPECT_EQ(policy.error().what, row.fault.what) << row.text;
  }
}

std::string repeated(const std::string& text, std::size_t times) {
  std::string result;
  result.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

// What is no TOML: the words are those of the library, the place has to be right.
struct Broken {
  std::string text;
  std::size_t line;
  std::size_t column;
};

const std::vector<Broken> broken = {
    {"jobs", 1, 5},
    {"jobs =", 1, 7},
    {"jobs = 1\njobs = 2\n", 2, 8},
    {"jobs = 1 2\n", 1, 10},
    {"jobs = 1\nformat = \"json\n", 2, 15},
    {"format = \"\"\"json\n", 1, 18},
    {"[[waiver]\n", 1, 10},
    {"[[waiver]]\n[waiver]\n", 2, 1},
    {"waiver = []\n[[waiver]]\n", 2, 1},
    {std::string("jobs\0 = 1\n", 10), 1, 5},
    {"format = \"\xFF\"\n", 1, 10},
    {"\xC0\xAF = 1\n", 1, 1},
    {"format = \"\\ud800\"\n", 1, 17},
    {"jobs = 99999999999999999999\n", 1, 28},
    {"jobs = 08\n", 1, 10},
    {waiver("2026-12-31", "2026-02-30"), 5, 19},
    {waiver("2026-12-31", "2026-13-01"), 5, 16},
    {"waiver = " + repeated("[", 5000), 1, 266},
    {"format" + repeated(".a", 5000) + " = 1\n", 1, 1},
    {"a = {" + repeated("b = {", 5000), 1, 1285},
    {"[.a]\n", 1, 2},
    {"[[[a]]]\n", 1, 3},
    {"[[\xC3\xBC]]\n", 1, 3},
    {"[[=", 1, 3},
};

TEST(PolicyFile, IsNotReadWhereItIsNoToml) {
  for (const auto& row : broken) {
    const auto policy = parse_policy(row.text, rules);
    const auto shown = row.text.substr(0, 60);
    ASSERT_FALSE(policy.has_value()) << shown;
    EXPECT_FALSE(policy.error().what.empty()) << shown;
    EXPECT_EQ(policy.error().line, row.line) << shown << policy.error().what;
    EXPECT_EQ(policy.error().column, row.column) << shown << policy.error().what;
  }
}

// Cut off anywhere, or with any byte in any place, it is read or refused, and no place lies behind its end.
TEST(PolicyFile, IsReadOrRefusedWhateverItHolds) {
  const auto text = "jobs = 4\n" + waiver() + waiver("alice", "b?b*");
  ASSERT_TRUE(parse_policy(text, rules).has_value());
  std::size_t read = 0;
  std::size_t refused = 0;
  const auto look = [&](const std::string& one) {
    const auto policy = parse_policy(one, rules);
    ++(policy ? read : refused);
    if (policy) return;
    EXPECT_GE(policy.error().line, 1U) << one;
    EXPECT_LE(policy.error().line, 14U) << one;
    EXPECT_FALSE(policy.error().what.empty()) << one;
  };
  for (std::size_t size = 0; size <= text.size(); ++size) look(text.substr(0, size));
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char byte : {'\0', '\n', '"', '\'', '[', ']', '=', '#', '\\', '.', '\x7f', '\x80', '\xff', '9'}) {
      auto changed = text;
      changed[at] = byte;
      look(changed);
    }
  }
  EXPECT_GT(read, 100U);
  EXPECT_GT(refused, 1000U);
}

}  // namespace
}  // namespace sshaudit
