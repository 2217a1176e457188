// SPDX-License-Identifier: MIT
// A history in memory, and changes in words.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "sshaudit/changes.h"
#include "sshaudit/finding.h"

namespace sshaudit {

// What History makes of the changes of one run after the other.
struct Remembered {
  Memory memory;
  std::int64_t run = 0;
  std::int64_t last_id = 0;

  void take(const Changes& changes) {
    ++run;
    memory.id = 1;
    memory.keys_are_known = changes.keys_are_known;
    for (const auto& gone : changes.mended) {
      std::erase_if(memory.findings, [&](const OpenFinding& open) { return open.id == gone.id; });
    }
    for (const auto& state : changes.states) {
      if (state.is_new()) memory.findings.push_back({++last_id, state.mark, run, std::to_string(run)});
    }
    for (const auto& gone : changes.keys_removed) {
      std::erase_if(memory.keys, [&](const KnownKey& key) { return key.id == gone.id; });
    }
    for (const auto* list : {&changes.keys_added, &changes.keys_noted}) {
      for (auto key : *list) {
        key.id = ++last_id;
        key.run = run;
        memory.keys.push_back(std::move(key));
      }
    }
  }
};

inline std::vector<std::string> in_words(const Changes& changes, const std::vector<Finding>& findings) {
  std::vector<std::string> words;
  const auto name = [](const FindingMark& mark) {
    return std::string(mark.is_quiet ? "quiet " : "") + mark.rule + " " + mark.path;
  };
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const auto line = findings[i].detail.line;
    if (!changes.states[i].is_new()) continue;
    words.push_back("new " + name(changes.states[i].mark) + (line == 0 ? "" : ":" + std::to_string(line)));
  }
  for (const auto& one : changes.mended) words.push_back("mended " + name(one.mark) + " since " + one.since);
  for (const auto& one : changes.unseen) words.push_back("unseen " + name(one.mark) + " since " + one.since);
  constexpr std::size_t enough = 11;  // of a fingerprint
  for (const auto& key : changes.keys_added) words.push_back("added " + key.fingerprint.substr(0, enough));
  for (const auto& key : changes.keys_removed) words.push_back("removed " + key.fingerprint.substr(0, enough));
  for (const auto& key : changes.keys_noted) {
    if (findings.empty()) words.push_back("noted " + key.fingerprint.substr(0, enough));
  }
  return words;
}

}  // namespace sshaudit
