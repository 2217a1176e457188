// SPDX-License-Identifier: MIT
// The command line, from outside.
#include "cli/program.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "gather/scratch_directory.h"

namespace sshaudit {
namespace {

using Json = nlohmann::json;

// A system with two accounts of persons: one is well, and one has a home that everybody may write.
class SmallSystem : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(geteuid(), 0U) << "this test has to be run by root";
    system_.directory("etc");
    system_.directory("bin");
    system_.file("bin/sh", "#!\n", 0755);
    system_.file("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n");
    system_.file("etc/passwd",
                 "root:x:0:0::/root:/bin/sh\n"
                 "well:x:1000:1000::/home/well:/bin/sh\n"
                 "open:x:1001:1001::/home/open:/bin/sh\n"
                 "raw:x:1002:1002::/home/r\xff\x1b[2J:/bin/sh\n");
    system_.file("etc/group", "root:x:0:\nwell:x:1000:\nopen:x:1001:\n");
    make_home("well", 1000, 0755);
    make_home("open", 1001, 0757);
  }

  void make_home(const std::string& name, uid_t uid, mode_t mode) {
    system_.directory("home/" + name + "/.ssh");
    system_.file("home/" + name + "/.ssh/authorized_keys", "ssh-ed25519 AAAA\n");
    for (const std::string part : {"", "/.ssh", "/.ssh/authorized_keys"}) {
      ASSERT_EQ(chown(system_.path("home/" + name + part).c_str(), uid, uid), 0);
    }
    ASSERT_EQ(chmod(system_.path("home/" + name).c_str(), mode), 0);
  }

  ProgramOutput run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--root", system_.path()});
    return run_sshaudit(arguments);
  }

  ScratchDirectory system_;
};

constexpr auto host_block_start =
    ":\n  notice  settings-assumed  there is no sshd_config: compiled-in defaults were assumed";

TEST_F(SmallSystem, TextNamesFaultAndRemedy) {
  const auto output = run({"open"});
  EXPECT_EQ(output.exit_status, 1);
  EXPECT_EQ(output.err, "");
  EXPECT_NE(output.out.find(host_block_start), std::string::npos) << output.out;
  const auto block = output.out.substr(output.out.find("\n\n") + 2);
  EXPECT_EQ(block,
            "open: key login is refused\n"
            "  error  home-writable  /home/open is 0757 open:open, writable by everyone\n"
            "         sshd logs: Authentication refused: bad ownership or modes for directory /home/open\n"
            "         advice: in that system: chmod o-w /home/open\n");
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
      {{"config", "well", "open"}, "sshaudit: config takes one USER\nRun with --help for more information.\n"},
      {{"config", "--why", "Nonsense"}, "sshaudit: --why: no keyword that this sshd knows: Nonsense\n"},
      {{"well", "--format", "xml"},
       "sshaudit: xml is none of text|json|ndjson\nRun with --help for more information.\n"},
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

bool is_valid(const Json& report, const std::string& definition) {
  std::ifstream file(std::string(SOURCE_DIR) + "/packaging/schema/sshaudit-report-1.json");
  auto json = Json::parse(file);
  if (!definition.empty()) json = {{"$ref", "#/definitions/" + definition}, {"definitions", json["definitions"]}};
  valijson::Schema schema;
  valijson::SchemaParser parser;
  parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(json), schema);
  valijson::Validator validator;
  return validator.validate(schema, valijson::adapters::NlohmannJsonAdapter(report), nullptr);
}

TEST_F(SmallSystem, ReportsFollowTheSchema) {
  const auto report = Json::parse(run({"--all-users", "--format", "json"}).out);
  EXPECT_TRUE(is_valid(report, ""));
  EXPECT_TRUE(is_valid(Json::parse(run_sshaudit({"--all-users", "--format", "json"}).out), ""));
  auto broken = report;
  broken["accounts"][1]["key_login"] = "fine";
  EXPECT_FALSE(is_valid(broken, ""));
  broken = report;
  broken["accounts"][2]["findings"][0].erase("message");
  EXPECT_FALSE(is_valid(broken, ""));
}

TEST_F(SmallSystem, NdjsonLinesFollowTheSchema) {
  std::istringstream lines(run({"--all-users", "--format", "ndjson"}).out);
  std::vector<Json> objects;
  for (std::string line; std::getline(lines, line);) objects.push_back(Json::parse(line));
  ASSERT_EQ(objects.size(), 6U);
  for (std::size_t i = 1; i < 5; ++i) EXPECT_TRUE(is_valid(objects[i], "account")) << objects[i];
  EXPECT_TRUE(is_valid(objects[5]["summary"], "summary"));
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
  EXPECT_NE(output.out.find("\nhome-writable              error    refuses    The home can be written"),
            std::string::npos);
  EXPECT_EQ(run_sshaudit({"rules", "home-writable"}).out.substr(0, 14), "home-writable\n");
}

TEST(Program, HelpAndVersionAreNoErrors) {
  EXPECT_EQ(run_sshaudit({"--help"}).exit_status, 0);
  EXPECT_EQ(run_sshaudit({"--version"}).out, std::string("sshaudit ") + SSHAUDIT_VERSION + "\n");
}

}  // namespace
}  // namespace sshaudit
