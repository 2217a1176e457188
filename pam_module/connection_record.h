// SPDX-License-Identifier: MIT
// What is known of one connection from one call of the logger to the next: a file below /run that root alone may read.
// It holds a line for each key that was refused ("key TYPE FINGERPRINT BASE64") and for each reason that was logged
// ("logged RULE PATH"). Beside it stands how much of it has been looked at. Nothing of it is read here: the client has
// chosen the keys.
#pragma once

#include <sys/types.h>

#include <cstddef>

#include "sshd_process.h"

namespace sshaudit::logger {

class ConnectionRecord {
 public:
  explicit ConnectionRecord(const Process& process);
  ConnectionRecord(const ConnectionRecord&) = delete;
  ConnectionRecord& operator=(const ConnectionRecord&) = delete;
  ~ConnectionRecord();

  // False when there is none: the directory or the file cannot be made.
  bool good() const { return fd_ >= 0; }
  int fd() const { return fd_; }  // for appending, and reading

  void add_key(const char* type, const char* fingerprint, const char* key) const;

  // One process at a time looks at a connection. Waits for the others.
  bool lock() const;
  off_t size() const;
  bool has_news() const;  // since look_done()
  void look_done(off_t size) const;

  // Nothing of a connection that has ended stays.
  void remove() const;

 private:
  void sweep() const;

  char name_[64] = {};
  char done_name_[72] = {};
  int directory_ = -1;
  int fd_ = -1;
};

// That nothing was wrong with a session of this user is known for ten minutes: most that are brief are meant to be.
bool was_well_lately(const char* user);
void note_well(const char* user);

}  // namespace sshaudit::logger
