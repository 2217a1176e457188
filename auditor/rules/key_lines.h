// SPDX-License-Identifier: MIT
// All lines of a key file, judged.
#pragma once

#include <cstddef>
#include <vector>

#include "rules/rule.h"
#include "sshaudit/evidence.h"
#include "sshaudit/report.h"

namespace sshaudit {

// How many lines met which fate. A line is closing when it is usable and the session ends at once.
struct LineFates {
  std::size_t usable = 0;
  std::size_t closing = 0;
  std::size_t unusable = 0;
  std::size_t unknown = 0;

  bool operator==(const LineFates&) const = default;
};

struct JudgedLines {
  LineFates fates;
  std::vector<Finding> findings;  // of one rule at most a few, and how many more there are
  std::vector<KeyMention> mentions;
  std::vector<ListedKey> keys;  // when the context asks for them
};

// `number` is what mentions call the file.
JudgedLines judge_key_lines(const AccountEvidence& evidence, const KeyFile& file, std::uint32_t number,
                            const Context& context);

}  // namespace sshaudit
