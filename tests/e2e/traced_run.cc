// SPDX-License-Identifier: MIT
#include "traced_run.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <system_error>

namespace sshaudit::e2e {
namespace {

constexpr unsigned patience = 60;  // seconds; a net for a program that hangs
constexpr int could_not_start = 127;
constexpr int syscall_stop = SIGTRAP | 0x80;  // PTRACE_O_TRACESYSGOOD

void must(bool done, const char* what) {
  if (!done) throw std::system_error(errno, std::generic_category(), what);
}

int file_in_memory(const std::string& text) {
  const int fd = memfd_create("input", MFD_CLOEXEC);
  must(fd >= 0 && write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()), "memfd_create");
  lseek(fd, 0, SEEK_SET);
  return fd;
}

std::string take_all(int fd) {
  std::string text(static_cast<std::size_t>(lseek(fd, 0, SEEK_END)), '\0');
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(pread(fd, text.data(), text.size(), 0), 0)));
  close(fd);
  return text;
}

struct Streams {
  int in;
  int out = file_in_memory("");
  int err = file_in_memory("");
};

[[noreturn]] void be_traced(int program, const Streams& streams, const std::vector<std::string>& arguments,
                            const std::function<void()>& prepare) {
  dup2(streams.in, STDIN_FILENO);
  dup2(streams.out, STDOUT_FILENO);
  dup2(streams.err, STDERR_FILENO);
  try {
    if (prepare) prepare();
  } catch (const std::exception& error) {
    dprintf(STDERR_FILENO, "before sshaudit: %s\n", error.what());
    _exit(could_not_start);
  }
  std::string name = "sshaudit";
  std::vector<char*> argv = {name.data()};
  auto words = arguments;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  alarm(patience);
  setenv("ASAN_OPTIONS", "detect_leaks=0", 1);  // which a tracer would be in the way of
  if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(could_not_start);
  raise(SIGSTOP);
  fexecve(program, argv.data(), environ);
  _exit(could_not_start);
}

std::string string_at(pid_t process, std::uint64_t address) {
  std::array<char, 64> text{};
  const iovec here{text.data(), text.size() - 1};
  const iovec there{reinterpret_cast<void*>(address), text.size() - 1};  // NOLINT(performance-no-int-to-ptr)
  return process_vm_readv(process, &here, 1, &there, 1, 0) > 0 ? std::string(text.data()) : std::string();
}

// Standard output and error are no files here.
bool may_change(const __ptrace_syscall_info& call) {
  const auto& arguments = call.entry.args;
  switch (call.entry.nr) {
    case SYS_openat:
      return (arguments[2] & (O_CREAT | O_TRUNC)) != 0;
    case SYS_write:
      return arguments[0] > STDERR_FILENO;
#ifdef SYS_chmod
    case SYS_chmod:
#endif
    case SYS_fchmod:
    case SYS_fchmodat:
    case SYS_fchown:
    case SYS_fchownat:
    case SYS_setxattr:
    case SYS_fsetxattr:
    case SYS_removexattr:
    case SYS_mkdirat:
    case SYS_linkat:
    case SYS_unlinkat:
    case SYS_renameat2:
    case SYS_ftruncate:
      return true;
    default:
      return false;
  }
}

// One process, from stop to stop.
class Tracer {
 public:
  Tracer(pid_t process, const TraceOrders& orders) : process_(process), orders_(orders) {}

  int follow(TracedRun& traced) {
    int status = 0;
    must(next(status) && WIFSTOPPED(status), "start the program");
    must(ptrace(PTRACE_SETOPTIONS, process_, nullptr, PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC) ==
             0,
         "PTRACE_SETOPTIONS");
    for (int signal = 0; ptrace(PTRACE_SYSCALL, process_, nullptr, signal) == 0 && next(status);) {
      if (!WIFSTOPPED(status)) break;
      const bool is_event = WSTOPSIG(status) == SIGTRAP || WSTOPSIG(status) == syscall_stop;
      signal = is_event ? 0 : WSTOPSIG(status);
      if (WSTOPSIG(status) != syscall_stop || !is_last_moment(traced)) continue;
      kill(process_, SIGKILL);
      must(next(status), "waitpid");
      break;
    }
    return status;
  }

 private:
  bool next(int& status) const {
    while (waitpid(process_, &status, __WALL) < 0) {
      if (errno != EINTR) return false;
    }
    return true;
  }

  // Whether it is killed now: behind the call, or before the next one that would change something.
  bool is_last_moment(TracedRun& traced) {
    __ptrace_syscall_info call{};
    must(ptrace(PTRACE_GET_SYSCALL_INFO, process_, sizeof call, &call) > 0, "PTRACE_GET_SYSCALL_INFO");
    const auto& kill = orders_.kill;
    if (call.op == PTRACE_SYSCALL_INFO_EXIT) {
      traced.was_reached = kill.change > 0 && traced.changes == kill.change && traced.last_calls == kill.behind;
      return traced.was_reached;
    }
    if (!has_begun_) {
      const bool is_first = call.entry.nr == SYS_mkdirat && string_at(process_, call.entry.args[1]) == first_path;
      if (!is_first) return false;
      has_begun_ = true;
      if (orders_.at_first_call) orders_.at_first_call();
    }
    const bool is_change = may_change(call);
    if (is_change && kill.change > 0 && traced.changes == kill.change) return true;
    traced.changes += is_change ? 1 : 0;
    traced.last_calls = is_change ? 0 : traced.last_calls + 1;
    return false;
  }

  static constexpr auto first_path = "/var/lib/sshaudit";

  pid_t process_;
  const TraceOrders& orders_;
  bool has_begun_ = false;
};

}  // namespace

TracedRun run_traced(const std::vector<std::string>& arguments, const std::string& input,
                     const std::function<void()>& prepare, const TraceOrders& orders) {
  const int program = open(SSHAUDIT_PROGRAM, O_PATH | O_CLOEXEC);
  must(program >= 0, "open " SSHAUDIT_PROGRAM);
  const Streams streams{file_in_memory(input)};
  const pid_t child = fork();
  must(child >= 0, "fork");
  if (child == 0) be_traced(program, streams, arguments, prepare);
  TracedRun traced;
  const int status = Tracer(child, orders).follow(traced);
  close(program);
  close(streams.in);
  traced.run = {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), take_all(streams.out),
                take_all(streams.err)};
  return traced;
}

AuditRun run_with_input(const std::vector<std::string>& arguments, const std::string& input,
                        const std::function<void()>& prepare) {
  const int in = file_in_memory(input);
  auto run = run_sshaudit(arguments, [&] {
    dup2(in, STDIN_FILENO);
    if (prepare) prepare();
  });
  close(in);
  return run;
}

}  // namespace sshaudit::e2e
