// SPDX-License-Identifier: MIT
// What is remembered of an account or of the host from one run to the next, and how the two differ.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sshaudit {

// What makes a finding the same one the night after, whatever the lines above it, the counts and the dates in it.
struct FindingMark {
  std::string rule;
  std::string path;
  std::string key;        // fingerprint of the key of its line; empty where there is none
  bool is_quiet = false;  // a notice, which a run that is not verbose does not show
  // These tell one from another that is otherwise the same, as long as they stay.
  std::int64_t words = 0;  // hash of the message without its numbers
  std::size_t line = 0;    // where it was first seen; 0: it is not about a line

  bool operator==(const FindingMark&) const = default;
};

struct OpenFinding {
  std::int64_t id = 0;  // in the history
  FindingMark mark;
  std::int64_t run = 0;  // that found it first
  std::string since;     // when that was: UTC, RFC 3339

  bool operator==(const OpenFinding&) const = default;
};

struct KnownKey {
  std::int64_t id = 0;      // in the history; 0: not yet
  std::string fingerprint;  // "SHA256:..."
  std::string file;
  std::size_t line = 0;  // where it was first seen
  std::int64_t run = 0;  // that saw it first

  bool operator==(const KnownKey&) const = default;
};

// As the run before has left it.
struct Memory {
  std::int64_t id = 0;          // in the history; 0: not met yet
  bool keys_are_known = false;  // its key files were seen at least once
  std::vector<OpenFinding> findings;
  std::vector<KnownKey> keys;

  bool operator==(const Memory&) const = default;
};

struct FindingState {
  FindingMark mark;
  std::string since;  // empty: it is new

  bool is_new() const { return since.empty(); }
  bool operator==(const FindingState&) const = default;
};

// This run against the one before.
struct Changes {
  std::vector<FindingState> states;  // of the findings of the report, in their order
  std::vector<OpenFinding> mended;
  std::vector<OpenFinding> unseen;  // still open, though they could not be looked at
  std::vector<KnownKey> keys_added;
  std::vector<KnownKey> keys_removed;
  std::vector<KnownKey> keys_noted;  // to be remembered, but no news: they may always have been there
  bool keys_are_known = false;       // from now on
  bool is_gone = false;              // there is no such account any more

  bool operator==(const Changes&) const = default;
};

}  // namespace sshaudit
