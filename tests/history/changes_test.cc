// SPDX-License-Identifier: MIT
// Night after night: what is news in the last one.
#include "changes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "history/remembered.h"

namespace sshaudit {
namespace {

RuleInfo row(std::string_view id, Subject subject, Effect effect, Severity severity, LoginStep step) {
  return {.id = id, .subject = subject, .effect = effect, .severity = severity, .step = step};
}

constexpr auto none = LoginStep::none;
const RuleInfo writable = row("home-writable", Subject::key_file, Effect::refuses, Severity::error, none);
const RuleInfo expired = row("account-expired", Subject::account, Effect::refuses, Severity::error, LoginStep::account);
const RuleInfo wrapped = row("key-wrapped", Subject::authorized_key, Effect::refuses, Severity::error, none);
const RuleInfo weak = row("key-weak", Subject::authorized_key, Effect::endangers, Severity::warning, none);
const RuleInfo empty = row("key-file-empty", Subject::key_file, Effect::informs, Severity::notice, none);
const RuleInfo unseen = row("path-unseen", Subject::key_file, Effect::unknown, Severity::notice, none);
const RuleInfo unreadable = row("key-file-unreadable", Subject::key_file, Effect::refuses, Severity::error, none);
const RuleInfo unasked =
    row("keys-command-unasked", Subject::account, Effect::unknown, Severity::notice, LoginStep::keys_command);

constexpr auto home = "/home/alice";
constexpr auto key_file = "/home/alice/.ssh/authorized_keys";

Finding finding(const RuleInfo& rule, const std::string& path, const std::string& message = "is so",
                std::size_t line = 0) {
  return {&rule, {.path = path, .message = message, .line = line}, {}};
}

struct Key {
  std::uint8_t number;
  std::uint32_t line;
};

AccountReport night(std::vector<Finding> findings, const std::vector<Key>& keys = {},
                    KeyLogin login = KeyLogin::accepted) {
  AccountReport report;
  report.account.name = "alice";
  report.key_login = login;
  report.findings = std::move(findings);
  report.key_files = {key_file};
  for (const auto& key : keys) report.mentions.push_back({.digest = {key.number}, .line = key.line});
  return report;
}

AccountReport meant(AccountReport report) {
  for (auto& one : report.findings) one.is_meant = true;
  return report;
}

AccountReport connections(AccountReport report, const std::string& words) {
  for (auto& one : report.findings) one.connections = words;
  return report;
}

// The first letters of the fingerprint of Key{n}.
const std::string one = "SHA256:AQAA";
const std::string two = "SHA256:AgAA";
const std::string three = "SHA256:AwAA";

struct Nights {
  std::string title;
  std::vector<AccountReport> reports;
  std::vector<std::string> news;  // of the last one
};

// Long because it is a table.
std::vector<Nights> table() {
  const auto at = [](std::size_t line) { return fmt::format("{}:{} is cut", key_file, line); };
  return {
      {"the first night", {night({finding(writable, home)}, {{1, 1}})}, {"new home-writable /home/alice"}},
      {"the same again", {night({finding(writable, home)}, {{1, 1}}), night({finding(writable, home)}, {{1, 1}})}, {}},
      {"clean nights", {night({}, {{1, 1}}), night({}, {{1, 1}})}, {}},
      {"mended",
       {night({finding(writable, home)}), night({finding(writable, home)}), night({})},
       {"mended home-writable /home/alice since 1"}},
      {"mended and broken again",
       {night({finding(writable, home)}), night({}), night({finding(writable, home)})},
       {"new home-writable /home/alice"}},
      {"another mode, count and date in the message",
       {night({finding(expired, "", "since 3 days (2026-01-30)")}), night({finding(expired, "", "since 4 days")})},
       {}},
      {"another path",
       {night({finding(writable, home)}), night({finding(writable, "/home")})},
       {"new home-writable /home", "mended home-writable /home/alice since 1"}},
      {"a line above",
       {night({finding(wrapped, key_file, at(3), 3)}), night({finding(wrapped, key_file, at(4), 4)})},
       {}},
      {"a second line, the words tell which",
       {night({finding(wrapped, key_file, "an old key", 3)}),
        night({finding(wrapped, key_file, "another key", 1), finding(wrapped, key_file, "an old key", 4)})},
       {"new key-wrapped /home/alice/.ssh/authorized_keys:1"}},
      {"a second line that says the same",
       {night({finding(wrapped, key_file, at(3), 3)}),
        night({finding(wrapped, key_file, at(3), 3), finding(wrapped, key_file, at(9), 9)})},
       {"new key-wrapped /home/alice/.ssh/authorized_keys:9"}},
      {"a second line, the words tell which, whatever their numbers",
       {night({finding(wrapped, key_file, at(9), 9)}),
        night({finding(wrapped, key_file, "another key", 1), finding(wrapped, key_file, at(10), 10)})},
       {"new key-wrapped /home/alice/.ssh/authorized_keys:1"}},
      {"one weak key for another",
       {night({finding(weak, key_file, at(1), 1)}, {{1, 1}}), night({finding(weak, key_file, at(1), 1)}, {{2, 1}})},
       {"new key-weak /home/alice/.ssh/authorized_keys:1", "mended key-weak /home/alice/.ssh/authorized_keys since 1",
        "added " + two, "removed " + one}},
      {"other connections",
       {night({finding(expired, "")}), connections(night({finding(expired, "")}), "Match address 10.0.0.0/8")},
       {}},
      {"what was meant is not any more",
       {meant(night({finding(expired, "")})), night({finding(expired, "")})},
       {"new account-expired ", "mended quiet account-expired  since 1"}},
      {"a notice", {night({finding(empty, key_file)})}, {"new quiet key-file-empty /home/alice/.ssh/authorized_keys"}},
      {"keys of the first night are no news", {night({}, {{1, 1}, {2, 2}})}, {"noted " + one, "noted " + two}},
      {"a key moves and is there twice", {night({}, {{1, 1}}), night({}, {{1, 5}, {1, 6}})}, {}},
      {"a key more, a key less",
       {night({}, {{1, 1}, {2, 2}}), night({}, {{1, 1}, {3, 2}})},
       {"added " + three, "removed " + two}},
      {"a dead home",
       {night({finding(writable, home), finding(wrapped, key_file, at(2), 2)}, {{1, 1}}),
        night({finding(unseen, home)}, {}, KeyLogin::unknown)},
       {"new path-unseen /home/alice", "unseen home-writable /home/alice since 1",
        "unseen key-wrapped /home/alice/.ssh/authorized_keys since 1"}},
      {"it is dead the night after, too",
       {night({finding(writable, home)}, {{1, 1}}), night({finding(unseen, home)}, {}, KeyLogin::unknown),
        night({finding(unseen, home)}, {}, KeyLogin::unknown)},
       {"unseen home-writable /home/alice since 1"}},
      {"it comes back as it was",
       {night({finding(writable, home)}, {{1, 1}}), night({finding(unseen, home)}, {}, KeyLogin::unknown),
        night({finding(writable, home)}, {{1, 1}})},
       {"mended path-unseen /home/alice since 2"}},
      {"it comes back mended, with another key",
       {night({finding(writable, home)}, {{1, 1}}), night({finding(unseen, home)}, {}, KeyLogin::unknown),
        night({}, {{2, 1}})},
       {"mended home-writable /home/alice since 1", "mended path-unseen /home/alice since 2", "added " + two,
        "removed " + one}},
      {"dead from the first night on: its keys are no news when it comes",
       {night({finding(unseen, home)}, {}, KeyLogin::unknown), night({}, {{1, 1}})},
       {"mended path-unseen /home/alice since 1", "noted " + one}},
      {"a file that may not be read hides its lines, not what leads to it",
       {night({finding(writable, home), finding(wrapped, key_file, at(2), 2)}, {{1, 1}}),
        night({finding(unreadable, key_file)}, {}, KeyLogin::refused)},
       {"new key-file-unreadable /home/alice/.ssh/authorized_keys", "mended home-writable /home/alice since 1",
        "unseen key-wrapped /home/alice/.ssh/authorized_keys since 1"}},
      {"one of two files is dead: the other one was read",
       {night({finding(wrapped, key_file, at(2), 2)}, {{1, 1}, {2, 3}}),
        night({finding(unseen, "/net/alice")}, {{1, 1}})},
       {"new path-unseen /net/alice", "mended key-wrapped /home/alice/.ssh/authorized_keys since 1", "removed " + two}},
      {"a blind spot that has always been there hides nothing",
       {night({finding(unseen, "/net/alice"), finding(wrapped, key_file, at(2), 2)}, {{1, 1}}),
        night({finding(unseen, "/net/alice")})},
       {"mended key-wrapped /home/alice/.ssh/authorized_keys since 1", "removed " + one}},
      {"a command that nobody runs hides nothing",
       {night({finding(writable, home)}, {{1, 1}}), night({finding(unasked, "")}, {}, KeyLogin::unknown)},
       {"new keys-command-unasked ", "mended home-writable /home/alice since 1", "removed " + one}},
      {"what was seen in spite of a blind spot is mended in spite of it",
       {night({finding(unseen, home)}, {}, KeyLogin::unknown),
        night({finding(unseen, home), finding(expired, "")}, {}, KeyLogin::unknown),
        night({finding(unseen, home)}, {}, KeyLogin::unknown)},
       {"mended account-expired  since 2"}},
  };
}

TEST(Changes, Table) {
  for (const auto& nights : table()) {
    Remembered remembered;
    std::vector<std::string> news;
    for (const auto& report : nights.reports) {
      const auto changes = compare(report, remembered.memory);
      news = in_words(changes, report.findings);
      remembered.take(changes);
    }
    EXPECT_EQ(news, nights.news) << nights.title;
  }
}

TEST(Changes, OfTheHost) {
  Remembered remembered;
  const RuleInfo unread = row("config-unread", Subject::server, Effect::unknown, Severity::notice, none);
  const std::vector<Finding> bad = {finding(writable, "/etc"), finding(writable, "/etc")};
  remembered.take(compare_host(bad, remembered.memory));
  EXPECT_EQ(remembered.memory.findings.size(), 2U);
  const std::vector<Finding> blind = {finding(unread, "/etc/ssh/sshd_config")};
  const auto changes = compare_host(blind, remembered.memory);
  EXPECT_EQ(in_words(changes, blind),
            (std::vector<std::string>{"new config-unread /etc/ssh/sshd_config", "unseen home-writable /etc since 1",
                                      "unseen home-writable /etc since 1"}));
  EXPECT_EQ(in_words(compare_host({}, remembered.memory), {}).size(), 2U);  // both are mended
}

TEST(Changes, OfAnAccountThatIsGone) {
  Remembered remembered;
  const auto report = night({finding(writable, home)}, {{1, 1}});
  remembered.take(compare(report, remembered.memory));
  const auto changes = changes_of_gone(remembered.memory);
  EXPECT_TRUE(changes.is_gone);
  EXPECT_EQ(in_words(changes, {}),
            (std::vector<std::string>{"mended home-writable /home/alice since 1", "removed " + one}));
}

}  // namespace
}  // namespace sshaudit
