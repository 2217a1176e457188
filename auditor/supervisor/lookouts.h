// SPDX-License-Identifier: MIT
// The memory that the processes of a run share.
#pragma once

#include <cstddef>

#include "gather/lookout.h"
#include "sshaudit/result.h"

namespace sshaudit {

class Lookouts {
 public:
  explicit Lookouts(std::size_t pairs) : pairs_(pairs) {}
  Lookouts(const Lookouts&) = delete;
  Lookouts& operator=(const Lookouts&) = delete;
  ~Lookouts();

  Result<void> open();

  Lookout& observer(std::size_t pair) { return observers_[pair]; }
  Lookout& judge(std::size_t pair);
  GivenUpMounts& given_up() { return *given_up_; }

  // For the judge of a pair: what others write is out of its reach from here on.
  void leave_only_judge(std::size_t pair);

 private:
  std::size_t pairs_;
  Lookout* observers_ = nullptr;
  GivenUpMounts* given_up_ = nullptr;
  char* judges_ = nullptr;  // a page each
};

}  // namespace sshaudit
