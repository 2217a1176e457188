// SPDX-License-Identifier: MIT
// What is known of one connection from one call of the logger to the next: files below /run that root alone may read.
// One holds a line for each key that was refused ("key TYPE FINGERPRINT BASE64"), one a line for each reason that was
// logged ("logged RULE PATH"), and one how much of the first has been looked at. Of the first two nothing is read here:
// the client has chosen the keys.
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
  int directory() const { return directory_; }
  int keys_fd() const { return fd_; }
  int logged_fd() const { return logged_fd_; }

  void add_key(const char* type, const char* fingerprint, const char* key) const;

  // One process at a time looks at a connection. Waits for the others; or leaves them to it.
  bool lock() const;
  bool try_lock() const;
  void unlock() const;
  off_t size() const;  // of the keys
  bool is_empty() const;
  bool has_news() const;  // since look_done()
  void look_done(off_t size) const;

  void remove() const;

  // Removes what is left of connections that ended while nobody looked, and of times long past. Returns how many
  // entries stay.
  int sweep() const;

 private:
  char name_[64] = {};
  char done_name_[72] = {};
  char logged_name_[72] = {};
  int directory_ = -1;
  int fd_ = -1;
  int logged_fd_ = -1;
};

bool has_record(const Process& process);

// That nothing was to be said of this user in a phase is known for ten minutes: most brief sessions are meant to be,
// and who guesses passwords does not stop at one.
bool was_well_lately(const char* phase, uid_t user);
void note_well(const char* phase, uid_t user);

}  // namespace sshaudit::logger
