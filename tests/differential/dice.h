// SPDX-License-Identifier: MIT
// Chance that is the same again for the same number, whatever library this is built with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace sshaudit::differential {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }
  bool chance(std::size_t percent) { return below(100) < percent; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace sshaudit::differential
