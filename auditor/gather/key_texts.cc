// SPDX-License-Identifier: MIT
#include "gather/key_texts.h"

#include "parse/authorized_keys.h"

namespace sshaudit {

KeyTextReader key_text_reader(const KeyGrammar& grammar) {
  KeyTextReader reader;
  reader.commands = [grammar](const std::string& text) {
    std::vector<std::string> commands;
    read_key_lines(text, grammar, [&](const AuthorizedKey& line) {
      if (line.options.command) commands.push_back(*line.options.command);
    });
    return commands;
  };
  reader.keys = [grammar](const std::string& text) {
    std::vector<AskedKey> keys;
    read_key_lines(text, grammar, [&](const AuthorizedKey& line) {
      if (!line.key.type.empty()) keys.push_back({line.key.digest, std::string(line.key.type), line.wire});
    });
    return keys;
  };
  return reader;
}

}  // namespace sshaudit
