// SPDX-License-Identifier: MIT
#include "log_apart.h"

#include <fcntl.h>
#include <syslog.h>
#include <unistd.h>

namespace sshaudit::logger {
namespace {

constexpr unsigned patience = 5;  // seconds

}  // namespace

void log_apart(const char* what, const char* which) {
  if (fork() != 0) return;
  alarm(patience);
  setsid();
  const int null = open("/dev/null", O_RDWR);
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (null < 0 || dup2(null, fd) < 0) close(fd);  // sshd reads standard output to its end
  }
  openlog("sshaudit", LOG_PID, LOG_AUTHPRIV);
  syslog(LOG_ERR, which == nullptr ? "sshaudit-log-refusal: %s" : "sshaudit-log-refusal: %s: %.128s", what, which);
  _exit(0);
}

}  // namespace sshaudit::logger
