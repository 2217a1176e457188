// SPDX-License-Identifier: MIT
// sshaudit under a tracer, which stops it where it begins to change something, and may kill it behind any call from
// there on. What it starts (sshd -T) is not traced.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "audited_system.h"

namespace sshaudit::e2e {

// Behind which call the program is killed, counted from the last of those that may change a file: how many there are
// differs from run to run in between, where all processes are looked at, for one.
struct KillPoint {
  std::size_t change = 0;  // number of the call that may change a file; 0: it is not killed
  std::size_t behind = 0;  // so many calls later, unless one comes first that may change a file, or the end
};

struct TraceOrders {
  KillPoint kill;
  std::function<void()> at_first_call;  // the program stands still meanwhile
};

struct TracedRun {
  AuditRun run;                // the exit status is 137 when it was killed
  bool was_reached = false;    // the point where it had to be killed
  std::size_t changes = 0;     // calls that may change a file, from the first that touches the state directory
  std::size_t last_calls = 0;  // calls since the last of these
};

// After `prepare`, which is called in the new process; `input` is its standard input.
TracedRun run_traced(const std::vector<std::string>& arguments, const std::string& input,
                     const std::function<void()>& prepare, const TraceOrders& orders);

// Without a tracer.
AuditRun run_with_input(const std::vector<std::string>& arguments, const std::string& input,
                        const std::function<void()>& prepare);

}  // namespace sshaudit::e2e
