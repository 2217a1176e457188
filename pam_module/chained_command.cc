// SPDX-License-Identifier: MIT
#include "chained_command.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <cstring>

#include "log_apart.h"

namespace sshaudit::logger {
namespace {

constexpr int not_executed = 127;  // as of a shell, and of sshd itself

int fail(const char* what, const char* which) {
  log_apart(what, which);
  return not_executed;
}

// What sshd asks of a command before it starts it (misc.c: subprocess): the file and every directory above it belong to
// root, who alone may write them. Debian's sshd lets root's own group write too. The path is left at what is not so.
bool root_alone_writes(char* path) {
  for (bool is_file = true;; is_file = false) {
    struct stat status {};
    const bool is_kind = stat(path, &status) == 0 && (is_file ? S_ISREG(status.st_mode) : S_ISDIR(status.st_mode));
    const bool group_writes = (status.st_mode & S_IWGRP) != 0 && status.st_gid != 0;
    if (!is_kind || status.st_uid != 0 || group_writes || (status.st_mode & S_IWOTH) != 0) return false;
    char* const slash = std::strrchr(path, '/');
    if (slash == path && path[1] == '\0') return true;
    slash[slash == path ? 1 : 0] = '\0';
  }
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
  if (words[0][0] != '/') return fail("--then takes an absolute path", words[0]);
  char path[PATH_MAX];
  if (realpath(words[0], path) == nullptr) return fail("--then: there is no such program", words[0]);
  if (!root_alone_writes(path)) return fail("--then is not run: bad ownership or modes", path);
  const passwd* const account = getpwnam(user);
  if (account == nullptr) return fail("--then-user is no account", user);
  if (!become(*account)) return fail("cannot become --then-user", user);
  setenv("USER", account->pw_name, 1);
  setenv("LOGNAME", account->pw_name, 1);
  setenv("HOME", account->pw_dir, 1);
  execv(words[0], words);
  return fail("--then: cannot run", words[0]);
}

}  // namespace sshaudit::logger
