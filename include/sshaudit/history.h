// SPDX-License-Identifier: MIT
// What the history tells of earlier runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sshaudit {

enum class PastState { found, mended, key_added, key_removed };

struct PastEvent {
  PastState state = PastState::found;
  bool of_host = false;  // of no single account
  std::string user;
  std::string what;  // the rule, or the fingerprint of the key
  std::string path;
  std::size_t line = 0;  // 0: none
  bool is_quiet = false;

  bool operator==(const PastEvent&) const = default;
};

struct PastRun {
  std::int64_t id = 0;
  std::string at;  // UTC, RFC 3339
  std::size_t accounts = 0;
  std::size_t findings = 0;
  std::vector<PastEvent> events;

  bool operator==(const PastRun&) const = default;
};

}  // namespace sshaudit
