// SPDX-License-Identifier: MIT
// alone PROGRAM [ARGUMENT...]: runs a program of the tests where it sees no process but its own, with a loopback
// interface and nothing else of a network, and ends what it leaves. So tests with a daemon can go side by side, and
// beside the host's. Where nobody but root could do that, it only runs it.
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "private_mounts.h"

namespace {

constexpr int failed = 125;

int fail(const char* what) {
  std::perror(what);
  return failed;
}

int status_of(int waited) { return WIFEXITED(waited) ? WEXITSTATUS(waited) : 128 + WTERMSIG(waited); }

int run(char** command) {
  execv(command[0], command);
  return fail(command[0]);
}

bool raise_loopback() {
  const int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{.ifr_ifrn = {"lo"}, .ifr_ifru = {}};
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  const bool done = any >= 0 && ioctl(any, SIOCSIFFLAGS, &request) == 0;
  if (any >= 0) close(any);
  return done;
}

// Until `child` has ended, with whatever else ends here meanwhile; its exit status.
int wait_for(pid_t child) {
  int waited = 0;
  for (pid_t ended = 0; (ended = wait(&waited)) != child;) {
    if (ended < 0) return fail("wait");
  }
  return status_of(waited);
}

// The first process of the name space: all others end with it.
int lead(char** command) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return fail("prctl");
  if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0) return fail("mount /proc");
  const pid_t child = fork();
  if (child < 0) return fail("fork");
  return child == 0 ? run(command) : wait_for(child);
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    std::fputs("usage: alone PROGRAM [ARGUMENT...]\n", stderr);
    return failed;
  }
  char** const command = arguments + 1;
  if (geteuid() != 0) return run(command);
  if (!sshaudit::enter_private_mounts()) return fail("make a mount namespace");
  if (unshare(CLONE_NEWPID | CLONE_NEWNET) != 0) return fail("make namespaces of processes and of the network");
  if (!raise_loopback()) return fail("raise the loopback interface");
  const pid_t leader = fork();
  if (leader < 0) return fail("fork");
  return leader == 0 ? lead(command) : wait_for(leader);
}
