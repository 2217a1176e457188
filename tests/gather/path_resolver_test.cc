// SPDX-License-Identifier: MIT
#include "gather/path_resolver.h"

#include <gtest/gtest.h>

#include <climits>
#include <cstdlib>
#include <string>
#include <vector>

#include "gather/identity.h"
#include "gather/scratch_directory.h"

namespace sshaudit {
namespace {

std::string last_path(const PathWalk& walk) { return walk.components.back().path; }

PathWalk walk(PathResolver& resolver, const std::string& path) { return walk_of(path, resolver.resolve(path)); }

TEST(PathResolver, ReachesWhatTheKernelReaches) {
  const ScratchDirectory scratch;
  scratch.directory("a/b");
  scratch.file("a/b/file");
  scratch.link("relative", "a/b");
  scratch.link("absolute", scratch.path("a"));
  scratch.link("a/up", "..");
  scratch.link("chain", "relative/../up/absolute/./b//file");
  auto resolver = PathResolver::open("/");
  ASSERT_TRUE(resolver.has_value());
  for (const std::string name :
       {"a/b/file", "relative/file", "absolute/b/file", "chain", "a/up/a/b/file", "a/b/../b/./file", "a//b///file"}) {
    const auto path = scratch.path(name);
    std::vector<char> real(PATH_MAX);
    ASSERT_NE(realpath(path.c_str(), real.data()), nullptr) << name;
    const auto seen = walk(*resolver, path);
    EXPECT_EQ(seen.end, WalkEnd::found) << name;
    EXPECT_EQ(last_path(seen), real.data()) << name;
    struct stat status {};
    ASSERT_EQ(stat(path.c_str(), &status), 0);
    EXPECT_EQ(seen.components.back().status, (FileStatus{status.st_mode, status.st_uid, status.st_gid, status.st_dev,
                                                         status.st_ino, status.st_nlink}));
  }
}

TEST(PathResolver, ListsEveryComponentOnce) {
  const ScratchDirectory scratch;
  scratch.directory("a/b", 0750);
  auto resolver = PathResolver::open(scratch.path());
  const auto seen = walk(*resolver, "/a/b");
  ASSERT_EQ(seen.components.size(), 3U);
  EXPECT_EQ(seen.components[0].path, "/");
  EXPECT_EQ(seen.components[1].path, "/a");
  EXPECT_EQ(seen.components[2].path, "/a/b");
  EXPECT_EQ(seen.components[2].status.mode & 07777U, 0750U);
}

TEST(PathResolver, SaysHowFarItCame) {
  const ScratchDirectory scratch;
  scratch.directory("dir");
  scratch.file("dir/file");
  scratch.link("dangling", "dir/none");
  scratch.link("loop", "loop");
  scratch.link("long", std::string(NAME_MAX + 1, 'x'));
  auto resolver = PathResolver::open(scratch.path());
  struct Row {
    std::string path;
    WalkEnd end;
    std::string stopped_at;
    std::string reached;
  };
  const std::vector<Row> rows = {
      {"/dir/none", WalkEnd::missing, "/dir/none", "/dir"},
      {"/none/file", WalkEnd::missing, "/none", "/"},
      {"/dangling", WalkEnd::dangling, "/dir/none", "/dir"},
      {"/dangling/more", WalkEnd::dangling, "/dir/none", "/dir"},
      {"/dir/file/more", WalkEnd::not_directory, "/dir/file/more", "/dir/file"},
      {"/dir/file/", WalkEnd::not_directory, "/dir/file", "/dir/file"},
      {"/loop", WalkEnd::unresolvable, "/loop", "/"},
      {"/long", WalkEnd::unresolvable, "/" + std::string(NAME_MAX + 1, 'x'), "/"},
      {"/" + std::string(PATH_MAX, 'x'), WalkEnd::unresolvable, "/" + std::string(PATH_MAX, 'x'), "/"},
  };
  for (const auto& row : rows) {
    const auto seen = walk(*resolver, row.path);
    EXPECT_EQ(seen.end, row.end) << row.path;
    EXPECT_EQ(seen.stopped_at, row.stopped_at) << row.path;
    EXPECT_EQ(last_path(seen), row.reached) << row.path;
  }
}

TEST(PathResolver, FollowsFortyLinksAndNoMore) {
  const ScratchDirectory scratch;
  scratch.file("end");
  scratch.link("link1", "end");
  for (int i = 2; i <= 41; ++i) scratch.link("link" + std::to_string(i), "link" + std::to_string(i - 1));
  auto resolver = PathResolver::open(scratch.path());
  EXPECT_EQ(walk(*resolver, "/link40").end, WalkEnd::found);
  EXPECT_EQ(walk(*resolver, "/link40").links.size(), 40U);
  EXPECT_EQ(walk(*resolver, "/link41").end, WalkEnd::unresolvable);
  const auto kernel = [&](const std::string& name) { return access(scratch.path(name).c_str(), F_OK) == 0; };
  EXPECT_TRUE(kernel("link40"));
  EXPECT_FALSE(kernel("link41"));
}

TEST(PathResolver, NeverLeavesItsRoot) {
  const ScratchDirectory scratch;
  scratch.directory("etc");
  scratch.file("etc/passwd", "inside\n");
  scratch.link("up", "../../../../../../../../../../etc/passwd");
  scratch.link("absolute", "/etc/passwd");
  scratch.link("etc/dots", "/../../..");
  auto resolver = PathResolver::open(scratch.path());
  struct stat inside {};
  ASSERT_EQ(stat(scratch.path("etc/passwd").c_str(), &inside), 0);
  for (const std::string path : {"/up", "/absolute", "/../../etc/passwd", "/etc/dots/etc/passwd"}) {
    const auto seen = walk(*resolver, path);
    ASSERT_EQ(seen.end, WalkEnd::found) << path;
    EXPECT_EQ(last_path(seen), "/etc/passwd") << path;
    EXPECT_EQ(seen.components.back().status.inode, inside.st_ino) << path;
  }
}

TEST(PathResolver, RecordsLinksAndWhatLedToThem) {
  const ScratchDirectory scratch;
  scratch.directory("home/.ssh");
  scratch.directory("srv");
  scratch.file("srv/keys");
  scratch.link("home/.ssh/authorized_keys", "/srv/keys");
  auto resolver = PathResolver::open(scratch.path());
  const auto seen = walk(*resolver, "/home/.ssh/authorized_keys");
  ASSERT_EQ(seen.links.size(), 1U);
  EXPECT_EQ(seen.links[0].path, "/home/.ssh/authorized_keys");
  EXPECT_EQ(seen.links[0].target, "/srv/keys");
  ASSERT_EQ(seen.links[0].through.size(), 3U);
  EXPECT_EQ(seen.links[0].through[2].path, "/home/.ssh");
}

TEST(PathResolver, DoesNotLookIntoProc) {
  auto resolver = PathResolver::open("/");
  EXPECT_EQ(walk(*resolver, "/proc/self/environ").end, WalkEnd::unseen);
}

TEST(PathResolver, ReadsTheAclOfWhatAGroupMayWrite) {
  const ScratchDirectory scratch;
  scratch.directory("dir", 0750);
  const auto command = "setfacl -m u:12345:rwx,g:23456:r-x " + scratch.path("dir");
  ASSERT_EQ(std::system(command.c_str()), 0);
  auto resolver = PathResolver::open(scratch.path());
  const auto seen = walk(*resolver, "/dir");
  const std::vector<AclEntry> expected = {
      {AclEntry::Kind::user, 12345, 7}, {AclEntry::Kind::owning_group, 0, 5}, {AclEntry::Kind::group, 23456, 5}};
  EXPECT_EQ(seen.components.back().acl, expected);
}

// As root every permission check passes, so these act as somebody else.
class PathResolverAsRoot : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(geteuid(), 0U) << "this test has to be run by root"; }
};

TEST_F(PathResolverAsRoot, TheKernelDecidesWhatAnAccountMaySearch) {
  const ScratchDirectory scratch;
  scratch.directory("shut", 0700);
  scratch.file("shut/file");
  auto resolver = PathResolver::open(scratch.path());
  EXPECT_EQ(walk(*resolver, "/shut/file").end, WalkEnd::found);
  FileIdentity identity;
  ASSERT_TRUE(identity.become({12345, 12345, {}}).has_value());
  resolver->identity_changed();
  const auto seen = walk(*resolver, "/shut/file");
  EXPECT_EQ(seen.end, WalkEnd::not_searchable);
  EXPECT_EQ(last_path(seen), "/shut");
  EXPECT_EQ(walk(*resolver, "/shut/..").end, WalkEnd::not_searchable);
}

// What one account could reach must not be remembered for the next.
TEST_F(PathResolverAsRoot, RemembersOnlyWhatIsOpenToAll) {
  const ScratchDirectory scratch;
  scratch.directory("home", 0755);
  scratch.directory("home/own", 0700);
  scratch.file("home/own/file");
  ASSERT_EQ(chown(scratch.path("home/own").c_str(), 12345, 12345), 0);
  auto resolver = PathResolver::open(scratch.path());
  FileIdentity identity;
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(identity.become({12345, 12345, {}}).has_value());
    resolver->identity_changed();
    EXPECT_EQ(walk(*resolver, "/home/own/file").end, WalkEnd::found);
    ASSERT_TRUE(identity.become({12346, 12346, {}}).has_value());
    resolver->identity_changed();
    EXPECT_EQ(walk(*resolver, "/home/own/file").end, WalkEnd::not_searchable);
  }
}

// What nobody but root can replace is not held open, and is not taken for what root has put there since either.
TEST_F(PathResolverAsRoot, HoldsOpenWhatSomebodyCouldReplace) {
  const ScratchDirectory scratch;
  for (const std::string parent : {"fixed", "group", "others", "owned"}) {
    scratch.directory(parent + "/dave/.ssh");
    scratch.file(parent + "/dave/.ssh/keys");
    scratch.directory(parent + "/dave", 0700);
    ASSERT_EQ(chown(scratch.path(parent + "/dave").c_str(), 12345, 12345), 0);
  }
  scratch.directory("group", 0775);
  scratch.directory("others", 0757);
  ASSERT_EQ(chown(scratch.path("owned").c_str(), 12345, 0), 0);
  auto resolver = PathResolver::open(scratch.path());
  for (const std::string parent : {"fixed", "group", "others", "owned"}) {
    const auto home = resolver->resolve_directory("/" + parent + "/dave");
    EXPECT_EQ(static_cast<bool>(home.node->fd), parent != "fixed") << parent;
    EXPECT_EQ(walk(*resolver, "/" + parent + "/dave/.ssh/keys").components.size(), 5U);
  }
  resolver->identity_changed();
  resolver->resolve_directory("/fixed/dave");
  scratch.directory("elsewhere/.ssh");
  scratch.file("elsewhere/.ssh/keys");
  std::filesystem::rename(scratch.path("fixed/dave"), scratch.path("fixed/old"));
  scratch.link("fixed/dave", "../elsewhere");
  EXPECT_NE(walk(*resolver, "/fixed/dave/.ssh/keys").end, WalkEnd::found);
}

// Its home is removed while it is looked at.
TEST_F(PathResolverAsRoot, WhatIsGoneMeanwhileIsMissing) {
  const ScratchDirectory scratch;
  scratch.directory("fixed/dave");
  auto resolver = PathResolver::open(scratch.path());
  ASSERT_FALSE(resolver->resolve_directory("/fixed/dave").node->fd);
  std::filesystem::remove(scratch.path("fixed/dave"));
  for (const std::string path : {"/fixed/dave/.ssh/keys", "/fixed/dave/keys", "/fixed/dave/./keys"}) {
    const auto seen = walk(*resolver, path);
    EXPECT_EQ(seen.end, WalkEnd::missing) << path;
    EXPECT_EQ(seen.errnum, ENOENT) << path;
  }
}

TEST_F(PathResolverAsRoot, SupplementaryGroupsCount) {
  const ScratchDirectory scratch;
  scratch.directory("dir", 0710);
  scratch.file("dir/file");
  ASSERT_EQ(chown(scratch.path("dir").c_str(), 0, 777), 0);
  auto resolver = PathResolver::open(scratch.path());
  FileIdentity identity;
  ASSERT_TRUE(identity.become({12345, 12345, {777}}).has_value());
  EXPECT_EQ(walk(*resolver, "/dir/file").end, WalkEnd::found);
  ASSERT_TRUE(identity.become({12345, 12345, {778}}).has_value());
  resolver->identity_changed();
  EXPECT_EQ(walk(*resolver, "/dir/file").end, WalkEnd::not_searchable);
  identity.restore();
  EXPECT_EQ(file_access_uid(), 0U);
}

}  // namespace
}  // namespace sshaudit
