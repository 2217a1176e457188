// SPDX-License-Identifier: MIT
// /etc/sshaudit/sshaudit.toml: defaults of options, waivers, and files that are not as they have to be.
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "policy_system.h"

namespace sshaudit::e2e {
namespace {

using PolicyAsRoot = PolicySystem;
using Json = nlohmann::json;

std::string headline(const std::string& news) { return name_of_host() + ": " + news + "\n\n"; }

// Without a terminal the news comes first; -q leaves it out, and one account needs none.
TEST_F(PolicyAsRoot, NoFileIsNoDifference) {
  const auto all = run({"--all-users"});
  EXPECT_EQ(all.out, headline("key login is refused for 1 account (of " + accounts() + "); 1 error") + carols_block);
  EXPECT_EQ(all.err, "");
  EXPECT_EQ(all.exit_status, 1);
  EXPECT_EQ(run({"--all-users", "-q"}).out, carols_block);
  EXPECT_EQ(run({"carol"}).out, carols_block);
}

TEST_F(PolicyAsRoot, WaivedIsNeitherShownNorCounted) {
  write_policy(waiver());
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--all-users"}, {"carol"}, {"fix", "--dry-run", "--all-users"}}) {
    const auto run_ = run(arguments);
    EXPECT_EQ(run_.out, "") << arguments[0];
    EXPECT_EQ(run_.err, "") << arguments[0];
    EXPECT_EQ(run_.exit_status, 0) << arguments[0];
  }
  EXPECT_EQ(run({"keys", "carol"}).exit_status, 0);
  EXPECT_EQ(run({"explain", "carol"}).exit_status, 1) << "a login that is refused is refused";
}

TEST_F(PolicyAsRoot, WaivedIsInTheReportWithItsReason) {
  write_policy(waiver());
  const auto report = Json::parse(run({"--all-users", "--format", "json"}).out);
  EXPECT_EQ(report["summary"]["waived"], 1);
  EXPECT_EQ(report["summary"]["key_login"]["refused"], 1);
  EXPECT_EQ(report["summary"]["findings"]["error"], 0);
  std::size_t seen = 0;
  for (const auto& account : report["accounts"]) {
    if (account["user"] != "carol") continue;
    ++seen;
    EXPECT_EQ(account["key_login"], "refused");
    ASSERT_EQ(account["findings"].size(), 1U);
    EXPECT_EQ(account["findings"][0]["waived"], (Json{{"reason", "known"}, {"until", "9999-12-31"}}));
  }
  EXPECT_EQ(seen, 1U);
}

TEST_F(PolicyAsRoot, OthersAreStillShown) {
  write_policy(waiver("9999-12-31", "*,!carol"));
  EXPECT_EQ(run({"carol"}).out, carols_block);
  system_.change_mode("/home/carol/.ssh", 0707);
  write_policy(waiver());
  EXPECT_EQ(run({"--all-users"}).out,
            headline("key login is refused for 1 account (of " + accounts() + "); 1 error, 1 waived") +
                "carol: key login is refused\n"
                "  error  ssh-dir-writable  /home/carol/.ssh is 0707 carol:carol, writable by everyone\n"
                "         sshd logs: Authentication refused: bad ownership or modes for directory /home/carol/.ssh\n"
                "         fix: runuser -u carol -- chmod o-w /home/carol/.ssh\n");
}

TEST_F(PolicyAsRoot, ExpiredCoversNothingAndIsSaid) {
  write_policy(waiver("2020-02-29"));
  const auto all = run({"--all-users"});
  EXPECT_EQ(
      all.out,
      headline("key login is refused for 1 account (of " + accounts() + "); 1 error, 1 warning") + "host " +
          name_of_host() +
          ":\n"
          "  warning  waiver-expired  the waiver of home-writable for ca* (line 1) ended on 2020-02-29 and covers "
          "nothing any more: known\n"
          "           advice: mend what it was for, and take it out of sshaudit.toml; or give it a new date\n\n" +
          carols_block);
  EXPECT_EQ(all.exit_status, 1);
  system_.change_mode("/home/carol", 0755);
  EXPECT_EQ(run({"--all-users"}).exit_status, 1) << "what is over is to be taken out";
}

// Its date ends it in any case, so that it is no news for each night.
TEST_F(PolicyAsRoot, UnusedIsSaidWhenAskedFor) {
  write_policy(waiver() + waiver("9999-12-31", "dave"));
  const std::string line =
      "  notice  waiver-unused  the waiver of home-writable for dave (line 6, until 9999-12-31) covers nothing that "
      "was "
      "found\n";
  EXPECT_EQ(run({"--all-users"}).out, "");
  EXPECT_EQ(run({"--all-users"}).exit_status, 0);
  EXPECT_NE(run({"--all-users", "-v"}).out.find(line), std::string::npos);
  EXPECT_EQ(run({"--all-users", "-v", "--from", "192.0.2.7"}).out.find("waiver-unused"), std::string::npos);
  EXPECT_EQ(run({"alice", "-v"}).out.find("waiver-unused"), std::string::npos);
}

// A waiver speaks of the accounts of this host. Options do not.
TEST_F(PolicyAsRoot, AnotherSystemIsNotWaived) {
  write_policy("fail-on = \"never\"\n" + waiver());
  const auto there = run({"--root", system_.root(), "carol"});
  EXPECT_NE(there.out.find("error  home-writable"), std::string::npos);
  EXPECT_EQ(there.exit_status, 0);
}

TEST_F(PolicyAsRoot, CommandLineWinsOverTheFile) {
  write_policy("fail-on = \"never\"\nformat = \"ndjson\"\ncolor = \"always\"\nautomount = true\njobs = 2\n");
  const auto by_file = run({"carol"});
  EXPECT_EQ(by_file.exit_status, 0);
  EXPECT_TRUE(by_file.out.starts_with("{\"schema\":")) << by_file.out;
  const auto by_option = run({"carol", "--format", "text", "--fail-on=error", "--color", "never"});
  EXPECT_EQ(by_option.exit_status, 1);
  EXPECT_EQ(by_option.out, carols_block);
  EXPECT_NE(run({"carol", "--format", "text"}).out.find("\x1b[31merror"), std::string::npos);
  EXPECT_FALSE(run({"keys", "carol"}).out.starts_with("{")) << "a format of its own";
}

TEST_F(PolicyAsRoot, NothingRunsOnAFileThatIsWrong) {
  write_policy("fail-on = \"error\"\n\n[[waiver]]\nrule = \"home-writeable\"\n");
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--all-users"},
                                                    {"carol"},
                                                    {"keys", "carol"},
                                                    {"explain", "carol"},
                                                    {"fix", "--yes", "carol"},
                                                    {"--root", system_.root(), "carol"}}) {
    const auto bad = run(arguments);
    EXPECT_EQ(bad.exit_status, 2) << arguments[0];
    EXPECT_EQ(bad.out, "") << arguments[0];
    EXPECT_EQ(bad.err, "sshaudit: /etc/sshaudit/sshaudit.toml:3:1: waiver: reason is missing\n") << arguments[0];
  }
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--help"}, {"--version"}, {"rules"}, {"config", "carol"}, {"undo"}}) {
    EXPECT_EQ(run(arguments).exit_status, 0) << arguments[0];
  }
}

TEST_F(PolicyAsRoot, FilesOfOthersAreNotFollowed) {
  write_policy(waiver(), 0664);
  EXPECT_EQ(run({"carol"}).err, "sshaudit: can be written by group or others: /etc/sshaudit/sshaudit.toml\n");
  EXPECT_EQ(run({"carol"}).exit_status, 2);
  write_policy(waiver(), 0644, {2001, 2001});
  EXPECT_EQ(run({"carol"}).err, "sshaudit: belongs neither to root nor to the caller: /etc/sshaudit/sshaudit.toml\n");
  write_policy(std::string(1024 * 1024 + 1, '#'));
  EXPECT_EQ(run({"carol"}).err, "sshaudit: too large: /etc/sshaudit/sshaudit.toml\n");
  write_policy("\x1b[2J");
  EXPECT_EQ(run({"carol"}).err.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace sshaudit::e2e
