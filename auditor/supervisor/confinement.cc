// SPDX-License-Identifier: MIT
#include "supervisor/confinement.h"

#include <grp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "gather/read_file.h"

#ifdef HAVE_SECCOMP
#include <seccomp.h>
#endif

namespace sshaudit {
namespace {

constexpr uid_t nobody = 65534;

// UBSan tries out addresses on a pipe of its own.
#ifndef __has_feature
#define __has_feature(feature) 0  // clang's
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
constexpr bool is_sanitized = true;
#else
constexpr bool is_sanitized = false;
#endif

// In a user namespace that maps no such id, root is nobody of the host's already.
bool give_up_identity() {
  if (geteuid() != 0) return true;
  if (setgroups(0, nullptr) != 0 && errno != EPERM) return false;
  if (setresgid(nobody, nobody, nobody) != 0 && errno != EINVAL) return false;
  if (setresuid(nobody, nobody, nobody) != 0) return errno == EINVAL;
  return setresuid(0, 0, 0) != 0;
}

void limit(__rlimit_resource_t resource, rlim_t most) {
  const rlimit value{most, most};
  setrlimit(resource, &value);
}

// What it has now, and room for the largest files with all that is made of them. The sanitizers need terabytes.
void limit_memory() {
  if (is_sanitized) return;
  constexpr rlim_t room = 1024UL * 1024 * 1024;
  const auto sizes = read_file("/proc/self/statm", 200);
  const auto pages = sizes ? std::strtoul(sizes->c_str(), nullptr, 10) : 0;
  if (pages > 0) limit(RLIMIT_AS, pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) + room);
}

#ifdef HAVE_SECCOMP

// Memory, reading and writing what is open, time, and the end.
constexpr std::array allowed = {
    SCMP_SYS(read),          SCMP_SYS(readv),          SCMP_SYS(write),        SCMP_SYS(writev),
    SCMP_SYS(close),         SCMP_SYS(poll),           SCMP_SYS(ppoll),        SCMP_SYS(brk),
    SCMP_SYS(munmap),        SCMP_SYS(mremap),         SCMP_SYS(madvise),      SCMP_SYS(futex),
    SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),   SCMP_SYS(time),         SCMP_SYS(getrandom),
    SCMP_SYS(getpid),        SCMP_SYS(gettid),         SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigaction),  SCMP_SYS(sigaltstack),    SCMP_SYS(sched_yield),  SCMP_SYS(exit),
    SCMP_SYS(exit_group),    SCMP_SYS(restart_syscall)};

int filter_calls() {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
  if (filter == nullptr) filter = seccomp_init(SCMP_ACT_KILL);  // an older kernel, or seccomp(2) is denied; one thread
  if (filter == nullptr) return ENOMEM;
  bool done = true;
  const auto allow = [&](int call, const scmp_arg_cmp* only = nullptr) {
    done = done && seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, only == nullptr ? 0 : 1, only) == 0;
  };
  for (const int call : allowed) allow(call);
  if (is_sanitized) allow(SCMP_SYS(pipe2));
  const scmp_arg_cmp itself{0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(getpid()), 0};  // which abort(3) ends
  const scmp_arg_cmp not_executable{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0};
  allow(SCMP_SYS(tgkill), &itself);
  allow(SCMP_SYS(mmap), &not_executable);
  allow(SCMP_SYS(mprotect), &not_executable);
  errno = EINVAL;
  const bool is_loaded = done && seccomp_load(filter) == 0;
  const int why = is_loaded ? 0 : errno;  // the kernel's; what seccomp_load returns is another one
  seccomp_release(filter);
  return why;
}

#else

int filter_calls() { return ENOSYS; }

#endif

}  // namespace

Result<int> confine(int highest) {
  limit_memory();
  close_range(static_cast<unsigned>(highest) + 1, ~0U, 0);
  if (!give_up_identity()) return tl::unexpected(errno_error("give up root", ""));
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);  // behind the change of identity, which would undo it
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return tl::unexpected(errno_error("no new privileges", ""));
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_NPROC, 0);
  limit(RLIMIT_NOFILE, static_cast<rlim_t>(highest) + (is_sanitized ? 3 : 1));  // all of these are taken
  return filter_calls();
}

}  // namespace sshaudit
