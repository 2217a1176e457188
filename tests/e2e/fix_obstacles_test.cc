// SPDX-License-Identifier: MIT
// What hinders `fix` and `add-key`: they say so, what else can be done is done, and nothing is lost.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <optional>
#include <regex>
#include <system_error>

#include "fuse_device.h"
#include "mendable_system.h"
#include "odd_file_system.h"
#include "private_mounts.h"
#include "recorded_steps.h"

namespace sshaudit::e2e {
namespace {

using Words = std::vector<std::string>;

void must(bool done, const std::string& what) {
  if (!done) throw std::system_error(errno, std::generic_category(), what);
}

void make_empty_home(AuditedSystem& system) { system.make_directory("/home/alice", {alice_id, alice_id}, 0755); }

// Writes into a file until there is no room for a byte more; then `spared` bytes of it go again. Only where the size is
// limited.
void fill(const std::string& path, std::size_t spared = 0) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  must(fd >= 0, path);
  const std::string page(4096, 'x');
  constexpr off_t most = 1024L * 1024;  // a file system without a limit would take all memory
  off_t size = 0;
  for (ssize_t wrote = 0; size < most && (wrote = write(fd, page.data(), page.size())) > 0;) size += wrote;
  const bool is_full = size < most && errno == ENOSPC;
  must(is_full && ftruncate(fd, size - static_cast<off_t>(spared)) == 0, "fill " + path);
  close(fd);
}

// As chattr +i makes it.
class Immutable {
 public:
  explicit Immutable(std::string path) : path_(std::move(path)) { is_set_ = change(FS_IMMUTABLE_FL); }
  Immutable(const Immutable&) = delete;
  Immutable& operator=(const Immutable&) = delete;
  ~Immutable() { change(0); }

  bool is_set() const { return is_set_; }

 private:
  bool change(int flag) const {
    const int fd = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    int flags = 0;
    bool done = ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0;
    flags = (flags & ~FS_IMMUTABLE_FL) | flag;
    done = done && ioctl(fd, FS_IOC_SETFLAGS, &flags) == 0;
    close(fd);
    return done;
  }

  std::string path_;
  bool is_set_ = false;
};

class FixObstaclesAsRoot : public ::testing::Test {
 protected:
  FixObstaclesAsRoot() {
    must(enter_private_mounts(), "make a mount namespace");
    system.make_directory("/home/bob/.ssh/old", {stranger_id, stranger_id}, 0755);
  }
  ~FixObstaclesAsRoot() override {
    for (const auto& path : mounted_) umount2(path.c_str(), MNT_DETACH);
  }

  // In the system and, when it is entered, in what is entered.
  void mount_tmpfs(const std::string& path, const std::string& options) {
    must(mount("tmpfs", system.on_host(path).c_str(), "tmpfs", 0, options.c_str()) == 0, "mount " + path);
    mounted_.push_back(system.on_host(path));
    mendable.scene().mounts.push_back([this, path] { mount_here(system.on_host(path), path, MS_BIND, ""); });
  }
  void remount_tmpfs(const std::string& path, const std::string& options, unsigned long flags = 0) {
    const auto there = system.on_host(path);
    must(mount(nullptr, there.c_str(), nullptr, MS_REMOUNT | flags, options.c_str()) == 0, "remount " + path);
  }

  // What stands before `fix`, another account with something to do beside.
  void begin() {
    system.change_mode("/home/bob", 0777);
    before = mendable.picture();
    after = before;
    after["/home/bob"].mode = S_IFDIR | 0775;
  }

  // Each line of standard error; the name of the record is NAME there.
  void expect(const AuditRun& run, int exit_status, const Words& errors) const {
    std::string expected;
    for (const auto& line : errors) expected += "sshaudit: " + line + "\n";
    EXPECT_EQ(std::regex_replace(run.err, std::regex("[0-9]{8}T[0-9]{6}Z(-[0-9]+)?"), "NAME"), expected) << run.out;
    EXPECT_EQ(run.exit_status, exit_status);
  }

  // The picture is `expected`, and with all records undone it is the first one.
  void expect_picture(const Picture& expected) {
    EXPECT_EQ(changes(expected, mendable.picture()), "");
    auto records = mendable.records();
    for (auto name = records.rbegin(); name != records.rend(); ++name) {
      const auto undone = mendable.run({"undo", *name});
      EXPECT_EQ(undone.exit_status, 0);
      EXPECT_EQ(undone.err, "");
    }
    EXPECT_EQ(changes(before, mendable.picture()), "");
  }

  // In `after`: alice's home as `fix` makes it, but for the text of the key file.
  void home_is_mended_afterwards() {
    for (const auto* path : {"/home/alice", "/home/alice/.ssh", key_file, "/home/alice/.ssh/authorized_keys2"}) {
      auto& entry = after[path];
      entry.uid = alice_id;
      entry.mode &= ~static_cast<mode_t>(S_IWGRP | S_IWOTH);
    }
    after["/home/alice"].acl = "user::rwx,user:2002:r-x,group::r-x,mask::r-x,other::r-x";
    after[key_file].acl = "user::rw-,user:2002:r--,group::r--,mask::r--,other::r--";
  }

  AuditRun add_key() { return mendable.run({"add-key", "alice"}, ClientKeys::line("ed25519")); }

  MendableSystem mendable{make_empty_home};
  AuditedSystem& system = mendable.system();
  Picture before;
  Picture after;
  const Words fix_both = {"fix", "--yes", "--content", "alice", "bob"};
  static constexpr auto key_file = "/home/alice/.ssh/authorized_keys";

 private:
  std::vector<std::string> mounted_;
};

Words all_left_alone(const std::string& why) {
  Words lines;
  for (const auto* path : {"/.ssh/authorized_keys", "/.ssh", "", "/.ssh/authorized_keys2"}) {
    lines.push_back("alice: left alone: /home/alice" + std::string(path) + ": " + why);
  }
  return lines;
}

// Known beforehand, it is advice and not tried.
TEST_F(FixObstaclesAsRoot, HomeIsMountedReadOnly) {
  fill_broken_home(system);
  begin();
  mendable.scene().mounts.push_back([] {
    mount_here("/home/alice", "/home/alice", MS_BIND, "");
    mount_here("", "/home/alice", MS_REMOUNT | MS_BIND | MS_RDONLY, "");
  });
  const auto run = mendable.run(fix_both);
  expect(run, 1, {});
  EXPECT_NE(run.out.find("advice: /home/alice/.ssh/authorized_keys is on a read-only mount: change it where it comes "
                         "from, or remount it writable first\n"),
            std::string::npos);
  expect_picture(after);
}

TEST_F(FixObstaclesAsRoot, HomeBecomesReadOnly) {
  mount_tmpfs("/home/alice", "mode=755");
  fill_broken_home(system);
  begin();
  const auto become = [&] { remount_tmpfs("/home/alice", "", MS_RDONLY); };
  const auto run = mendable.traced(fix_both, "", {.kill = {}, .at_first_call = become}).run;
  expect(run, 2, all_left_alone("cannot be changed: Read-only file system"));
  expect_picture(after);
}

TEST_F(FixObstaclesAsRoot, NoSpaceForNewText) {
  mount_tmpfs("/home/alice", "mode=755,size=64k");
  fill_broken_home(system);
  fill(system.on_host("/home/alice/much"));
  begin();
  home_is_mended_afterwards();
  expect(mendable.run(fix_both), 2,
         {"alice: left alone: /home/alice/.ssh/authorized_keys: write: No space left on device"});
  expect_picture(after);
}

// Five files, and the directory itself.
TEST_F(FixObstaclesAsRoot, NoInodeForNewText) {
  mount_tmpfs("/home/alice", "mode=755,nr_inodes=6");
  fill_broken_home(system);
  system.make_file("/home/alice/last", "", root_owner, 0600);
  begin();
  home_is_mended_afterwards();
  expect(mendable.run(fix_both), 2,
         {"alice: left alone: /home/alice/.ssh/authorized_keys: write: No space left on device"});
  expect_picture(after);
}

TEST_F(FixObstaclesAsRoot, NoSpaceForNewKey) {
  mount_tmpfs("/home/alice", "mode=755,size=64k");
  system.change_owner("/home/alice", {alice_id, alice_id});
  fill(system.on_host("/home/alice/much"));
  begin();
  auto run = add_key();
  const std::string hint = "to undo what was begun: sshaudit undo ";
  EXPECT_TRUE(run.err.starts_with(hint + mendable.records().at(0) + "\n")) << run.err;
  run.err.erase(0, run.err.find('\n') + 1);
  expect(run, 2, {"not added: write: /home/alice/.ssh/authorized_keys: No space left on device"});
  after = before;
  after["/home/alice/.ssh"] = {.mode = S_IFDIR | 0700, .uid = alice_id, .gid = alice_id};
  expect_picture(after);
}

TEST_F(FixObstaclesAsRoot, NothingNewCanBeRecorded) {
  const std::string state = "/var/lib/sshaudit";
  struct Way {
    std::string options;
    bool is_read_only;
    std::string why;
  };
  const Way ways[] = {{"mode=755", true, "make directory: " + state + ": Read-only file system"},
                      {"mode=755,size=64k", false, "write: " + state + "/undo/NAME: No space left on device"},
                      {"mode=755,nr_inodes=1", false, "make directory: " + state + ": No space left on device"}};
  fill_broken_home(system);
  begin();
  for (const auto& way : ways) {
    SCOPED_TRACE(way.why);
    mount_tmpfs("/var/lib", way.options);
    if (way.is_read_only) remount_tmpfs("/var/lib", "", MS_RDONLY);
    if (way.options.ends_with("size=64k")) fill(system.on_host("/var/lib/much"));
    const auto nothing = mendable.picture();
    expect(mendable.run(fix_both), 2, {"nothing is changed, since it cannot be recorded: " + way.why});
    expect(mendable.run({"add-key", "bob"}, ClientKeys::line("ed25519")), 2, {"not added: " + way.why});
    EXPECT_EQ(changes(nothing, mendable.picture()), "");
    EXPECT_EQ(mendable.records(), Words());
  }
}

// A page for the record: it takes the header and the first steps, and a part of the next one, which goes again.
TEST_F(FixObstaclesAsRoot, TheRecordGetsFull) {
  fill_broken_home(system);
  for (const auto* path : {"/home/bob", "/home/bob/.ssh", "/home/bob/.ssh/authorized_keys"}) {
    system.change_owner(path, {nobodys_id, stranger_id});
    system.change_mode(path, 0777);
  }
  mount_tmpfs("/var/lib", "mode=755,size=64k");
  fill(system.on_host("/var/lib/much"), 4096);
  begin();
  const auto run = mendable.run(fix_both);
  EXPECT_EQ(run.exit_status, 2);
  ASSERT_EQ(mendable.records().size(), 1U);
  const auto record = mendable.record_path(mendable.records().front());
  const auto steps = steps_in(record);
  EXPECT_GE(steps.size(), 5U);
  after = before;
  for (const auto& step : steps) take(after, step);
  std::ifstream file(record, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_EQ(text.back(), '\n');
  const std::regex line(
      "sshaudit: (alice|bob): left alone: /home/[a-z0-9/._]*: write "
      "\\(/var/lib/sshaudit/undo/[0-9TZ]+\\): No space left on device\n");
  const auto lines = static_cast<std::size_t>(std::ranges::count(run.err, '\n'));
  EXPECT_GE(lines, 2U);
  EXPECT_EQ(std::regex_replace(run.err, line, ""), "");
  expect_picture(after);
}

// Known beforehand: its owner and mode are left out of the plan.
TEST_F(FixObstaclesAsRoot, FileIsImmutable) {
  fill_broken_home(system);
  begin();
  home_is_mended_afterwards();
  after[key_file] = before[key_file];
  const Immutable immutable(system.on_host(key_file));
  if (!immutable.is_set()) GTEST_SKIP() << "no immutable files on the file system of " << system.root();
  const auto run = mendable.run(fix_both);
  expect(run, 1, {});
  EXPECT_NE(run.out.find("has the flag +i (immutable)"), std::string::npos) << run.out;
  expect_picture(after);
}

TEST_F(FixObstaclesAsRoot, FileBecomesImmutable) {
  fill_broken_home(system);
  begin();
  home_is_mended_afterwards();
  after[key_file] = before[key_file];
  std::optional<Immutable> immutable;
  const auto become = [&] { immutable.emplace(system.on_host(key_file)); };
  const auto run = mendable.traced(fix_both, "", {.kill = {}, .at_first_call = become}).run;
  if (!immutable->is_set()) GTEST_SKIP() << "no immutable files on the file system of " << system.root();
  expect(run, 2, {"alice: left alone: /home/alice/.ssh/authorized_keys: cannot be changed: Operation not permitted"});
  expect_picture(after);
}

TEST_F(FixObstaclesAsRoot, AChangeHasNoEffect) {
  if (!kernel_has_fuse()) GTEST_SKIP() << "this kernel has no FUSE";
  mendable.scene().mounts.push_back([] {
    mount_odd_home("/home/alice", {.oddity = Oddity::keeps_modes, .key_text = mended_text(), .key_mode = 0100666});
  });
  begin();
  expect(mendable.run(fix_both), 2, {"alice: left alone: /home/alice/.ssh/authorized_keys: the change had no effect"});
  expect_picture(after);
}

// By a file system in user space: root is above the quotas of those in the kernel.
TEST_F(FixObstaclesAsRoot, NewTextIsOverQuota) {
  if (!kernel_has_fuse()) GTEST_SKIP() << "this kernel has no FUSE";
  mendable.scene().mounts.push_back([] {
    mount_odd_home("/home/alice", {.oddity = Oddity::over_quota, .key_text = broken_text(), .key_mode = 0100600});
  });
  begin();
  expect(mendable.run(fix_both), 2,
         {"alice: left alone: /home/alice/.ssh/authorized_keys: write: Disk quota exceeded"});
  expect_picture(after);
}

TEST_F(FixObstaclesAsRoot, NewKeyIsOverQuota) {
  if (!kernel_has_fuse()) GTEST_SKIP() << "this kernel has no FUSE";
  std::string text = mended_text();
  mendable.scene().mounts.push_back(
      [&] { mount_odd_home("/home/alice", {.oddity = Oddity::over_quota, .key_text = text, .key_mode = 0100600}); });
  begin();
  auto run = mendable.run({"add-key", "alice"}, ClientKeys::line("ed25519 of another"));
  run.err.erase(0, run.err.find('\n') + 1);
  expect(run, 2, {"not added: write: /home/alice/.ssh/authorized_keys: Disk quota exceeded"});
  text.clear();     // without a file
  run = add_key();  // nothing is left to be undone
  expect(run, 2, {"not added: write: /home/alice/.ssh/authorized_keys: Disk quota exceeded"});
  EXPECT_EQ(changes(before, mendable.picture()), "");
}

}  // namespace
}  // namespace sshaudit::e2e
