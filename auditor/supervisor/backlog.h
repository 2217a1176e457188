// SPDX-License-Identifier: MIT
// The accounts that nobody is looking at yet, or any more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace sshaudit {

struct Job {
  std::uint32_t account = 0;
  int losses = 0;  // of pairs that had it in hand
};

class Backlog {
 public:
  explicit Backlog(std::size_t accounts) : accounts_(accounts) {}

  bool has_work() const { return next_ < accounts_ || !returned_.empty(); }

  // One that was given back, or the next one that nobody has had, if that `may_be_new`.
  std::optional<Job> take(bool may_be_new) {
    if (!returned_.empty()) {
      const auto job = returned_.front();
      returned_.pop_front();
      return job;
    }
    if (!may_be_new || next_ == accounts_) return std::nullopt;
    return Job{static_cast<std::uint32_t>(next_++), 0};
  }

  void give_back(const Job& job) { returned_.push_back(job); }
  void give_back_first(const Job& job) { returned_.push_front(job); }

  // Until it is known whether its mount answers.
  void put_off(const Job& job) { put_off_.push_back(job); }
  void settle_doubts() {
    returned_.insert(returned_.end(), put_off_.begin(), put_off_.end());
    put_off_.clear();
  }

 private:
  std::size_t accounts_;
  std::size_t next_ = 0;
  std::deque<Job> returned_;
  std::vector<Job> put_off_;
};

}  // namespace sshaudit
