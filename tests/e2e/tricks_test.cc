// SPDX-License-Identifier: MIT
// A user who owns a home cannot make the run fail, hang or miss another account, have it read what he may not, or put
// bytes on the administrator's terminal or mail. All the tricks are on one host, with honest accounts between them.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "fuse_device.h"
#include "night.h"
#include "tricked_host.h"

namespace sshaudit::e2e {
namespace {

using Json = nlohmann::json;

constexpr int unseen = 2;                          // exit status
constexpr std::size_t longest_line = 64UL * 1024;  // of an account, in JSON

struct Reports {
  AuditRun text;
  AuditRun json;
  AuditRun ndjson;
};

// What no report may hold.
void expect_harmless(const AuditRun& run) {
  EXPECT_EQ(run.exit_status, unseen);
  EXPECT_EQ(run.out.find(secret), std::string::npos) << run.out.substr(run.out.find(secret), 300);
  const auto is_control = [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == '\x7f'; };
  EXPECT_TRUE(std::ranges::none_of(run.out, is_control));
  EXPECT_TRUE(std::ranges::none_of(run.err, is_control));
  EXPECT_NO_THROW(static_cast<void>(Json(run.out).dump())) << "not UTF-8";
  for (const auto* forbidden : {"\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x80\x8b", "\xc2\x9b"}) {
    EXPECT_EQ(run.out.find(forbidden), std::string::npos);
  }
}

// Every line is the title of a block, each account's at most once, or stands below one.
void expect_no_forged_block(const std::string& text, const TrickedHost& host) {
  const std::regex title("([a-z0-9-]+): key login is [a-z ,]+");
  std::istringstream lines(text);
  std::set<std::string> titles;
  std::string news;
  ASSERT_TRUE(std::getline(lines, news) && news.find(": key login is refused for ") != std::string::npos) << news;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with("  ") || line.starts_with("host ")) continue;
    std::smatch name;
    ASSERT_TRUE(std::regex_match(line, name, title)) << line;
    EXPECT_TRUE(titles.insert(name[1]).second) << line;
    EXPECT_TRUE(std::ranges::find(host.order(), name[1].str()) != host.order().end()) << line;
  }
  for (const auto& name : host.honest()) EXPECT_FALSE(titles.contains(name)) << name;
}

std::vector<AccountLine> without_own_accounts(std::vector<AccountLine> lines) {
  const auto own = AuditedSystem::own_accounts();
  std::erase_if(lines, [&](const auto& line) { return std::ranges::find(own, line.user) != own.end(); });
  return lines;
}

// The verdict, and each rule once.
std::string in_words(const AccountLine& line) {
  std::string text = line.key_login;
  for (const auto& rule : std::set<std::string>(line.rules.begin(), line.rules.end())) text += " " + rule;
  return text;
}

void expect_as_in_the_table(const std::vector<AccountLine>& lines, const TrickedHost& host) {
  std::vector<std::string> users;
  for (const auto& line : lines) users.push_back(line.user);
  ASSERT_EQ(users, host.order());
  for (const auto& trick : host.tricks()) {
    const auto& line = *std::ranges::find(lines, trick.user, &AccountLine::user);
    EXPECT_LT(line.json.size(), longest_line) << line.user << " floods the report";
    EXPECT_TRUE(trick.outcomes.contains(in_words(line))) << line.user << ": " << line.json.substr(0, 1500);
  }
  for (const auto& name : host.honest()) {
    EXPECT_EQ(in_words(*std::ranges::find(lines, name, &AccountLine::user)), "accepted") << name;
  }
}

TEST(TricksAsRoot, CostTheirUserOnly) {
  if (!kernel_has_fuse()) GTEST_SKIP() << "this kernel has no FUSE";
  const TrickedHost host;
  ASSERT_GE(host.tricks().size(), 40U);
  const HeldNamespace space([&] { host.play_inside(); });
  ASSERT_EQ(space.errnum(), 0);
  const auto before = space.mounts();
  const std::vector<std::string> arguments = {"--all-users", "--deadline", "6", "--sshd-version", debian_12_sshd};
  const auto in_format = [&](const char* format) {
    auto words = arguments;
    words.insert(words.end(), {"--format", format});
    return audit_in(space, words);
  };
  const Reports reports{in_format("text"), in_format("json"), in_format("ndjson")};
  for (const auto* run : {&reports.text, &reports.json, &reports.ndjson}) expect_harmless(*run);
  expect_no_forged_block(reports.text.out, host);
  expect_as_in_the_table(without_own_accounts(account_lines(reports.ndjson.out)), host);
  const auto whole = Json::parse(reports.json.out);
  std::string as_lines;
  for (const auto& account : whole.at("accounts")) as_lines += account.dump() + "\n";
  expect_as_in_the_table(without_own_accounts(account_lines(as_lines + "{\"summary\":{}}\n")), host);
  EXPECT_EQ(space.mounts(), before);
  space.end_servers();
  EXPECT_TRUE(comes_true([&] { return space.visitors().empty(); }));
}

}  // namespace
}  // namespace sshaudit::e2e
