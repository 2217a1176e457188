// SPDX-License-Identifier: MIT
// What has to be read out of key lines while an account is still being looked at: which programs they start, and which
// keys a revocation list is asked about. A process with rights has it read by another one that has none.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "parse/key_grammar.h"
#include "sshaudit/public_key.h"

namespace sshaudit {

struct AskedKey {
  KeyDigest digest{};
  std::string type;
  std::string wire;

  bool operator==(const AskedKey&) const = default;
};

struct KeyTextReader {
  std::function<std::vector<std::string>(const std::string& text)> commands;  // the option command, line by line
  std::function<std::vector<AskedKey>(const std::string& text)> keys;         // of lines that sshd can read
};

// Reads in this process.
KeyTextReader key_text_reader(const KeyGrammar& grammar);

}  // namespace sshaudit
