// SPDX-License-Identifier: MIT
#include "slot.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdio>

#include "sshd_process.h"

namespace sshaudit::logger {
namespace {

constexpr unsigned most_at_a_time = 8;
constexpr long look_again_ms = 20;

// The descriptor that holds the lock, or -1.
int take(int directory, const char* kind, unsigned number) {
  char name[64];
  std::snprintf(name, sizeof name, "busy-%s-%u", kind, number);
  const int fd = openat(directory, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  close(fd);
  return -1;
}

int take_any(int directory) {
  for (unsigned i = 0; i < most_at_a_time; ++i) {
    const int fd = take(directory, "any", i);
    if (fd >= 0) return fd;
  }
  return -1;
}

}  // namespace

Slot::Slot(int directory, uid_t account, long ms) {
  if (directory < 0) return;  // and nothing to wait for
  for (const long until = now_ms() + ms;; nap(look_again_ms)) {
    if (account_fd_ < 0) account_fd_ = take(directory, "account", account);
    if (account_fd_ >= 0) fd_ = take_any(directory);
    if (good() || now_ms() >= until) return;
  }
}

Slot::~Slot() {
  if (fd_ >= 0) close(fd_);
  if (account_fd_ >= 0) close(account_fd_);
}

}  // namespace sshaudit::logger
