// SPDX-License-Identifier: MIT
// Advice that stays harmless when it is typed by root after the owner of the home has moved things.
#include "rules/remedies.h"

#include <gtest/gtest.h>

#include "rules/healthy_account.h"

namespace sshaudit {
namespace {

using Commands = std::vector<std::vector<std::string>>;

struct Case {
  AccountEvidence evidence = healthy_account();
  UserDatabase database = healthy_database();

  PathComponent& file() { return evidence.key_files[0].walk.components[4]; }
  PathComponent& ssh() { return evidence.key_files[0].walk.components[3]; }
  PathComponent& home() { return evidence.key_files[0].walk.components[2]; }

  Remedy take_away(const PathComponent& component, bool others = false) {
    const AccountIndex index(database);
    Fault fault{&component, Place::ssh_directory};
    fault.group_writes = !others;
    fault.others_write = others;
    return take_write_away(fault, evidence, index);
  }
  Remedy give(const PathComponent& component) {
    const AccountIndex index(database);
    return give_to_account(component, evidence, index);
  }
};

TEST(Advice, ChangesTheHomeDirectlyAndWhatIsInItAsTheAccount) {
  Case one;
  EXPECT_EQ(one.take_away(one.home()).commands, (Commands{{"chmod", "g-w", "/home/alice"}}));
  EXPECT_EQ(one.take_away(one.ssh(), true).commands,
            (Commands{{"runuser", "-u", "alice", "--", "chmod", "o-w", "/home/alice/.ssh"}}));
  one.evidence.by_root = false;
  EXPECT_EQ(one.take_away(one.ssh()).commands, (Commands{{"chmod", "g-w", "/home/alice/.ssh"}}));
}

TEST(Advice, IsInWordsWhereOnlyRootCouldAndALinkCouldLie) {
  Case one;
  one.ssh().status.uid = 0;
  EXPECT_EQ(one.take_away(one.ssh()).commands, (Commands{{"sshaudit", "fix", "alice"}}));
  one.ssh().status.uid = 1001;
  EXPECT_TRUE(one.take_away(one.ssh()).commands.empty());
  EXPECT_FALSE(one.take_away(one.ssh()).note.empty());
  one.ssh().status.uid = 0;
  EXPECT_EQ(one.give(one.ssh()).commands, (Commands{{"sshaudit", "fix", "alice"}}));
  EXPECT_EQ(one.give(one.home()).commands, (Commands{{"chown", "-h", "alice", "/home/alice"}}));
  one.evidence.home.components[1].status.mode |= 0020;  // whoever may write /home can replace the home
  EXPECT_TRUE(one.give(one.home()).commands.empty());
}

TEST(Advice, LeavesOtherHomesAlone) {
  Case one;
  one.database.accounts.push_back({"inner", 1009, 1009, "/home/alice/.ssh/", "/bin/sh"});
  EXPECT_TRUE(one.give(one.ssh()).commands.empty());
  EXPECT_TRUE(one.take_away(one.ssh()).commands.empty());
  one.database.accounts.push_back({"twin", 1010, 1010, "/home/alice", "/bin/sh"});
  EXPECT_TRUE(one.take_away(one.home()).commands.empty());
}

TEST(Advice, LeavesSystemDirectoriesAlone) {
  for (const std::string home : {"/", "/var", "/usr/lib/x", "/home", "/etc/app", "/var/lib"}) {
    Case one;
    one.evidence.account.home = home;
    one.evidence.home = walk_to({component("/", directory_type | 0755), component(home, directory_type | 0777)});
    EXPECT_TRUE(one.take_away(one.evidence.home.components.back()).commands.empty()) << home;
    EXPECT_TRUE(one.give(one.evidence.home.components.back()).commands.empty()) << home;
  }
}

TEST(Advice, NeverWidensAnAcl) {
  Case one;
  one.home().status.mode |= 0070;
  one.home().acl = {{AclEntry::Kind::user, 1001, 7}, {AclEntry::Kind::owning_group, 0, 5}};
  EXPECT_EQ(one.take_away(one.home()).commands,
            (Commands{{"setfacl", "-m", "user:1001:r-x,mask::r-x", "/home/alice"}}));
}

TEST(Advice, GivesNoFileWithSeveralNamesAway) {
  Case one;
  auto file = component("/home/alice/keys", file_type | 0600, 0, 0);
  file.status.links = 2;
  EXPECT_TRUE(one.give(file).commands.empty());
}

// What `fix` does: only by descriptor, so that it may go where a command may not.
TEST(ChangeByFix, TakesOnlyTheBitsThatSshdMinds) {
  Case one;
  one.ssh().status.mode = directory_type | 0777;
  const auto change = one.take_away(one.ssh(), true).change;
  ASSERT_TRUE(change);
  EXPECT_EQ(change->path, "/home/alice/.ssh");
  EXPECT_EQ(change->judged, one.ssh().status);
  EXPECT_EQ(change->take, 0002U);
  EXPECT_EQ(change->give, 0U);
  EXPECT_FALSE(change->owner);
}

TEST(ChangeByFix, GivesWhatRootOrNobodyOwnsAndNothingOfSomebodyElse) {
  Case one;
  one.ssh().status.uid = 0;
  ASSERT_TRUE(one.give(one.ssh()).change);
  EXPECT_EQ(one.give(one.ssh()).change->owner, 1000U);
  one.ssh().status.uid = 4711;
  EXPECT_TRUE(one.give(one.ssh()).change);
  one.ssh().status.uid = 1001;  // bob may have put keys there
  EXPECT_FALSE(one.give(one.ssh()).change);
}

TEST(ChangeByFix, LeavesAloneWhatMayLieElsewhereToo) {
  Case one;
  auto file = component("/home/alice/.ssh/authorized_keys", file_type | 0664, 0, 0);
  EXPECT_TRUE(one.give(file).change);
  EXPECT_TRUE(one.take_away(file).change);
  file.status.links = 2;
  EXPECT_FALSE(one.give(file).change);
  EXPECT_FALSE(one.take_away(file).change);
  file.status.uid = 1000;  // her own: she may change its mode wherever it lies
  EXPECT_TRUE(one.take_away(file).change);
  file = component("/home/alice/.ssh/authorized_keys", file_type | 04775, 0, 0);
  EXPECT_FALSE(one.give(file).change);
  EXPECT_FALSE(one.take_away(file).change);
}

TEST(ChangeByFix, StopsAtMountsAndAtServersThatSquash) {
  Case one;
  one.ssh().status.uid = 0;
  one.ssh().attributes.mount_root = true;
  EXPECT_FALSE(one.give(one.ssh()).change);
  one.ssh().attributes.mount_root = false;
  one.ssh().status.device = 99;
  EXPECT_FALSE(one.give(one.ssh()).change);
  one.ssh().status.device = 0;
  one.ssh().file_system.type = "nfs";
  EXPECT_FALSE(one.give(one.ssh()).change);
  one.ssh().file_system = {"", true, false};
  EXPECT_FALSE(one.take_away(one.ssh()).change);
  one.ssh().file_system = {};
  one.ssh().attributes.immutable = true;
  EXPECT_FALSE(one.take_away(one.ssh()).change);
}

TEST(ChangeByFix, GivesNothingThatTheAccountHasChosenByALink) {
  Case one;
  const auto chosen = component("/home/alice/backup/shadow", file_type | 0600, 0, 0);
  one.evidence.key_files[0].walk.components.back() = chosen;
  EXPECT_FALSE(one.give(chosen).change);
  one.file() = component("/home/alice/.ssh/authorized_keys", file_type | 0600, 0, 0);
  EXPECT_TRUE(one.give(one.file()).change);
}

TEST(ChangeByFix, LeavesAHomeAloneThatOthersHaveTheirsIn) {
  Case one;
  one.database.accounts.push_back({"inner", 1009, 1009, "/home/alice/inner", "/bin/sh"});
  EXPECT_FALSE(one.give(one.home()).change);
  EXPECT_FALSE(one.take_away(one.home()).change);
  EXPECT_TRUE(one.take_away(one.ssh()).change);
}

TEST(ChangeByFix, GivesNothingWhereSomebodyElseCanReplaceTheHome) {
  Case one;
  one.ssh().status.uid = 0;
  one.evidence.home.components[1].status.mode |= 0002;
  EXPECT_FALSE(one.give(one.ssh()).change);
  EXPECT_FALSE(one.give(one.home()).change);
}

TEST(ChangeByFix, ReachesAKeyFileThatIsNamedForTheAccount) {
  Case one;
  std::string pattern = "/etc/keys/%u";
  const auto named = [&](mode_t of_directory) {
    KeyFile file;
    one.evidence.settings.authorized_keys_file = {pattern};
    file.path = "/etc/keys/alice";
    file.walk =
        walk_to({component("/", directory_type | 0755), component("/etc", directory_type | 0755),
                 component("/etc/keys", directory_type | of_directory), component(file.path, file_type | 0664)});
    one.evidence.key_files = {file};
    const AccountIndex index(one.database);
    Fault fault{&one.evidence.key_files[0].walk.components[3], Place::key_file};
    fault.group_writes = true;
    return take_write_away(fault, one.evidence, index).change.has_value();
  };
  EXPECT_TRUE(named(0755));
  EXPECT_FALSE(named(0777));
  pattern = "/etc/keys/alice";  // which is everybody's
  EXPECT_FALSE(named(0755));
}

}  // namespace
}  // namespace sshaudit
