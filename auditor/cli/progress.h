// SPDX-License-Identifier: MIT
// How far a long run has come, on a terminal only.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>

namespace sshaudit {

class Progress {
 public:
  Progress(bool on, std::size_t total) : on_(on), total_(total) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() {
    if (shown_) std::fputs("\r\x1b[K", stderr);
  }

  // One more account is done.
  void step(std::size_t findings = 0) {
    ++done_;
    findings_ += findings;
    const auto now = Clock::now();
    if (!on_ || now < next_) return;
    next_ = now + std::chrono::milliseconds(200);
    const std::chrono::duration<double> taken = now - start_;
    const double left = taken.count() / static_cast<double>(done_) * static_cast<double>(total_ - done_);
    const auto found = findings_ == 0 ? std::string() : ", " + std::to_string(findings_) + " findings";
    std::fprintf(stderr, "\r%zu of %zu accounts%s, %s left \x1b[K", done_, total_, found.c_str(),
                 in_words(static_cast<long>(left) + 1).c_str());
    shown_ = true;
  }

 private:
  using Clock = std::chrono::steady_clock;

  static std::string in_words(long seconds) {
    if (seconds < 120) return std::to_string(seconds) + " s";
    return std::to_string((seconds + 59) / 60) + " min";
  }

  bool on_;
  bool shown_ = false;
  std::size_t total_;
  std::size_t done_ = 0;
  std::size_t findings_ = 0;
  Clock::time_point start_ = Clock::now();
  Clock::time_point next_ = start_ + std::chrono::seconds(1);
};

}  // namespace sshaudit
