// SPDX-License-Identifier: MIT
// Every known fault is named, under the right rule and path, and nothing else is: both when the system is audited from
// outside and when it is the one that the auditor runs on.
#include "fault_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace sshaudit::e2e {
namespace {

class FaultTreeAsRoot : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    directory_ = new TemporaryDirectory;
    system_ = new AuditedSystem(directory_->path());
    expected_ = new ReportLines(make_fault_tree(*system_, {}));
  }
  static void TearDownTestSuite() {
    delete expected_;
    delete system_;
    delete directory_;
    expected_ = nullptr;
    system_ = nullptr;
    directory_ = nullptr;
  }

  static TemporaryDirectory* directory_;
  static AuditedSystem* system_;
  static ReportLines* expected_;
};
TemporaryDirectory* FaultTreeAsRoot::directory_ = nullptr;
AuditedSystem* FaultTreeAsRoot::system_ = nullptr;
ReportLines* FaultTreeAsRoot::expected_ = nullptr;

TEST_F(FaultTreeAsRoot, IsJudgedExactlyFromOutside) {
  const auto run = audit_below(*system_, {"--all-users", "--format", "ndjson"});
  EXPECT_EQ(run.exit_status, 1) << run.err;
  EXPECT_EQ(difference(*expected_, report_lines(run.out)), "");
}

TEST_F(FaultTreeAsRoot, IsJudgedExactlyFromInside) {
  const auto run =
      run_sshaudit({"--all-users", "--format", "ndjson", "--sshd-version", debian_12_sshd}, [&] { enter(*system_); });
  EXPECT_EQ(run.exit_status, 1) << run.err;
  auto expected = *expected_;
  std::erase_if(expected, [](const auto& line) { return line.rule == "self-check-missing"; });  // here sshd is asked
  EXPECT_EQ(difference(expected, report_lines(run.out)), "");
}

// Paths are the same for many host findings, so the rows and names that they are about are held against the text.
TEST_F(FaultTreeAsRoot, FindingsOfTheHostNameTheirRows) {
  const auto run = audit_below(*system_, {"root", "--format", "json"});
  std::multiset<std::string> messages;
  const auto report = nlohmann::json::parse(run.out);
  for (const auto& finding : report.at("findings")) messages.insert(finding.at("message").get<std::string>());
  const auto says = [&](const std::string& text) {
    return std::ranges::count_if(messages, [&](auto& message) { return message.find(text) != std::string::npos; });
  };
  EXPECT_EQ(says("uid 9101 is shared by twin1, twin2:"), 1);
  EXPECT_EQ(says("uid 9102 is shared by alias1, alias2:"), 1);
  EXPECT_EQ(says("the name echo has 2 entries"), 1);
  EXPECT_EQ(says("/srv/team is shared by team9301, team9302:"), 1);
  EXPECT_EQ(says("the uid is not a number"), 2);
  EXPECT_EQ(says("the gid is not a number"), 2);
  EXPECT_EQ(says("there is no ':' in it"), 1);
}

TEST(FaultTreeSeedAsRoot, MakesTheSameTreeAgain) {
  const auto made = [](std::uint64_t seed) {
    TemporaryDirectory directory;
    AuditedSystem system(directory.path());
    return make_fault_tree(system, {200, seed});
  };
  const auto first = made(7);
  EXPECT_EQ(first, made(7));
  EXPECT_NE(first, made(8));
}

}  // namespace
}  // namespace sshaudit::e2e
