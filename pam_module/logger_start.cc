// SPDX-License-Identifier: MIT
#include "logger_start.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>

namespace sshaudit::pam {
namespace {

constexpr long nanoseconds_in_ms = 1000000;
constexpr unsigned most_seconds = 300;  // whatever happens, the logger is gone then

long now_ms() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / nanoseconds_in_ms;
}

void close_all_from(int first) {
#ifdef SYS_close_range
  if (syscall(SYS_close_range, static_cast<unsigned>(first), ~0U, 0U) == 0) return;
#endif
  rlimit limit{};
  constexpr rlim_t most = 65536;
  const rlim_t end = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < most ? limit.rlim_cur : most;
  for (int fd = first; fd < static_cast<int>(end); ++fd) close(fd);
}

// Whatever sshd has made of signals ends here. The service manager may end what is left of a connection's processes
// when the connection ends, which is when there is something to log.
void reset_signals() {
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  signal(SIGTERM, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

// After fork(2): nothing here allocates, and nothing returns.
[[noreturn]] void become_logger(const char* const* words, int output, int deadline_ms) {
  setsid();
  reset_signals();
  alarm(output >= 0 ? static_cast<unsigned>(deadline_ms / 1000 + 1) : most_seconds);
  const int out = output >= 0 && output <= STDERR_FILENO ? fcntl(output, F_DUPFD, STDERR_FILENO + 1) : output;
  if (out >= 0 && dup2(out, STDOUT_FILENO) < 0) _exit(1);
  close(STDIN_FILENO);
  if (open("/dev/null", O_RDWR) != STDIN_FILENO || dup2(STDIN_FILENO, STDERR_FILENO) < 0) _exit(1);
  if (output < 0 && dup2(STDIN_FILENO, STDOUT_FILENO) < 0) _exit(1);
  close_all_from(STDERR_FILENO + 1);
  if (chdir("/") != 0) _exit(1);
  static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
  char* const environment[] = {path, nullptr};
  execve(words[0], const_cast<char* const*>(words), environment);
  _exit(1);
}

// The child does no more than to start another process, so that it is gone at once. Where SIGCHLD is ignored, or
// somebody else has waited for it, it is gone too.
bool wait_for(pid_t child, long until) {
  for (long pause = 100000;; pause = pause < nanoseconds_in_ms * 10 ? pause * 2 : pause) {
    int status = 0;
    const pid_t done = waitpid(child, &status, WNOHANG);
    if (done == child) return WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (done < 0 && errno != EINTR) return errno == ECHILD;
    if (now_ms() >= until) return false;
    const timespec nap = {0, pause};
    nanosleep(&nap, nullptr);
  }
}

void read_answer(int fd, long until, char* answer, std::size_t size) {
  std::size_t filled = 0;
  while (filled + 1 < size) {
    const long left = until - now_ms();
    pollfd one = {fd, POLLIN, 0};
    const int ready = left > 0 ? poll(&one, 1, static_cast<int>(left)) : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) break;
    const auto got = read(fd, answer + filled, size - 1 - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    filled += static_cast<std::size_t>(got);
  }
  answer[filled] = '\0';
}

}  // namespace

bool start_logger(const char* const* words, int deadline_ms, char* answer, std::size_t size) {
  const long until = now_ms() + deadline_ms;
  int ends[2] = {-1, -1};
  if (answer != nullptr) {
    answer[0] = '\0';
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
  }
  const pid_t child = fork();
  if (child == 0) {
    const pid_t logger = fork();
    if (logger == 0) become_logger(words, ends[1], deadline_ms);
    _exit(logger < 0 ? 1 : 0);
  }
  if (ends[1] >= 0) close(ends[1]);
  const bool started = child > 0 && wait_for(child, until);
  if (answer != nullptr) {
    if (started) read_answer(ends[0], until, answer, size);
    close(ends[0]);
  }
  return started;
}

}  // namespace sshaudit::pam
