// SPDX-License-Identifier: MIT
// Processes of an account that swap what is in its home as fast as they can, while root repairs it.
#pragma once

#include <sys/types.h>

#include <vector>

namespace sshaudit::e2e {

// In an arena, in the namespace. They end with the object, or with this process.
class Adversaries {
 public:
  Adversaries(int count, unsigned seed);
  Adversaries(const Adversaries&) = delete;
  Adversaries& operator=(const Adversaries&) = delete;
  ~Adversaries();

 private:
  std::vector<pid_t> processes_;
};

}  // namespace sshaudit::e2e
