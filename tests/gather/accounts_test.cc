// SPDX-License-Identifier: MIT
#include "gather/accounts.h"

#include <gtest/gtest.h>
#include <pwd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "gather/look_ups.h"
#include "gather/scratch_directory.h"

namespace sshaudit {
namespace {

TEST(AccountsBelow, ReadsTheFilesOfAnotherSystem) {
  const ScratchDirectory scratch;
  scratch.directory("etc");
  scratch.file("etc/passwd",
               "root:x:0:0:root:/root:/bin/sh\n"
               "broken\n"
               "# comment\n"
               "alice:x:1000:1000:" +
                   std::string(65536, 'g') +
                   ":/home/alice:/bin/sh\n"
                   "late:x:9:9");
  scratch.file("etc/group", "root:x:0:\nstaff:x:fifty:alice\n");
  scratch.file("etc/shadow", "alice:!:x:0:99999:7:::\n");
  const auto database = gather_accounts_below(scratch.path());
  ASSERT_TRUE(database.has_value());
  const std::vector<Account> accounts = {
      {"root", 0, 0, "/root", "/bin/sh"}, {"alice", 1000, 1000, "/home/alice", "/bin/sh"}, {"late", 9, 9, "", ""}};
  EXPECT_EQ(database->accounts, accounts);
  EXPECT_EQ(database->groups, (std::vector<Group>{{"root", 0, {}}}));
  const std::vector<MalformedRow> malformed = {{"/etc/passwd", 2, "there is no ':' in it"},
                                               {"/etc/group", 2, "the gid is not a number"},
                                               {"/etc/shadow", 1, "a field that must be a number is not"}};
  EXPECT_EQ(database->malformed, malformed);
}

TEST(AccountsBelow, LinksStayInside) {
  const ScratchDirectory scratch;
  scratch.directory("etc");
  scratch.directory("real");
  scratch.file("real/passwd", "inside:x:1:1::/:/bin/sh\n");
  scratch.link("etc/passwd", "/real/passwd");
  const auto database = gather_accounts_below(scratch.path());
  ASSERT_TRUE(database.has_value());
  ASSERT_EQ(database->accounts.size(), 1U);
  EXPECT_EQ(database->accounts[0].name, "inside");
}

TEST(AccountsBelow, NeedsAPasswdFile) {
  const ScratchDirectory scratch;
  EXPECT_EQ(gather_accounts_below(scratch.path()).error(), (Error{"open", "/etc/passwd", ENOENT}));
  EXPECT_EQ(gather_accounts_below(scratch.path("none")).error(), (Error{"open", scratch.path("none"), ENOENT}));
  scratch.directory("etc/passwd");
  EXPECT_EQ(gather_accounts_below(scratch.path()).error(), (Error{"not a regular file", "/etc/passwd", 0}));
}

TEST(Accounts, AreThoseOfTheNameService) {
  const auto database = gather_accounts();
  ASSERT_TRUE(database.has_value());
  const auto root = std::ranges::find(database->accounts, 0U, &Account::uid);
  ASSERT_NE(root, database->accounts.end());
  EXPECT_EQ(*root, *find_account(uid_t{0}).value());
  std::size_t enumerated = 0;
  setpwent();
  while (getpwent() != nullptr) ++enumerated;
  endpwent();
  EXPECT_EQ(database->accounts.size(), enumerated);
}

TEST(Accounts, ThatDoNotExistAreNotFound) {
  EXPECT_EQ(find_account(std::string("no such account")).value(), std::nullopt);
}

}  // namespace
}  // namespace sshaudit
