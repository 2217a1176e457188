// SPDX-License-Identifier: MIT
// Findings -> plan, and what the account is like when it has been carried out.
#include "plan.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "audit.h"
#include "rules/healthy_account.h"

namespace sshaudit {
namespace {

class PlanOfAccount : public ::testing::Test {
 protected:
  PathComponent& home() { return evidence_.key_files[0].walk.components[2]; }
  PathComponent& ssh() { return evidence_.key_files[0].walk.components[3]; }
  PathComponent& file() { return evidence_.key_files[0].walk.components[4]; }

  Plan plan(std::string_view date = "") {
    evidence_.home.components[2] = home();
    return plan_account(report(evidence_), {evidence_}, context_, date);
  }
  AccountReport report(const AccountEvidence& evidence) { return audit_account(evidence, context_); }

  UserDatabase database_ = healthy_database();
  AccountIndex index_{database_};
  Context context_{.accounts = index_,
                   .facts = facts_of({"", 9, 2, Vendor::upstream}),
                   .grammar = key_grammar({"", 9, 2, Vendor::upstream}),
                   .list_keys = true};
  AccountEvidence evidence_ = healthy_account();
};

TEST_F(PlanOfAccount, IsEmptyWhenAllIsWell) {
  const auto plan = this->plan("2026-01-31");
  EXPECT_TRUE(plan.is_empty());
  EXPECT_TRUE(plan.advice.empty());
  EXPECT_EQ(plan.now, KeyLogin::accepted);
}

TEST_F(PlanOfAccount, NamesWhatIsAndWhatWillBe) {
  home().status = {directory_type | 02777, 1000, 50};
  const auto plan = this->plan();
  ASSERT_EQ(plan.changes.size(), 1U);
  const auto& one = plan.changes[0];
  EXPECT_EQ(one.change.path, "/home/alice");
  EXPECT_EQ(one.now, "2777 alice:staff");
  EXPECT_EQ(one.then, "2755 alice:staff");
  EXPECT_EQ(one.why, (std::vector<std::string>{"home-writable: /home/alice is 2777 alice:staff, writable by group "
                                               "\"staff\" (alice, bob) and by everyone"}));
}

TEST_F(PlanOfAccount, MakesOneChangeOfSeveralFindings) {
  file().status = {file_type | 0666, 0, 50};
  file().status.uid = 4711;
  const auto plan = this->plan();
  ASSERT_EQ(plan.changes.size(), 1U);
  EXPECT_EQ(plan.changes[0].now, "0666 4711:staff");
  EXPECT_EQ(plan.changes[0].then, "0644 alice:staff");
  EXPECT_EQ(plan.changes[0].why.size(), 2U);
}

TEST_F(PlanOfAccount, TakesFromAclEntriesOneByOne) {
  home().status = {directory_type | 0775, 1000, 50};
  home().acl = {{AclEntry::Kind::user, 1001, 7}, {AclEntry::Kind::owning_group, 0, 5}, {AclEntry::Kind::group, 50, 6}};
  const auto plan = this->plan();
  ASSERT_EQ(plan.changes.size(), 1U);
  EXPECT_EQ(plan.changes[0].now, "0775 alice:staff user:bob:rwx group:staff:rw-");
  EXPECT_EQ(plan.changes[0].then, "0755 alice:staff user:bob:r-x group:staff:r--");
}

TEST_F(PlanOfAccount, LetsTheAccountInWhenItIsCarriedOut) {
  home().status.mode |= 0022;
  ssh().status.mode |= 0002;
  file().status = {file_type | 0660, 0, 50};
  const auto plan = this->plan();
  EXPECT_EQ(plan.now, KeyLogin::refused);
  const auto then = report(with_plan(evidence_, plan));
  EXPECT_EQ(then.key_login, KeyLogin::accepted);
  ASSERT_EQ(keys_let_in(report(evidence_), then).size(), 1U);
  EXPECT_EQ(keys_let_in(report(evidence_), then)[0].comment, "alice@laptop");
  EXPECT_TRUE(keys_let_in(then, then).empty());
}

TEST_F(PlanOfAccount, GivesAdviceWhereNothingIsChanged) {
  ssh().status.uid = 1001;
  evidence_.shell = std::make_shared<const PathWalk>();
  const auto plan = this->plan();
  EXPECT_TRUE(plan.is_empty());
  ASSERT_EQ(plan.advice.size(), 2U);
}

TEST_F(PlanOfAccount, MendsTextOnlyWhenAsked) {
  hold(evidence_.key_files[0], std::string("\xEF\xBB\xBF") + alices_key_line);
  EXPECT_TRUE(plan().contents.empty());
  const auto plan = this->plan("2026-01-31");
  ASSERT_EQ(plan.contents.size(), 1U);
  EXPECT_EQ(plan.contents[0].path, "/home/alice/.ssh/authorized_keys");
  EXPECT_EQ(plan.contents[0].after, alices_key_line);
  EXPECT_EQ(report(with_plan(evidence_, plan)).key_login, KeyLogin::accepted);
}

TEST_F(PlanOfAccount, SaysWhyTextIsLeftAlone) {
  hold(evidence_.key_files[0], std::string("\xEF\xBB\xBF") + alices_key_line);
  const auto why = [&] {
    const auto plan = this->plan("2026-01-31");
    EXPECT_FALSE(plan.advice.empty());
    return plan.contents.empty() ? "no text" : plan.contents[0].obstacle;
  };
  EXPECT_EQ(why(), "");
  file().status.links = 2;
  EXPECT_EQ(why(), "it has 2 names (hard links)");
  file().status.links = 1;
  file().status.uid = 1001;
  EXPECT_EQ(why(), "it is another account's");
  file().status.uid = 0;
  EXPECT_EQ(why(), "");
  file().path = "/home/alice/bin/script";
  EXPECT_EQ(why(), "it is root's, behind a link that the account may have made");
  file().path = "/srv/keys/alice";
  EXPECT_EQ(why(), "it is outside of the home");
  file().path = evidence_.key_files[0].path;
  file().status.mode |= S_ISUID;
  EXPECT_EQ(why(), "it is set-user-ID or set-group-ID, and no key file");
}

TEST(KeysLetIn, AKeyThatLosesItsOptionsIsLetIn) {
  AccountReport now;
  now.keys.push_back({.file = "/home/alice/.ssh/authorized_keys", .fingerprint = "SHA256:K", .options = "restrict"});
  auto then = now;
  EXPECT_TRUE(keys_let_in(now, then).empty());
  then.keys.push_back({.file = now.keys[0].file, .line = 2, .fingerprint = "SHA256:K"});
  EXPECT_EQ(keys_let_in(now, then), std::vector<ListedKey>{then.keys[1]});
}

TEST_F(PlanOfAccount, IsSilentAboutTextThatNobodyWouldMiss) {
  hold(evidence_.key_files[0], std::string(alices_key_line).substr(0, std::string_view(alices_key_line).size() - 1));
  EXPECT_EQ(plan("2026-01-31").contents.size(), 1U);
  file().status.links = 2;
  EXPECT_TRUE(plan("2026-01-31").contents.empty());
}

TEST_F(PlanOfAccount, KnowsThatSomethingIsOpenedOnlyThen) {
  auto& walk = evidence_.key_files[0].walk;
  walk.end = WalkEnd::not_searchable;
  walk.components.pop_back();
  ssh().status.mode = directory_type | 0600;
  evidence_.key_files[0].text.clear();
  evidence_.key_files[0].key_lines = 0;
  const auto plan = this->plan();
  ASSERT_EQ(plan.changes.size(), 1U);
  EXPECT_EQ(plan.changes[0].then, "0700 alice:alice");
  EXPECT_TRUE(opens_what_is_closed({evidence_}, plan));
}

}  // namespace
}  // namespace sshaudit
