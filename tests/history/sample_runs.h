// SPDX-License-Identifier: MIT
// Runs to be remembered.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "history/history.h"
#include "history/past_runs.h"

namespace sshaudit {

// A new finding, and a new key unless it is empty.
inline Changes sample_changes(const std::string& rule, const std::string& path, const std::string& key) {
  Changes changes;
  changes.states = {{{.rule = rule, .path = path, .words = -7, .line = 3}, ""}};
  changes.keys_are_known = true;
  if (!key.empty()) changes.keys_added = {{0, key, "/home/alice/.ssh/authorized_keys", 3, 0}};
  return changes;
}

using NamedRuns = std::vector<std::pair<std::string, Changes>>;

// A whole run. Throws what is in the way.
inline void run_with(const std::string& path, const std::string& now, const NamedRuns& accounts,
                     const Memory& memory = {}) {
  auto history = History::begin(path, now, 0).value();
  for (const auto& [name, changes] : accounts) {
    if (!history.keep(name, memory, changes)) throw std::runtime_error("keep");
  }
  Summary summary;
  summary.accounts = accounts.size();
  if (!history.commit(summary)) throw std::runtime_error("commit");
}

inline std::vector<PastRun> past_runs(const std::string& path) {
  std::vector<PastRun> runs;
  const auto history = open_history(path).value();
  const auto done = read_past_runs(history, [&](const PastRun& run) -> Result<void> {
    runs.push_back(run);
    return {};
  });
  if (!done) throw std::runtime_error("read_past_runs");
  return runs;
}

}  // namespace sshaudit
