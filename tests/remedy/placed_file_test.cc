// SPDX-License-Identifier: MIT
#include "remedy/placed_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "gather/scratch_directory.h"
#include "remedy/sshd_reload.h"

namespace sshaudit {
namespace {

using Names = std::vector<std::string>;

Names names_in(const ScratchDirectory& scratch) {
  Names names;
  for (const auto& entry : std::filesystem::directory_iterator(scratch.path())) {
    names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

class PlacedFileAsRoot : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(geteuid(), 0U) << "this test has to be run by root"; }

  Result<PlacedFile> open() const { return PlacedFile::open(scratch_.path(), "a.conf"); }

  ScratchDirectory scratch_;
};

TEST_F(PlacedFileAsRoot, ComesAndGoesWhole) {
  const auto file = open();
  ASSERT_TRUE(file);
  EXPECT_EQ(*file->text(), std::nullopt);
  scratch_.file(".a.conf.new", "of a run that was killed\n", 0600);
  umask(0);
  ASSERT_TRUE(file->write("one\n"));
  umask(022);
  EXPECT_EQ(*file->text(), "one\n");
  struct stat status {};
  ASSERT_EQ(stat(scratch_.path("a.conf").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode, static_cast<mode_t>(S_IFREG | 0644));
  EXPECT_EQ(names_in(scratch_), Names{"a.conf"});
  ASSERT_TRUE(file->write("two\n"));
  EXPECT_EQ(*file->text(), "two\n");
  ASSERT_TRUE(file->remove());
  ASSERT_TRUE(file->remove());
  EXPECT_EQ(names_in(scratch_), Names{});
}

TEST_F(PlacedFileAsRoot, WhatIsNoneOfOurs) {
  scratch_.link("a.conf", "/etc/passwd");
  EXPECT_EQ(open()->text().error(), (Error{"not a regular file", scratch_.path("a.conf"), 0}));
  std::filesystem::remove(scratch_.path("a.conf"));
  scratch_.file("a.conf");
  ASSERT_EQ(chown(scratch_.path("a.conf").c_str(), 12345, 0), 0);
  EXPECT_EQ(open()->text().error(), (Error{"does not belong to root", scratch_.path("a.conf"), 0}));
  scratch_.directory("", 0777);
  EXPECT_EQ(open().error(), (Error{"others than root may write there", scratch_.path(), 0}));
}

TEST_F(PlacedFileAsRoot, ADirectoryStandsInTheWay) {
  scratch_.directory("a.conf");
  const auto written = open()->write("one\n");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error(), (Error{"write", scratch_.path("a.conf"), EISDIR}));
  EXPECT_EQ(names_in(scratch_), Names{"a.conf"});
}

TEST(SshdReload, TheServiceThatAProcessBelongsTo) {
  EXPECT_EQ(service_in_cgroup("0::/system.slice/ssh.service\n"), "ssh.service");
  EXPECT_EQ(service_in_cgroup("1:name=systemd:/system.slice/sshd.service\n2:cpu:/system.slice/other.service\n"),
            "sshd.service");
  EXPECT_EQ(service_in_cgroup("2:cpu:/system.slice/other.service\n"), "");
  EXPECT_EQ(service_in_cgroup("0::/user.slice/user-0.slice/session-1.scope\n"), "");
  EXPECT_EQ(service_in_cgroup("0::/\n"), "");
  EXPECT_EQ(service_in_cgroup(""), "");
}

TEST(SshdReload, AProgramThatWouldEndItself) {
  Daemon daemon{.pid = getpid()};
  daemon.command.program = "sshd";
  EXPECT_EQ(why_not_reloaded(daemon), "it was started as \"sshd\", which is no absolute path, and would end itself");
  daemon.command.program = "/no/sshd";
  EXPECT_EQ(why_not_reloaded(daemon), "there is no program /no/sshd any more, by which it would start itself anew");
  daemon.command.program = "/bin/sh";
  EXPECT_EQ(why_not_reloaded(daemon), "");
}

}  // namespace
}  // namespace sshaudit
