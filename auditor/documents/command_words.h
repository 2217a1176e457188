// SPDX-License-Identifier: MIT
// The command line as the parser declares it, for manual pages and completions.
#pragma once

#include <string>
#include <vector>

namespace sshaudit {

struct OptionWords {
  std::vector<std::string> names;  // with dashes, the short one first
  std::string value;               // as --help shows it: "FILE", "text|json"; empty: it takes none
  std::string description;
};

struct VerbWords {
  std::string name;  // empty: the audit, without a verb
  std::string description;
  std::vector<OptionWords> options;  // its own; --help is one of them
  std::string operand;               // "USER", "RECORD", "ID"; empty: it takes none
  bool takes_audit_options = false;  // those of its own come first
};

// The audit first, then the verbs as --help lists them.
std::vector<VerbWords> command_words();

// What `verb` takes: its own options, and those of the audit where they go with it.
std::vector<OptionWords> options_of(const VerbWords& verb, const VerbWords& audit);

}  // namespace sshaudit
