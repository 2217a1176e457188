// SPDX-License-Identifier: MIT
#include "sshd_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace sshaudit::logger {
namespace {

constexpr int without_pidfd_ms = 5;  // between two looks, on kernels before 5.3
constexpr int settling_ms = 1000;    // sshd needs that long at most from the last word of its child to the next step

// As a string; empty when it cannot be read.
template <std::size_t size>
void read_text(const char* path, char (&text)[size]) {
  text[0] = '\0';
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  const auto got = read(fd, text, size - 1);
  close(fd);
  text[got > 0 ? got : 0] = '\0';
}

struct Stat {
  char state = 'X';
  pid_t parent = 0;
  unsigned long long started = 0;
};

// The name of the program stands in parentheses and may hold some itself.
Stat stat_of(pid_t pid) {
  char path[64];
  char text[1024];
  std::snprintf(path, sizeof path, "/proc/%d/stat", static_cast<int>(pid));
  read_text(path, text);
  const char* const name_end = std::strrchr(text, ')');
  Stat stat;
  int parent = 0;
  constexpr auto* format = " %c %d %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu";
  if (name_end == nullptr || std::sscanf(name_end + 1, format, &stat.state, &parent, &stat.started) != 3) return {};
  stat.parent = parent;
  return stat;
}

bool is_left_over(char state) { return state == 'Z' || state == 'X' || state == 'x'; }

bool is_of_root(pid_t pid) {
  char path[64];
  char text[2048];
  std::snprintf(path, sizeof path, "/proc/%d/status", static_cast<int>(pid));
  read_text(path, text);
  const char* const ids = std::strstr(text, "\nUid:\t");
  return ids == nullptr || std::strncmp(ids + std::strlen("\nUid:\t"), "0\t", 2) == 0;
}

// Calls visit(pid) for the children of a process while it returns true. Kernels without the file have no children.
template <class Visit>
void for_each_child(pid_t pid, Visit visit) {
  char path[64];
  char text[4096];
  std::snprintf(path, sizeof path, "/proc/%d/task/%d/children", static_cast<int>(pid), static_cast<int>(pid));
  read_text(path, text);
  char* at = text;
  for (char* end = nullptr;; at = end) {
    const long child = std::strtol(at, &end, 10);
    if (end == at || !visit(static_cast<pid_t>(child))) return;
  }
}

Process speaker_of(const Process& process) {
  Process speaker;
  for_each_child(process.pid, [&](pid_t child) {
    if (child != getpid() && !is_of_root(child)) speaker = process_of(child);
    return speaker.started == 0;
  });
  return speaker;
}

int open_pidfd(pid_t pid) {
#ifdef SYS_pidfd_open
  if (pid > 0) return static_cast<int>(syscall(SYS_pidfd_open, pid, 0U));
#endif
  return -1;
}

}  // namespace

long now_ms() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void nap(long ms) {
  const timespec length = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&length, nullptr);
}

Process process_of(pid_t pid) {
  const auto stat = stat_of(pid);
  return is_left_over(stat.state) ? Process{pid, 0} : Process{pid, stat.started};
}

bool is_running(const Process& process) {
  return process.started != 0 && process_of(process.pid).started == process.started;
}

pid_t parent_of(pid_t pid) { return stat_of(pid).parent; }

bool is_sshd(pid_t pid) {
  char path[64];
  char name[64];
  std::snprintf(path, sizeof path, "/proc/%d/comm", static_cast<int>(pid));
  read_text(path, name);
  return std::strstr(name, "sshd") != nullptr;
}

pid_t process_of_connection(pid_t pid) {
  char path[64];
  char title[512];
  std::snprintf(path, sizeof path, "/proc/%d/cmdline", static_cast<int>(pid));
  read_text(path, title);
  const auto size = std::strlen(title);
  constexpr const char* mark = " [pam]";
  const bool asks = size > std::strlen(mark) && std::strcmp(title + size - std::strlen(mark), mark) == 0;
  const pid_t parent = asks ? parent_of(pid) : 0;
  return parent > 1 ? parent : pid;
}

Watch::Watch(const Process& process) : process_(process), speaker_(speaker_of(process)) {
  process_fd_ = open_pidfd(process_.pid);
  speaker_fd_ = open_pidfd(speaker_.pid);
}

Watch::~Watch() {
  if (process_fd_ >= 0) close(process_fd_);
  if (speaker_fd_ >= 0) close(speaker_fd_);
}

bool Watch::has_other_child() const {
  bool found = false;
  for_each_child(process_.pid, [&](pid_t child) {
    const bool asks_pam = process_of_connection(child) != child;  // which is for a login yet to come
    found = child != speaker_.pid && !asks_pam && process_of(child).started != 0;
    return !found;
  });
  return found;
}

void Watch::wait_for_any(int ms) {
  if (process_fd_ < 0 && speaker_fd_ < 0) {
    nap(ms < without_pidfd_ms ? ms : without_pidfd_ms);
    return;
  }
  pollfd fds[] = {{process_fd_, POLLIN, 0}, {speaker_fd_, POLLIN, 0}};
  poll(fds, 2, ms);
}

// The speaker is gone.
End Watch::settle() {
  for (const long until = now_ms() + settling_ms; now_ms() < until; nap(1)) {
    if (!is_running(process_)) return End::closed;
    if (has_other_child()) return End::let_in;
  }
  return is_running(process_) ? End::let_in : End::closed;
}

End Watch::wait(int ms) {
  const long until = now_ms() + ms;
  while (true) {
    if (speaker_.started != 0 && !is_running(speaker_)) return settle();
    if (!is_running(process_)) return End::closed;
    const long left = until - now_ms();
    if (left <= 0) return End::open;
    wait_for_any(static_cast<int>(left));
  }
}

}  // namespace sshaudit::logger
