// SPDX-License-Identifier: MIT
// A user who owns a home cannot make the run fail, hang or miss another account, have it read what he may not, or put
// bytes on the administrator's terminal or mail. All the tricks are on one host, with honest accounts between them.
#include "tricks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "debian_etc.h"
#include "fuse_device.h"
#include "night.h"

namespace sshaudit::e2e {
namespace {

using Json = nlohmann::json;

constexpr int unseen = 2;  // exit status
constexpr uid_t first_id = 20000;
constexpr std::size_t longest_line = 64UL * 1024;  // of an account, in JSON

std::vector<Trick> all_tricks() {
  std::vector<Trick> all;
  for (const auto& more : {tricks_with_files(), tricks_with_lines(), tricks_with_mounts()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

// Every fifth account is honest, the first one and the last one too.
class TrickedHost {
 public:
  TrickedHost() : tricks_(all_tricks()), system_(directory_.path()) {
    system_.make_file("/root/secret", std::string(secret) + "\n" + key_line(1, secret), root_owner, 0600);
    for (std::size_t i = 0; i < tricks_.size(); ++i) {
      if (i % 4 == 0) add_honest();
      const auto& trick = tricks_[i];
      tricksters_.push_back(add(trick.user));
      if (trick.play) trick.play(system_, tricksters_.back());
    }
    add_honest();
    system_.write_databases();
    std::ofstream(system_.on_host("/etc/shadow"), std::ios::app) << secret << ":*:20000:0:99999:7:::\n";
  }

  void play_inside() const {
    enter_debian(system_, {});
    for (std::size_t i = 0; i < tricks_.size(); ++i) {
      if (tricks_[i].inside) tricks_[i].inside(tricksters_.at(i));
    }
  }

  const std::vector<Trick>& tricks() const { return tricks_; }
  const std::vector<std::string>& honest() const { return honest_; }
  const std::vector<std::string>& order() const { return order_; }  // without the system's own accounts

 private:
  Person add(const std::string& name) {
    order_.push_back(name);
    return system_.add_usual_person(name, first_id + static_cast<uid_t>(order_.size()));
  }
  void add_honest() {
    const auto number = std::to_string(honest_.size() + 1);
    honest_.push_back("honest" + std::string(2 - std::min<std::size_t>(number.size(), 2), '0') + number);
    const auto person = add(honest_.back());
    system_.remove(person.key_file());
    system_.make_file(person.key_file(), key_line(person.uid, secret), person.owner(), 0600);
  }

  std::vector<Trick> tricks_;
  TemporaryDirectory directory_;
  AuditedSystem system_;
  std::vector<Person> tricksters_;
  std::vector<std::string> honest_;
  std::vector<std::string> order_;
};

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
  const std::vector<std::string> arguments = {"--all-users", "--deadline", "3", "--sshd-version", debian_12_sshd};
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
