// SPDX-License-Identifier: MIT
// Completions for shells: a frame in packaging/completions, filled with what the parser takes.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "documents/command_words.h"
#include "sshaudit/finding.h"

namespace sshaudit {

// By the word that stands between percent signs in the frame.
using Fillings = std::map<std::string, std::string>;

using RuleRows = std::vector<const RuleInfo*>;
Fillings bash_fillings(const std::vector<VerbWords>& verbs, const RuleRows& rules);
Fillings zsh_fillings(const std::vector<VerbWords>& verbs, const RuleRows& rules);
Fillings fish_fillings(const std::vector<VerbWords>& verbs, const RuleRows& rules);

// What may stand behind an option.
struct ValueWords {
  std::vector<std::string> words;
  bool files = false;
  bool directories = false;
};
ValueWords values_of(const OptionWords& option);

}  // namespace sshaudit
