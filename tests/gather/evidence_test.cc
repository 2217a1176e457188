// SPDX-License-Identifier: MIT
#include "gather/evidence.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>

#include "gather/scratch_directory.h"

namespace sshaudit {
namespace {

class ObserverAsRoot : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(geteuid(), 0U) << "this test has to be run by root"; }
};

TEST_F(ObserverAsRoot, HasItsOwnRightsBetweenAccounts) {
  const ScratchDirectory scratch;
  scratch.directory("home/dave/.ssh");
  auto observer = AccountObserver::open(scratch.path(), {});
  ASSERT_TRUE(observer.has_value());
  const Account dave{"dave", 12345, 12345, "/home/dave", "/bin/sh"};
  observer->observe(dave, {12345, 12345, {4242}}, {}, {});
  EXPECT_EQ(file_access_uid(), 0U);
  EXPECT_FALSE(FileIdentity().is({12345, 12345, {4242}}));
}

// What is root's to see is seen with the rights of root, though those of the last account are still in force.
TEST_F(ObserverAsRoot, KeepsTheIdentityOfAnAccountUntilItNeedsItsOwn) {
  const ScratchDirectory scratch;
  scratch.directory("home/dave/.ssh");
  scratch.directory("hidden", 0700);
  scratch.file("hidden/sh", "", 0755);
  scratch.file("hidden/ca.pub", "key\n", 0600);
  scratch.directory("hidden/jail");
  auto observer = AccountObserver::open(scratch.path(), {});
  ASSERT_TRUE(observer.has_value());
  observer->keep_identity();
  const Account dave{"dave", 12345, 12345, "/home/dave", "/bin/sh"};
  observer->observe(dave, {12345, 12345, {4242}}, {}, {});
  ASSERT_EQ(file_access_uid(), 12345U);
  const Account eve{"eve", 12346, 12346, "/home/dave", "/hidden/sh"};
  EXPECT_EQ(observer->observe(eve, {12346, 12346, {}}, {}, {}).shell->end, WalkEnd::found);
  ASSERT_EQ(file_access_uid(), 12346U);
  Settings settings;
  settings.chroot_directory = "/hidden/jail";
  const auto jailed = observer->observe(dave, {12345, 12345, {}}, settings, {});
  EXPECT_EQ(jailed.chroot->components.back().errnum, 0);
  settings.trusted_user_ca_keys = "/hidden/ca.pub";
  settings.chroot_directory.clear();
  EXPECT_EQ(observer->observe(eve, {12346, 12346, {}}, settings, {}).authorities->text, "key\n");
  observer->act_as_root();
  EXPECT_EQ(file_access_uid(), 0U);
}

TEST_F(ObserverAsRoot, ReadsWithTheRightsOfTheAccount) {
  const ScratchDirectory scratch;
  scratch.directory("home/dave/.ssh");
  scratch.file("home/dave/.ssh/authorized_keys", "# comment\nkey\n", 0600);
  auto observer = AccountObserver::open(scratch.path(), {});
  ASSERT_TRUE(observer.has_value());
  const Account dave{"dave", 12345, 12345, "/home/dave", "/bin/sh"};
  auto seen = observer->observe(dave, {12345, 12345, {}}, {}, {});
  ASSERT_EQ(seen.key_files.size(), 2U);
  EXPECT_EQ(seen.key_files[0].open_errnum, EACCES);
  EXPECT_EQ(seen.key_files[1].walk.end, WalkEnd::missing);
  ASSERT_EQ(chown(scratch.path("home/dave/.ssh/authorized_keys").c_str(), 12345, 12345), 0);
  seen = observer->observe(dave, {12345, 12345, {}}, {}, {});
  EXPECT_EQ(seen.key_files[0].open_errnum, 0);
  EXPECT_EQ(seen.key_files[0].key_lines, 1U);
}

TEST_F(ObserverAsRoot, TellsAHiddenFileFromNone) {
  const ScratchDirectory scratch;
  scratch.directory("home/dave/.ssh", 0700);
  auto observer = AccountObserver::open(scratch.path(), {});
  const Account dave{"dave", 12345, 12345, "/home/dave", "/bin/sh"};
  EXPECT_FALSE(observer->observe(dave, {12345, 12345, {}}, {}, {}).key_files[0].hidden_exists);
  scratch.file("home/dave/.ssh/authorized_keys");
  EXPECT_TRUE(observer->observe(dave, {12345, 12345, {}}, {}, {}).key_files[0].hidden_exists);
}

TEST_F(ObserverAsRoot, ReadsAuthoritiesAsRootAndPrincipalsAsTheAccount) {
  const ScratchDirectory scratch;
  scratch.directory("home/dave");
  scratch.directory("etc");
  scratch.file("etc/ca", "authority\n", 0600);
  scratch.file("etc/dave", "# comment\nprincipal\n", 0600);
  auto observer = AccountObserver::open(scratch.path(), {});
  ASSERT_TRUE(observer.has_value());
  const Account dave{"dave", 12345, 12345, "/home/dave", "/bin/sh"};
  Settings settings;
  settings.authorized_principals_file = "/etc/%u";
  EXPECT_TRUE(observer->observe(dave, {12345, 12345, {}}, settings, {}).principals_files.empty());
  settings.trusted_user_ca_keys = "/etc/ca";
  auto seen = observer->observe(dave, {12345, 12345, {}}, settings, {});
  ASSERT_NE(seen.authorities, nullptr);
  EXPECT_EQ(seen.authorities->text, "authority\n");
  ASSERT_EQ(seen.principals_files.size(), 1U);
  EXPECT_EQ(seen.principals_files[0].path, "/etc/dave");
  EXPECT_EQ(seen.principals_files[0].open_errnum, EACCES);
  ASSERT_EQ(chmod(scratch.path("etc/dave").c_str(), 0644), 0);
  seen = observer->observe(dave, {12345, 12345, {}}, settings, {});
  EXPECT_EQ(seen.principals_files[0].text, "# comment\nprincipal\n");
  settings.authorized_principals_file = "%x";
  EXPECT_EQ(observer->observe(dave, {12345, 12345, {}}, settings, {}).principals_name_error,
            "%x: sshd does not know the token %x");
  settings.authorized_principals_file = "none";  // of a Match block
  EXPECT_EQ(observer->observe(dave, {12345, 12345, {}}, settings, {}).principals_files[0].path, "/home/dave/none");
}

TEST_F(ObserverAsRoot, DoesNotWalkForever) {
  const ScratchDirectory scratch;
  std::string deep = "home/dave";
  for (int i = 0; i < 300; ++i) deep += "/d";
  scratch.directory(deep);
  scratch.link("home/dave/.ssh", deep.substr(std::string("home/dave/").size()));
  auto observer = AccountObserver::open(scratch.path(), {});
  const auto seen = observer->observe({"dave", 0, 0, "/home/dave", "/bin/sh"}, {0, 0, {}}, {}, {});
  EXPECT_EQ(seen.key_files[0].walk.end, WalkEnd::unseen);
}

}  // namespace
}  // namespace sshaudit
