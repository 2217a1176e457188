// SPDX-License-Identifier: MIT
// Where a process is that may get stuck, for another one that watches it. In memory that both share: one writes, the
// other reads, and what is read may be torn, for it is only a hint.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>

namespace sshaudit {

// Nanoseconds of a clock that never goes back, to the last tick.
inline std::int64_t coarse_now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

// What one process is busy with.
class Lookout {
 public:
  void begin(std::uint32_t account) {
    size_.store(0, std::memory_order_relaxed);
    since_.store(coarse_now(), std::memory_order_relaxed);
    asks_.store(false, std::memory_order_relaxed);
    account_.store(account + 1, std::memory_order_release);
  }
  void end() { account_.store(0, std::memory_order_release); }

  // The path that is about to be looked at, on the host.
  void at(std::string_view path) {
    const auto size = std::min(path.size(), path_.size());
    std::memcpy(path_.data(), path.data(), size);
    size_.store(static_cast<std::uint32_t>(size), std::memory_order_release);
  }

  // It waits for a process, and not for what is at the path.
  void asks(bool whether) {
    if (!whether) since_.store(coarse_now(), std::memory_order_relaxed);
    asks_.store(whether, std::memory_order_release);
  }
  bool asks() const { return asks_.load(std::memory_order_acquire); }

  // System calls that it does not need could not be taken from it: errno; 0 when they were.
  void lacks_filter(int errnum) { filter_errnum_.store(errnum, std::memory_order_relaxed); }
  int lacks_filter() const { return filter_errnum_.load(std::memory_order_relaxed); }

  bool is_busy_with(std::uint32_t account) const { return account_.load(std::memory_order_acquire) == account + 1; }
  bool is_busy() const { return account_.load(std::memory_order_acquire) != 0; }
  std::int64_t since() const { return since_.load(std::memory_order_relaxed); }
  std::string path() const {
    const auto size = std::min<std::size_t>(size_.load(std::memory_order_acquire), path_.size());
    return {path_.data(), size};
  }

 private:
  std::atomic<std::uint32_t> account_ = 0;  // its position + 1; 0 for none
  std::atomic<std::uint32_t> size_ = 0;
  std::atomic<std::int64_t> since_ = 0;
  std::atomic<bool> asks_ = false;
  std::atomic<int> filter_errnum_ = 0;
  std::array<char, 1000> path_{};
};

// Mount points that did not answer in this run. Nothing behind them is looked at any more. Those for which there is no
// room cost the deadline of each account that leads there.
class GivenUpMounts {
 public:
  // False when there is no room for it.
  bool add(std::string_view path) {
    const auto count = count_.load(std::memory_order_relaxed);
    if (count == paths_.size() || path.size() >= paths_[count].size()) return false;
    std::memcpy(paths_[count].data(), path.data(), path.size());
    count_.store(count + 1, std::memory_order_release);
    return true;
  }

  bool contains(std::string_view path) const {
    const auto count = count_.load(std::memory_order_acquire);
    return std::any_of(paths_.begin(), paths_.begin() + count, [&](const auto& one) { return path == one.data(); });
  }

 private:
  std::atomic<std::uint32_t> count_ = 0;
  std::array<std::array<char, 512>, 1024> paths_;  // what is not used takes no memory
};

// Both, for one who looks.
struct Watch {
  Lookout* lookout = nullptr;
  const GivenUpMounts* given_up = nullptr;
};

}  // namespace sshaudit
