// SPDX-License-Identifier: MIT
// How many reasons are looked for at a time: one for an account, and a handful in all.
#pragma once

#include <sys/types.h>

namespace sshaudit::logger {

// Waits for at most `ms` until both are free. The account's is kept by whoever inherits `account_fd`, so that what
// hangs in a home (a file system in user space may keep it for good) is not joined by another; that of all ends with
// this object's process. False when there is none to be had. `directory` is that of the records.
class Slot {
 public:
  Slot(int directory, uid_t account, long ms);
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  ~Slot();

  bool good() const { return account_fd_ >= 0 && fd_ >= 0; }
  int account_fd() const { return account_fd_; }

 private:
  int fd_ = -1;
  int account_fd_ = -1;
};

}  // namespace sshaudit::logger
