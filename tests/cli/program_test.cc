// SPDX-License-Identifier: MIT
// The command line, from outside.
#include "cli/program.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/schema.h"
#include "cli/small_system.h"

namespace sshaudit {
namespace {

using Json = nlohmann::json;
constexpr auto report_schema = "sshaudit-report-1.json";

constexpr auto host_block_start =
    ":\n  notice  settings-assumed  there is no sshd_config: compiled-in defaults were assumed";
constexpr auto open_block =
    "open: key login is refused\n"
    "  error  home-writable  /home/open is 0757 open:open, writable by everyone\n"
    "         sshd logs: Authentication refused: bad ownership or modes for directory /home/open\n"
    "         advice: in that system: chmod o-w /home/open\n";

TEST_F(SmallSystem, TextNamesFaultAndRemedy) {
  const auto output = run({"open"});
  EXPECT_EQ(output.exit_status, 1);
  EXPECT_EQ(output.err, "");
  EXPECT_TRUE(output.out.find(host_block_start) != std::string::npos) << output.out;
  EXPECT_TRUE(output.out.ends_with(std::string("\n\n") + open_block)) << output.out;
}

// What is no fault would come in every night's mail.
TEST_F(SmallSystem, NoticesOfAllUsersAreShownWhenAskedFor) {
  EXPECT_TRUE(run({"--all-users", "-q"}).out.starts_with("root: ")) << "no block of the host";
  for (const std::vector<std::string>& asked : {std::vector<std::string>{"-v"}, {"--fail-on", "notice"}}) {
    auto arguments = asked;
    arguments.emplace_back("--all-users");
    EXPECT_NE(run(arguments).out.find(host_block_start), std::string::npos);
  }
}

TEST_F(SmallSystem, FailOnDecidesTheExitStatus) {
  EXPECT_EQ(run({"well"}).exit_status, 0);
  EXPECT_EQ(run({"well", "--fail-on", "notice"}).exit_status, 1);
  EXPECT_EQ(run({"open", "--fail-on", "error"}).exit_status, 1);
  EXPECT_EQ(run({"open", "--fail-on", "never"}).exit_status, 0);
}

TEST_F(SmallSystem, UsageErrorsAreTwoAndSayWhatToDo) {
  struct Row {
    std::vector<std::string> arguments;
    std::string message;
  };
  const std::vector<Row> rows = {
      {{"nobody-here"}, "sshaudit: no such account: nobody-here\n"},
      {{"--all-users", "well"}, "sshaudit: --all-users takes no USER\nRun with --help for more information.\n"},
      {{}, "sshaudit: --root needs USER or --all-users\nRun with --help for more information.\n"},
      {{"well", "--sshd-version", "dropbear"}, "sshaudit: --sshd-version: not as ssh -V prints it: dropbear\n"},
      {{"well", "-o", "/dev/null"}, "sshaudit: write: exists, and is no regular file: /dev/null\n"},
      {{"well", "--from", "localhost"},
       "sshaudit: --from: localhost is not ADDRESS or ADDRESS,HOST, such as 10.1.2.3\nRun with --help for more "
       "information.\n"},
      {{"enable"},
       "sshaudit: --root: enable, disable and status are for this system alone\nRun with --help for more "
       "information.\n"},
      {{"config", "well", "open"}, "sshaudit: config takes one USER\nRun with --help for more information.\n"},
      {{"config", "--why", "Nonsense"}, "sshaudit: --why: no keyword that this sshd knows: Nonsense\n"},
      {{"well", "--format", "xml"},
       "sshaudit: xml is none of text|json|ndjson|prometheus|nagios\nRun with --help for more information.\n"},
      {{"well", "-o", "/no/such/directory/report"},
       "sshaudit: write: /no/such/directory/report: No such file or directory\n"},
  };
  for (const auto& row : rows) {
    const auto output = run(row.arguments);
    EXPECT_EQ(output.exit_status, 2) << row.message;
    EXPECT_EQ(output.out, "");
    EXPECT_EQ(output.err, row.message);
  }
  EXPECT_EQ(run_sshaudit({"--sshd-config", "/no/such/file"}).err,
            "sshaudit: --sshd-config: /no/such/file: No such file or directory\n");
  EXPECT_EQ(run_sshaudit({"--no-such-option"}).exit_status, 2);
  EXPECT_EQ(run_sshaudit({"rules", "no-such-rule"}).err, "sshaudit: no such rule (see sshaudit rules): no-such-rule\n");
}

TEST_F(SmallSystem, OutputAppearsWholeOrNotAtAll) {
  const ScratchDirectory scratch;
  scratch.file("report", "the old report\n");
  EXPECT_EQ(run({"nobody-here", "-o", scratch.path("report")}).exit_status, 2);
  std::ifstream old(scratch.path("report"));
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(old), {}), "the old report\n");
  EXPECT_EQ(run({"well", "--format", "json", "-o", scratch.path("report")}).exit_status, 0);
  std::ifstream report(scratch.path("report"));
  EXPECT_EQ(Json::parse(report)["summary"]["accounts"], 1);
  struct stat status {};
  ASSERT_EQ(stat(scratch.path("report").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  const std::filesystem::directory_iterator left(scratch.path());
  EXPECT_EQ(std::distance(left, {}), 1);
}

TEST_F(SmallSystem, ReportsFollowTheSchema) {
  const auto report = Json::parse(run({"--all-users", "--format", "json"}).out);
  EXPECT_TRUE(follows(report_schema, report, ""));
  EXPECT_TRUE(follows(report_schema, Json::parse(run_sshaudit({"--all-users", "--format", "json"}).out), ""));
  auto broken = report;
  broken["accounts"][1]["key_login"] = "fine";
  EXPECT_FALSE(follows(report_schema, broken, ""));
  broken = report;
  broken["accounts"][2]["findings"][0]["waived"] = {{"reason", "known"}, {"until", "2030-01-31"}};
  EXPECT_TRUE(follows(report_schema, broken, ""));
  broken["accounts"][2]["findings"][0]["waived"].erase("reason");
  EXPECT_FALSE(follows(report_schema, broken, ""));
  broken = report;
  broken["accounts"][2]["findings"][0].erase("message");
  EXPECT_FALSE(follows(report_schema, broken, ""));
}

TEST_F(SmallSystem, NdjsonLinesFollowTheSchema) {
  std::istringstream lines(run({"--all-users", "--format", "ndjson"}).out);
  std::vector<Json> objects;
  for (std::string line; std::getline(lines, line);) objects.push_back(Json::parse(line));
  ASSERT_EQ(objects.size(), 6U);
  for (std::size_t i = 1; i < 5; ++i) EXPECT_TRUE(follows(report_schema, objects[i], "account")) << objects[i];
  EXPECT_TRUE(follows(report_schema, objects[5]["summary"], "summary"));
  EXPECT_EQ(objects[4]["home"]["base64"], "L2hvbWUvcv8bWzJK");
}

TEST_F(SmallSystem, AnotherVersionIsAnotherVerdict) {
  ASSERT_EQ(chmod(system_.path("home/well").c_str(), 0775), 0);
  EXPECT_EQ(run({"well"}).exit_status, 0);
  EXPECT_EQ(run({"well", "--sshd-version", "OpenSSH_9.2p1 Debian-2"}).exit_status, 0);
  EXPECT_EQ(run({"well", "--sshd-version", "OpenSSH_9.2p1"}).exit_status, 1);
}

// Whoever starts it may have left that behind; then the end of a child is never reported.
TEST(Program, FinishesWithIgnoredChildSignals) {
  const std::string command = "trap '' CHLD; exec " SSHAUDIT_PROGRAM " root --format json";
  const auto output = run_program({"/bin/sh", "-c", command}, std::chrono::minutes(1));
  ASSERT_TRUE(output.has_value());
  EXPECT_EQ(Json::parse(output->out)["sshd"]["self_check"], "same");
}

TEST(Program, ListsItsRules) {
  const auto output = run_sshaudit({"rules"});
  EXPECT_EQ(output.exit_status, 0);
  EXPECT_NE(output.out.find("\nhome-writable                    error    refuses    The home can be written"),
            std::string::npos)
      << output.out;
  EXPECT_EQ(run_sshaudit({"rules", "home-writable"}).out.substr(0, 14), "home-writable\n");
}

TEST(Program, HelpAndVersionAreNoErrors) {
  EXPECT_EQ(run_sshaudit({"--help"}).exit_status, 0);
  EXPECT_EQ(run_sshaudit({"--version"}).out, std::string("sshaudit ") + SSHAUDIT_VERSION + "\n");
}

}  // namespace
}  // namespace sshaudit
