// SPDX-License-Identifier: MIT
// Every line that sets one keyword, and what became of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parse/sshd_config.h"

namespace sshaudit {

enum class MentionFate {
  counts,          // its value is in effect
  came_late,       // an earlier line has set the keyword
  not_reached,     // its Match block does not hold
  replaced,        // a Match block that holds sets the keyword instead
  without_effect,  // anything else: it gives no value
};

struct Mention {
  ConfigPlace place;
  std::string keyword;  // as written
  std::string text;     // its value as `sshd -T` would print it, with blanks between words
  MentionFate fate = MentionFate::counts;
  ConfigPlace winner;     // of came_late and replaced: the line that counts; of not_reached: the Match line
  std::string condition;  // of a line in a Match block: its criteria as written
  bool in_match = false;
};

// The name under which `sshd -T` lists a keyword (an alias is resolved), in lower case. Nothing when this sshd does not
// know the keyword, or when it does not bear on a login.
std::optional<std::string> shown_keyword(std::string_view written, const SshdVersion& version);

// In the order of the files. `settings` is what evaluate() made of the same sections.
std::vector<Mention> mentions_of(const SshdConfig& config, std::string_view keyword, const EffectiveConfig& settings,
                                 const std::vector<bool>& reached);

// Lines outside of Match blocks that never take effect, because an earlier one says something else.
std::vector<ShadowedLine> shadowed_lines(const SshdConfig& config, const EffectiveConfig& at_start);

}  // namespace sshaudit
