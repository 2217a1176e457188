// SPDX-License-Identifier: MIT
#include "supervisor/mount_watch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "gather/mounts.h"

namespace sshaudit {
namespace {

constexpr std::int64_t second = 1'000'000'000;

// Asks the file system itself, whatever is remembered of it here. It holds nothing while it waits.
pid_t start_question(const std::string& path) {
  const pid_t process = fork();
  if (process != 0) return process;
  close_range(0, ~0U, 0);
  struct statx status {};
  statx(AT_FDCWD, path.c_str(), AT_STATX_FORCE_SYNC | AT_NO_AUTOMOUNT | AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS,
        &status);
  _exit(0);
}

bool is_below(std::string_view path, std::string_view directory) {
  return path.starts_with(directory) && (path.size() == directory.size() || path[directory.size()] == '/');
}

}  // namespace

void MountWatch::stop() {
  for (auto& mount : mounts_) {
    if (mount.process <= 0) continue;
    kill(mount.process, SIGKILL);
    doomed_.push_back(mount.process);
    mount.process = -1;
  }
}

// One that has answered just now answers.
void MountWatch::suspect(std::string_view path) {
  if (ask_about(path).state != State::fine) return;
  const auto point = mount_of(path);
  if (point.empty() || point == "/") return;
  const auto now = coarse_now();
  auto known = std::ranges::find(mounts_, point, &Suspect::path);
  if (known != mounts_.end() && (known->state != State::fine || now - known->since < second)) return;
  if (known == mounts_.end()) known = mounts_.insert(mounts_.end(), Suspect{point});
  known->state = State::waiting;
  known->since = now;
  known->process = start_question(point);
  ++in_doubt_;
}

bool MountWatch::check() {
  bool is_news = false;
  for (auto& mount : mounts_) {
    if (mount.state != State::waiting) continue;
    const bool answered = mount.process <= 0 || waitpid(mount.process, nullptr, WNOHANG) == mount.process;
    const auto now = coarse_now();
    if (answered) {
      mount.state = State::fine;
      mount.since = now;
      mount.process = -1;
      --in_doubt_;
      is_news = true;
    } else if (now - mount.since >= deadline_ * second) {
      kill(mount.process, SIGKILL);
      doomed_.push_back(mount.process);
      mount.process = -1;
      mount.state = State::given_up;
      given_up_.add(mount.path);
      is_news = true;
    }
  }
  return is_news;
}

MountWatch::Answer MountWatch::ask_about(std::string_view path) const {
  for (const auto& mount : mounts_) {
    if (mount.state != State::fine && is_below(path, mount.path)) return {mount.state, mount.path};
  }
  return {};
}

}  // namespace sshaudit
