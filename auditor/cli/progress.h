// SPDX-License-Identifier: MIT
// How far a long run has come, on a terminal only.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdio>

namespace sshaudit {

class Progress {
 public:
  Progress(bool on, std::size_t total) : on_(on), total_(total) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() {
    if (shown_) std::fputs("\r\x1b[K", stderr);
  }

  void step() {
    ++done_;
    const auto now = std::chrono::steady_clock::now();
    if (!on_ || now < next_) return;
    next_ = now + std::chrono::milliseconds(200);
    std::fprintf(stderr, "\r%zu of %zu accounts", done_, total_);
    shown_ = true;
  }

 private:
  bool on_;
  bool shown_ = false;
  std::size_t total_;
  std::size_t done_ = 0;
  std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now() + std::chrono::seconds(1);
};

}  // namespace sshaudit
