// SPDX-License-Identifier: MIT
// A pair of processes, what it has in hand, and how much that should be.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>

#include "supervisor/backlog.h"
#include "supervisor/worker_pair.h"

namespace sshaudit {

struct Slot {
  std::unique_ptr<WorkerPair> pair;  // null: there is none
  std::deque<Job> in_hand;           // in the order in which they were given
  std::size_t depth = 1;             // accounts to have in hand
  std::int64_t refilled = 0;         // by coarse_now()
  std::int64_t heard = 0;            // when a report was taken last

  // To be called before more are given: as many as it can be expected to be done with in a few milliseconds.
  void adapt(std::int64_t now) {
    constexpr std::int64_t millisecond = 1'000'000;
    constexpr std::int64_t quick = 10 * millisecond;
    constexpr std::int64_t slow = 20 * millisecond;
    constexpr std::size_t most = 256;
    if (in_hand.empty()) {
      heard = now;
      if (now - refilled > slow) depth = std::max<std::size_t>(depth / 4, 1);
    }
    if (now - refilled < quick) depth = std::min(depth * 2, most);
    refilled = now;
  }
};

}  // namespace sshaudit
