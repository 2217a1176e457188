// SPDX-License-Identifier: MIT
// One moment each in which the owner of a home would have to act to have root change the wrong file, tried until it is
// met again and again.
#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <linux/fs.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <system_error>

#include "fix_arena.h"
#include "parse/sshd_version.h"
#include "remedy/changer.h"
#include "remedy/undo.h"

namespace sshaudit::e2e {
namespace {

const std::string home = mallory_home;

void must(bool done, const std::string& what) {
  if (!done) throw std::system_error(errno, std::generic_category(), what);
}

int exchange(const std::string& one, const std::string& other) {
  return static_cast<int>(
      syscall(SYS_renameat2, AT_FDCWD, (home + one).c_str(), AT_FDCWD, (home + other).c_str(), RENAME_EXCHANGE));
}

// Does `act` as mallory, again and again.
class Ambush {
 public:
  explicit Ambush(const std::function<void()>& act) : process_(fork()) {
    must(process_ >= 0, "fork");
    if (process_ > 0) return;
    const gid_t group = mallory_id;
    const bool is_account = setgroups(1, &group) == 0 && setresgid(group, group, group) == 0 &&
                            setresuid(mallory_id, mallory_id, mallory_id) == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0;
    while (is_account) act();
    _exit(1);
  }
  Ambush(const Ambush&) = delete;
  Ambush& operator=(const Ambush&) = delete;
  ~Ambush() {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }

 private:
  pid_t process_;
};

struct stat status_of(const std::string& path) {
  struct stat status {};
  must(lstat(path.c_str(), &status) == 0, path);
  return status;
}

const Account mallory{
    .name = "mallory", .uid = mallory_id, .gid = mallory_id, .home = mallory_home, .shell = "/bin/sh"};
const Identity identity{mallory_id, mallory_id, {}};

KeyGrammar grammar() { return {}; }

Record new_record() {
  auto record = Record::create("fix");
  if (!record) throw std::runtime_error(record.error().what);
  return std::move(*record);
}

const auto key_file = home + "/.ssh/authorized_keys";

// Root's, in the directory of the account.
FileStatus new_key_file(const std::string& text, mode_t mode) {
  unlink(key_file.c_str());
  const int fd = open(key_file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  must(fd >= 0 && write(fd, text.data(), text.size()) > 0 && fchmod(fd, mode) == 0, "key file");
  close(fd);
  const auto found = status_of(key_file);
  return {found.st_mode, 0, 0, found.st_dev, found.st_ino, 1};
}

// Root makes ~/.ssh, and mallory moves root's own directory to that name at once.
std::string make_directory_in_ambush() {
  const KeyAddition addition{.path = key_file,
                             .made = {S_IFREG | 0600, mallory_id, mallory_id},
                             .new_directory = home + "/.ssh",
                             .after = key_line(1, "one")};
  const Ambush ambush([] { exchange("/.ssh", "/treasure"); });
  int met = 0;
  auto record = new_record();
  for (int round = 0; round < 1000; ++round) {
    while (std::filesystem::exists(home + "/.ssh") || std::filesystem::exists(home + "/treasure")) {
      std::error_code error;
      std::filesystem::remove_all(home + "/.ssh", error);
      std::filesystem::remove_all(home + "/treasure", error);
    }
    must(mkdir((home + "/treasure").c_str(), 0755) == 0, "mkdir");
    const int treasure = open((home + "/treasure").c_str(), O_PATH | O_CLOEXEC);
    const auto done = Changer(grammar()).make(mallory, identity, addition, record);
    met += done ? 0 : 1;
    struct stat status {};
    must(fstat(treasure, &status) == 0, "treasure");
    if (status.st_uid != 0) return fmt::format("round {}: the directory of root was given away", round);
    if (fstatat(treasure, "authorized_keys", &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_uid == mallory_id) {
      return fmt::format("round {}: a file of the account's was made in the directory of root", round);
    }
    close(treasure);
  }
  return met == 0 ? "the moment was never met" : "";
}

TEST(FixAmbushAsRoot, ADirectoryThatRootMakesIsNotMistaken) {
  const TemporaryDirectory directory;
  AuditedSystem system(directory.path());
  build_arena(system);
  system.remove(std::string(mallory_home) + "/.ssh");
  EXPECT_EQ(run_inside(system, 300, make_directory_in_ambush), "");
}

// Root puts a text back and then a mode, and mallory moves a name of another file of root's there in between.
std::string undo_in_ambush() {
  int met = 0;
  auto record = new_record();
  for (int round = 0; round < 200; ++round) {
    const auto judged = new_key_file(broken_text(), 0666);
    Plan plan{.account = mallory, .identity = identity, .home = home};
    PlannedChange change{.change = {.path = key_file, .judged = judged, .take = 022}, .after = judged};
    change.after.mode &= ~mode_t{022};
    plan.changes.push_back(change);
    const PlannedContent content{
        .path = key_file, .judged = judged, .before = broken_text(), .after = key_line(1, "one")};
    Changer changer(grammar());
    const auto first = record.steps();
    must(changer.make(plan, plan.changes.front().change, record).has_value(), "mode");
    must(changer.make(plan, content, record).has_value(), "content");
    auto steps = read_record(record.name());
    must(steps.has_value(), "record");
    steps->erase(steps->begin(), steps->begin() + static_cast<std::ptrdiff_t>(first));
    {
      const Ambush ambush([] { exchange("/.ssh/authorized_keys", "/f.linked-plain"); });
      undo_steps(*steps, [&](const RecordedStep&, UndoEnd end, const std::string&) { met += end == UndoEnd::left; });
    }
    if (status_of("/home/canaries/linked/plain").st_mode != (S_IFREG | 0644)) {
      return fmt::format("round {}: a file outside the home was given the mode of the key file", round);
    }
    if (status_of(key_file).st_nlink > 1) exchange("/.ssh/authorized_keys", "/f.linked-plain");
  }
  return met == 0 ? "the moment was never met" : "";
}

TEST(FixAmbushAsRoot, AFileThatStandsInIsNotMistaken) {
  const TemporaryDirectory directory;
  AuditedSystem system(directory.path());
  build_arena(system);
  EXPECT_EQ(run_inside(system, 300, undo_in_ambush), "");
}

// Root writes a new text for a file of its own, and mallory wants to be the one who has it open.
std::string draft_in_ambush() {
  auto record = new_record();
  const Ambush ambush([&] {
    std::error_code gone;
    for (const auto& entry : std::filesystem::directory_iterator(home + "/.ssh", gone)) {
      if (!entry.path().filename().string().starts_with(".authorized_keys.sshaudit-")) continue;
      const int fd = open(entry.path().c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
      if (fd < 0 && errno != EACCES) continue;
      mkdir((home + (fd < 0 ? "/seen" : "/held")).c_str(), 0700);
      close(fd);
    }
  });
  const Plan plan{.account = mallory, .identity = identity, .home = home};
  for (int round = 0; round < 300; ++round) {
    const auto judged = new_key_file(broken_text(), 0644);
    const PlannedContent content{
        .path = key_file, .judged = judged, .before = broken_text(), .after = key_line(1, "one")};
    must(Changer(grammar()).make(plan, content, record).has_value(), "content");
    if (status_of(key_file).st_uid != 0) return "the file is not root's any more";
    if (std::filesystem::exists(home + "/held")) return fmt::format("round {}: a file of root's was open to it", round);
  }
  return std::filesystem::exists(home + "/seen") ? "" : "the moment was never met";
}

TEST(FixAmbushAsRoot, ADraftOfRootsIsNeverTheAccounts) {
  const TemporaryDirectory directory;
  AuditedSystem system(directory.path());
  build_arena(system);
  EXPECT_EQ(run_inside(system, 300, draft_in_ambush), "");
}

// What fix has given to the account has its names counted before it becomes root's again.
std::string undo_of_linked() {
  const auto judged = new_key_file(key_line(1, "one"), 0600);
  const Plan plan{.account = mallory, .identity = identity, .home = home};
  auto record = new_record();
  const Change change{.path = key_file, .judged = judged, .owner = mallory_id};
  must(Changer(grammar()).make(plan, change, record).has_value(), "owner");
  if (status_of(key_file).st_uid != mallory_id) return "it was not given";
  must(link(key_file.c_str(), "/home/canaries/bound-own/mine") == 0, "link");
  const auto steps = read_record(record.name());
  must(steps.has_value(), "record");
  std::string said;
  undo_steps(*steps, [&](const RecordedStep&, UndoEnd end, const std::string& why) {
    said += (end == UndoEnd::left ? "left: " : "undone") + why;
  });
  return said + fmt::format(", uid {}", status_of(key_file).st_uid);
}

TEST(FixAmbushAsRoot, AFileWithMoreNamesDoesNotBecomeRoots) {
  const TemporaryDirectory directory;
  AuditedSystem system(directory.path());
  build_arena(system);
  EXPECT_EQ(run_inside(system, 60, undo_of_linked), "left: it has more names (hard links) by now, uid 2001");
}

}  // namespace
}  // namespace sshaudit::e2e
