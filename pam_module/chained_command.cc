// SPDX-License-Identifier: MIT
#include "chained_command.h"

#include <grp.h>
#include <pwd.h>
#include <syslog.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace sshaudit::logger {
namespace {

constexpr int not_executed = 127;  // as of a shell, and of sshd itself

int fail(const char* what, const char* which) {
  syslog(LOG_AUTHPRIV | LOG_ERR, "sshaudit-log-refusal: %s: %.128s: %s", what, which, std::strerror(errno));
  return not_executed;
}

// As OpenSSH 8.8 and later do it; before, commands kept sshd's groups.
bool become(const passwd& account) {
  if (geteuid() != 0) return geteuid() == account.pw_uid && getegid() == account.pw_gid;
  return initgroups(account.pw_name, account.pw_gid) == 0 &&
         setresgid(account.pw_gid, account.pw_gid, account.pw_gid) == 0 &&
         setresuid(account.pw_uid, account.pw_uid, account.pw_uid) == 0;
}

}  // namespace

int become_command(char** words, const char* user) {
  if (words[0][0] != '/') {
    errno = EINVAL;
    return fail("--then takes an absolute path", words[0]);
  }
  if (user != nullptr) {
    errno = 0;
    const passwd* const account = getpwnam(user);
    if (account == nullptr) {
      if (errno == 0) errno = ESRCH;
      return fail("--then-user", user);
    }
    if (!become(*account)) return fail("cannot become", user);
    setenv("USER", account->pw_name, 1);
    setenv("LOGNAME", account->pw_name, 1);
    setenv("HOME", account->pw_dir, 1);
  }
  execv(words[0], words);
  return fail("cannot run", words[0]);
}

}  // namespace sshaudit::logger
