// SPDX-License-Identifier: MIT
#include "open_watch.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <system_error>

#include "gather/fd.h"

namespace sshaudit::e2e {
namespace {

constexpr int syscall_stop = SIGTRAP | 0x80;  // PTRACE_O_TRACESYSGOOD

void must(bool done, const char* what) {
  if (!done) throw std::system_error(errno, std::generic_category(), what);
}

std::string of_process(pid_t process) { return "/proc/" + std::to_string(process); }

// What stands behind the word in a file of /proc.
std::string words_behind(const std::string& path, const std::string& word) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(word)) return line.substr(word.size());
  }
  return {};
}

uid_t file_access_uid_of(pid_t process) {
  std::istringstream words(words_behind(of_process(process) + "/status", "Uid:"));
  uid_t real = 0;
  uid_t effective = 0;
  uid_t saved = 0;
  uid_t file_access = 0;
  words >> real >> effective >> saved >> file_access;
  return file_access;
}

std::string string_at(pid_t process, std::uint64_t address) {
  std::string text;
  for (char c = 0; text.size() < PATH_MAX; text += c, ++address) {
    const iovec here{&c, 1};
    const iovec there{reinterpret_cast<void*>(address), 1};  // NOLINT(performance-no-int-to-ptr)
    if (process_vm_readv(process, &here, 1, &there, 1, 0) != 1 || c == '\0') break;
  }
  return text;
}

// The kernel is asked, in a process that is the account. A lease of another process, or a FIFO, is nothing to wait for.
bool may_read(int file, uid_t uid, gid_t gid) {
  const pid_t child = fork();
  must(child >= 0, "fork");
  if (child == 0) {
    const auto path = "/proc/self/fd/" + std::to_string(file);
    const bool is_account =
        setgroups(0, nullptr) == 0 && setresgid(gid, gid, gid) == 0 && setresuid(uid, uid, uid) == 0;
    const bool is_open = is_account && open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC) >= 0;
    _exit(is_open || (is_account && errno == EWOULDBLOCK) ? 0 : 1);
  }
  int status = 0;
  must(waitpid(child, &status, 0) == child, "waitpid");
  return status == 0;
}

class Watcher {
 public:
  Watcher(const OpenRules& rules, pid_t first) : rules_(rules), first_(first) {}

  WatchedRun follow() {
    int status = 0;
    must(waitpid(first_, &status, __WALL) == first_ && WIFSTOPPED(status), "start the process");
    constexpr auto options = PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK |
                             PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;
    must(ptrace(PTRACE_SETOPTIONS, first_, nullptr, options) == 0, "PTRACE_SETOPTIONS");
    known_.insert(first_);
    ptrace(PTRACE_SYSCALL, first_, nullptr, 0);
    while (true) {
      const pid_t process = waitpid(-1, &status, __WALL);
      if (process < 0 && errno == EINTR) continue;
      must(process > 0, "waitpid");
      if (WIFSTOPPED(status)) {
        ptrace(PTRACE_SYSCALL, process, nullptr, signal_behind_stop(process, status));
      } else if (process == first_) {
        break;
      }
    }
    run_.status = status;
    run_.faults.assign(faults_.begin(), faults_.end());
    return run_;
  }

 private:
  // What it is to be given when it goes on.
  int signal_behind_stop(pid_t process, int status) {
    const bool is_new = known_.insert(process).second;
    const int signal = WSTOPSIG(status);
    if (signal == syscall_stop) {
      see_call(process);
      return 0;
    }
    const bool is_event = status >> 16 != 0;
    return is_event || (is_new && signal == SIGSTOP) ? 0 : signal;
  }

  void see_call(pid_t process) {
    __ptrace_syscall_info call{};
    if (ptrace(PTRACE_GET_SYSCALL_INFO, process, sizeof call, &call) <= 0) return;
    if (call.op == PTRACE_SYSCALL_INFO_ENTRY) {
      calls_[process] = {call.entry.nr, call.entry.nr == SYS_openat || call.entry.nr == SYS_openat2
                                            ? call.entry.args[1]
                                            : call.entry.args[0]};
    } else if (call.op == PTRACE_SYSCALL_INFO_EXIT && call.exit.is_error == 0) {
      const auto [number, name] = calls_[process];
      const bool opens = number == SYS_openat || number == SYS_openat2 || number == SYS_open_by_handle_at
#ifdef SYS_open
                         || number == SYS_open
#endif
          ;
      if (opens) see_file(process, static_cast<int>(call.exit.rval), name);
    }
  }

  void see_file(pid_t process, int number, std::uint64_t name_address) {
    const auto entry = std::to_string(number);
    const auto flags = std::stol("0" + words_behind(of_process(process) + "/fdinfo/" + entry, "flags:\t"), nullptr, 8);
    if ((flags & O_PATH) != 0) return;
    const Fd file(open((of_process(process) + "/fd/" + entry).c_str(), O_PATH | O_CLOEXEC));
    struct stat status {};
    must(file && fstat(file.get(), &status) == 0, "look at what was opened");
    const auto uid = file_access_uid_of(process);
    const FileId id{status.st_dev, status.st_ino};
    if (uid == 0 && S_ISREG(status.st_mode) && (flags & O_ACCMODE) != O_RDONLY) written_.insert(id);
    if ((flags & O_ACCMODE) == O_WRONLY || written_.contains(id)) return;
    run_.readers.insert(uid);
    const auto name = string_at(process, name_address);
    if (uid == 0 ? is_for_root(status, name) : is_for_account(file.get(), uid)) return;
    std::array<char, 100> words{};
    std::snprintf(words.data(), words.size(), "uid %u opens, of uid %u with mode %04o: ", uid, status.st_uid,
                  status.st_mode & 07777U);
    faults_.insert(words.data() + name);
  }

  bool is_for_account(int file, uid_t uid) const {
    const auto found = rules_.accounts.find(uid);
    return found != rules_.accounts.end() && may_read(file, uid, found->second);
  }

  // What the kernel tells of a process belongs to whoever runs it.
  bool is_for_root(const struct stat& status, const std::string& name) {
    struct stat processes {};
    if (stat("/proc", &processes) == 0 && processes.st_dev == status.st_dev) return true;
    if (rules_.users.contains(status.st_uid)) return false;
    const auto found = rules_.not_as_root.find({status.st_dev, status.st_ino});
    if (found == rules_.not_as_root.end()) return true;
    const auto& own = found->second;
    const bool is_named = !own.empty() && (name == own || name == own.substr(own.rfind('/') + 1));
    return is_named && opened_.insert(found->first).second;
  }

  struct Call {
    std::uint64_t number = 0;
    std::uint64_t name = 0;  // where it stands
  };

  const OpenRules& rules_;
  pid_t first_;
  std::set<pid_t> known_;
  std::map<pid_t, Call> calls_;
  std::set<FileId> written_;
  std::set<FileId> opened_;  // of not_as_root
  std::set<std::string> faults_;
  WatchedRun run_;
};

}  // namespace

WatchedRun watch_opens(const OpenRules& rules, const std::function<void()>& body) {
  const pid_t child = fork();
  must(child >= 0, "fork");
  if (child == 0) {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(1);
    raise(SIGSTOP);
    body();
    _exit(1);
  }
  return Watcher(rules, child).follow();
}

}  // namespace sshaudit::e2e
