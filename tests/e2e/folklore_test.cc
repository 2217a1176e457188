// SPDX-License-Identifier: MIT
// What is believed of sshd is not a finding.
#include "folklore.h"

#include <gtest/gtest.h>

#include <ostream>

namespace sshaudit::e2e {

void PrintTo(const Belief& belief, std::ostream* out) { *out << belief.name; }

namespace {

constexpr auto user = "alice";
constexpr uid_t uid = 1000;

class FolkloreAsRoot : public ::testing::TestWithParam<Belief> {};

TEST_P(FolkloreAsRoot, IsNoFinding) {
  const TemporaryDirectory directory;
  AuditedSystem system(directory.path());
  auto person = system.person(user, uid);
  system.add_usual_home(person);
  GetParam().make(system, person);
  system.add_row(person);
  system.add_group(user, person.gid);
  system.write_databases();

  ReportLines expected = {{user, GetParam().key_login, "", ""}};
  for (const auto& name : AuditedSystem::own_accounts()) expected.push_back({name, "none", "", ""});
  const auto inside =
      run_sshaudit({"--all-users", "--format", "ndjson", "--fail-on", "notice", "--sshd-version", debian_12_sshd},
                   [&] { enter(system); });
  EXPECT_EQ(difference(expected, report_lines(inside.out)), "");
  EXPECT_EQ(inside.exit_status, 0) << inside.err;

  expected.push_back({"-", "-", "self-check-missing", "/etc/ssh/sshd_config"});
  const auto outside = audit_below(system, {"--all-users", "--format", "ndjson"});
  EXPECT_EQ(difference(expected, report_lines(outside.out)), "");
  EXPECT_EQ(outside.exit_status, 0) << outside.err;
}

const auto name_of = [](const auto& info) { return std::string(info.param.name); };
INSTANTIATE_TEST_SUITE_P(Beliefs, FolkloreAsRoot, ::testing::ValuesIn(beliefs()), name_of);

}  // namespace
}  // namespace sshaudit::e2e
