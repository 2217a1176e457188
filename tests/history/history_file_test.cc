// SPDX-License-Identifier: MIT
// Where the history lies: who may have written it, and disks that are full or read-only.
#include "history/history_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "history/sample_runs.h"
#include "private_mounts.h"

namespace sshaudit {
namespace {

namespace fs = std::filesystem;
constexpr auto state = "/var/lib/sshaudit";
constexpr auto file = "/var/lib/sshaudit/history.db";

// An empty /var/lib of 512 kB, for this process alone.
struct HistoryPlaceAsRoot : ::testing::Test {
  HistoryPlaceAsRoot() {
    EXPECT_TRUE(enter_private_mounts());
    is_mounted = mount("none", "/var/lib", "tmpfs", 0, "size=512k,mode=755") == 0;
    EXPECT_TRUE(is_mounted);
  }
  HistoryPlaceAsRoot(const HistoryPlaceAsRoot&) = delete;
  HistoryPlaceAsRoot& operator=(const HistoryPlaceAsRoot&) = delete;
  ~HistoryPlaceAsRoot() override {
    if (is_mounted) umount2("/var/lib", MNT_DETACH);
  }

  bool is_mounted = false;
};

mode_t mode_of(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
}

TEST_F(HistoryPlaceAsRoot, IsRootsAlone) {
  ASSERT_TRUE(is_mounted);
  EXPECT_EQ(find_history_file().value(), std::nullopt);
  EXPECT_FALSE(fs::exists(state)) << "a look makes nothing";
  EXPECT_EQ(make_history_file().value(), file);
  EXPECT_EQ(mode_of(state), 0700U);
  EXPECT_EQ(mode_of(file), 0600U);
  const auto history = History::begin(file, "2026-01-30T02:00:00Z", 0);
  ASSERT_TRUE(history);
  EXPECT_EQ(mode_of(std::string(file) + "-wal"), 0600U);
  EXPECT_FALSE(fs::exists(std::string(file) + "-shm")) << "not every file system could share it";
  EXPECT_EQ(find_history_file().value(), file);
}

TEST_F(HistoryPlaceAsRoot, WhatOthersMayHaveWrittenIsNotBelieved) {
  ASSERT_TRUE(is_mounted);
  const auto refused = [](const std::string& path) {
    const Error expected = {"not believed: the history has to be a regular file of root's, who alone may write it",
                            path, 0};
    const auto made = make_history_file();
    const auto found = find_history_file();
    return !made && made.error() == expected && !found && found.error() == expected;
  };
  fs::create_directory(state);
  fs::create_symlink("/var/lib/elsewhere", file);
  EXPECT_TRUE(refused(file));
  EXPECT_FALSE(fs::exists("/var/lib/elsewhere"));
  fs::remove(file);
  for (const std::string suffix : {"", "-wal", "-shm"}) {
    const auto path = file + suffix;
    std::ofstream(path) << "";
    ASSERT_EQ(chown(path.c_str(), 2001, 0), 0);
    EXPECT_TRUE(refused(path));
    ASSERT_EQ(chown(path.c_str(), 0, 0), 0);
    ASSERT_EQ(chmod(path.c_str(), 0620), 0);
    EXPECT_TRUE(refused(path));
    fs::remove(path);
  }
  ASSERT_EQ(mkfifo(file, 0600), 0);
  EXPECT_TRUE(refused(file));
  fs::remove(file);
  ASSERT_EQ(chown(state, 2001, 0), 0);
  EXPECT_EQ(make_history_file().error().what, "the state directory has to belong to root, who alone may write it");
  fs::remove(state);
  fs::create_directory("/var/lib/elsewhere");
  fs::create_symlink("elsewhere", state);
  EXPECT_EQ(make_history_file().error().errnum, ENOTDIR);
  EXPECT_EQ(find_history_file().error().errnum, ENOTDIR);
}

// Changes of some hundred kB.
NamedRuns large_run() {
  NamedRuns run;
  for (int i = 0; i < 3000; ++i) {
    const auto name = "user" + std::to_string(i);
    run.emplace_back(name, sample_changes("home-writable", "/home/" + name, "SHA256:" + std::string(43, 'A')));
  }
  return run;
}

Result<void> try_run(const NamedRuns& accounts) {
  auto history = History::begin(file, "2026-01-31T02:00:00Z", 0);
  if (!history) return tl::unexpected(history.error());
  for (const auto& [name, changes] : accounts) {
    if (auto done = history->keep(name, {}, changes); !done) return done;
  }
  return history->commit({});
}

TEST_F(HistoryPlaceAsRoot, AFullDiskLeavesTheOldState) {
  ASSERT_TRUE(is_mounted);
  ASSERT_TRUE(make_history_file());
  run_with(file, "2026-01-30T02:00:00Z", {{"alice", sample_changes("home-writable", "/a", "SHA256:a")}});
  const auto done = try_run(large_run());
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error(), (Error{"write the history", file, ENOSPC}));
  EXPECT_EQ(past_runs(file).size(), 1U);
  EXPECT_EQ(History::begin(file, "", 0).value().recall("alice").value().findings.size(), 1U);
  EXPECT_TRUE(try_run({})) << "what was written in vain is given back";
  EXPECT_EQ(past_runs(file).size(), 2U);
}

TEST_F(HistoryPlaceAsRoot, NoRoomForTheFirstByte) {
  ASSERT_TRUE(is_mounted);
  ASSERT_TRUE(make_history_file());
  const int filler = open("/var/lib/filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const std::string page(4096, 'x');
  off_t size = 0;
  while (size < 1024L * 1024 && write(filler, page.data(), page.size()) > 0) size += 4096;
  close(filler);
  ASSERT_LT(size, 1024L * 1024);
  const auto done = try_run({});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().errnum, ENOSPC) << done.error().what;
  EXPECT_EQ(done.error().path, file);
}

TEST_F(HistoryPlaceAsRoot, AReadOnlyDiskIsAnError) {
  ASSERT_TRUE(is_mounted);
  ASSERT_TRUE(make_history_file());
  run_with(file, "2026-01-30T02:00:00Z", {});
  ASSERT_EQ(mount("none", "/var/lib", nullptr, MS_REMOUNT | MS_RDONLY, nullptr), 0);
  EXPECT_EQ(make_history_file().error(), (Error{"open", file, EROFS}));
  const auto done = try_run({});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().path, file);
  EXPECT_NE(done.error().errnum, 0) << done.error().what;
}

}  // namespace
}  // namespace sshaudit
