// SPDX-License-Identifier: MIT
// sshd's process for one connection, as proc(5) shows it to a child: how long it lives, and whom it starts.
#pragma once

#include <sys/types.h>

namespace sshaudit::logger {

// A process that cannot be mistaken for a later one of the same pid.
struct Process {
  pid_t pid = 0;
  unsigned long long started = 0;  // clock ticks since boot
};

// Without a start when there is no such process, or only what is left of it.
Process process_of(pid_t pid);
bool is_running(const Process& process);
pid_t parent_of(pid_t pid);  // 0 when it is not known
bool is_sshd(pid_t pid);     // by the name of its program

// PAM is asked in a child of the process when the client is to answer questions: its title ends in "[pam]". This is the
// process of the connection either way.
pid_t process_of_connection(pid_t pid);

// What became of a connection on which a key was refused.
enum class End {
  open,    // nobody is let in so far
  closed,  // nobody was let in
  let_in,  // by another key, or in another way
};

// Watches the process of a connection from before a key is answered.
class Watch {
 public:
  explicit Watch(const Process& process);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch();

  // Returns when the connection is settled, or after so many milliseconds. While nobody is let in an unprivileged child
  // speaks with the client; when it is gone, either the process goes too, or it starts what was asked for.
  End wait(int ms);

 private:
  bool has_other_child() const;
  void wait_for_any(int ms);
  End settle();

  Process process_;
  Process speaker_;      // the unprivileged child
  int process_fd_ = -1;  // pidfd_open(2), where the kernel has it
  int speaker_fd_ = -1;
};

long now_ms();
void nap(long ms);

}  // namespace sshaudit::logger
