// SPDX-License-Identifier: MIT
#include "fix_adversary.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <system_error>
#include <thread>

#include "fix_arena.h"

namespace sshaudit::e2e {
namespace {

constexpr auto key_file = ".ssh/authorized_keys";

// Only the own files are written, and none behind a link or on another mount: those are canaries.
int open_own(int home, const char* path, int flags) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV | RESOLVE_BENEATH;
  const int fd = static_cast<int>(syscall(SYS_openat2, home, path, &how, sizeof how));
  struct stat status {};
  const bool is_own = fd >= 0 && fstat(fd, &status) == 0 && status.st_uid == mallory_id &&
                      (S_ISDIR(status.st_mode) || (S_ISREG(status.st_mode) && status.st_nlink == 1));
  if (is_own) return fd;
  if (fd >= 0) close(fd);
  return -1;
}

class Swapper {
 public:
  explicit Swapper(unsigned seed) : dice_(seed), home_(open(mallory_home, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {}

  [[noreturn]] void run() {
    while (true) {
      one();
      if (roll(32) == 0) usleep(1U << roll(14));
      if (roll(32) == 0) lie_low();
    }
  }

 private:
  unsigned roll(std::size_t sides) { return static_cast<unsigned>(dice_() % sides); }

  const std::string& one_of(const std::vector<std::string>& slots) { return slots.at(roll(slots.size())); }

  // All of them at the same time, so that root comes to an end with something now and then.
  static void lie_low() {
    using std::chrono::milliseconds;
    constexpr milliseconds period{64};
    constexpr milliseconds lull{24};
    const auto now = std::chrono::steady_clock::now().time_since_epoch() % period;
    if (now < lull) std::this_thread::sleep_for(lull - now);
  }

  void exchange(const std::string& one, const std::string& other) const {
    syscall(SYS_renameat2, home_, one.c_str(), home_, other.c_str(), RENAME_EXCHANGE);
  }
  void move(const std::string& from, const std::string& to) const {
    syscall(SYS_renameat2, home_, from.c_str(), home_, to.c_str(), RENAME_NOREPLACE);
  }

  void change_mode(const char* path, const std::vector<mode_t>& modes) {
    const int fd = open_own(home_, path, O_RDONLY);
    if (fd < 0) return;
    fchmod(fd, modes.at(roll(modes.size())));
    close(fd);
  }

  void break_text() const {
    const int fd = open_own(home_, key_file, O_WRONLY);
    if (fd < 0) return;
    const auto text = broken_text();
    if (ftruncate(fd, 0) == 0 && pwrite(fd, text.data(), text.size(), 0) < 0) errno = 0;
    close(fd);
  }

  // A draft that root has just made, by its name.
  void take_draft() {
    const int fd = open_own(home_, ".ssh", O_RDONLY | O_DIRECTORY);
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(fdopendir(fd), closedir);
    if (!stream) return;
    while (const auto* entry = readdir(stream.get())) {
      const std::string name = entry->d_name;
      if (!name.starts_with(".authorized_keys.sshaudit-")) continue;
      const auto plant = "plant." + std::to_string(roll(4));
      unlinkat(home_, "draft", 0);
      const bool is_own = linkat(dirfd(stream.get()), name.c_str(), home_, "draft", 0) == 0;
      if (is_own || roll(2) == 0) exchange(".ssh/" + name, plant);
    }
  }

  void one() {
    switch (roll(20)) {
      case 0:
        return change_mode(".", {0777, 0755, 0775, 0755});
      case 1:
        return change_mode(".ssh", {0777, 0755, 0770, 0700});
      case 2:
        return change_mode(key_file, {0666, 0600, 0664, 0, 04766});
      case 3:
        unlinkat(home_, "draft", 0);
        return break_text();
      case 4:
        return take_draft();
      case 5:
        return move(".ssh", "away");
      case 6:
      case 7:
        return move("away", ".ssh");
      case 8:
        return move(key_file, "f.away");
      case 9:
        return move("f.away", key_file);
      default:
        return roll(2) == 0 ? exchange(".ssh", one_of(directories_)) : exchange(key_file, one_of(files_));
    }
  }

  std::minstd_rand dice_;
  int home_;
  std::vector<std::string> directories_ = directory_slots();
  std::vector<std::string> files_ = file_slots();
};

// What only the account itself can make: names of a file that it may write, and what it puts where drafts are.
void make_own_traps() {
  const std::string home = mallory_home;
  if (link("/home/canaries/linked/open", (home + "/f.linked-own").c_str()) != 0 && errno != EEXIST) _exit(2);
  mkdir((home + "/plant.0").c_str(), 0777);
  mkfifo((home + "/plant.1").c_str(), 0666);
  if (symlink("/etc/shadow", (home + "/plant.2").c_str()) != 0 && errno != EEXIST) _exit(3);
  close(open((home + "/plant.3").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666));
}

[[noreturn]] void be_adversary(unsigned seed, pid_t parent) {
  const gid_t group = mallory_id;
  umask(0);
  const bool is_account = setgroups(1, &group) == 0 && setresgid(group, group, group) == 0 &&
                          setresuid(mallory_id, mallory_id, mallory_id) == 0;
  if (!is_account || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) _exit(1);
  alarm(0);
  make_own_traps();
  Swapper(seed).run();
}

}  // namespace

Adversaries::Adversaries(int count, unsigned seed) {
  const pid_t parent = getpid();
  for (int i = 0; i < count; ++i) {
    const pid_t child = fork();
    if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (child == 0) be_adversary(seed + static_cast<unsigned>(i), parent);
    processes_.push_back(child);
  }
}

Adversaries::~Adversaries() {
  for (const auto process : processes_) {
    kill(process, SIGKILL);
    waitpid(process, nullptr, 0);
  }
}

}  // namespace sshaudit::e2e
