// SPDX-License-Identifier: MIT
// A mount namespace that stays while several programs are run in it one after the other.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

namespace sshaudit::e2e {

// A process that does nothing but keep the namespace that it has made, and whatever it has started there.
class HeldNamespace {
 public:
  // `make` is called in that process: enter() or enter_debian(), then whatever is to be mounted.
  explicit HeldNamespace(const std::function<void()>& make);
  HeldNamespace(const HeldNamespace&) = delete;
  HeldNamespace& operator=(const HeldNamespace&) = delete;
  ~HeldNamespace();

  int errnum() const { return errnum_; }  // of the std::system_error that `make` threw; 0 when it did not

  // Takes the calling process into it.
  void join() const;

  std::string mounts() const;  // mountinfo

  // What `make` has started and is still there.
  std::vector<pid_t> servers() const;
  void end_servers() const;

  // All others that are in the namespace.
  std::vector<pid_t> visitors() const;

 private:
  std::string of_process() const { return "/proc/" + std::to_string(process_) + "/"; }

  pid_t process_ = -1;
  int errnum_ = 0;
};

// The processes that a process has started and that are there; empty when it has ended.
std::vector<pid_t> children_of(pid_t process);

}  // namespace sshaudit::e2e
