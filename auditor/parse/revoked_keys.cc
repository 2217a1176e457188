// SPDX-License-Identifier: MIT
#include "parse/revoked_keys.h"

#include <algorithm>

#include "parse/key_line.h"
#include "parse/key_line_splitter.h"

namespace sshaudit {
namespace {

constexpr unsigned skips_short_keys = 709;

}  // namespace

bool is_revocation_list(std::string_view bytes) {
  constexpr std::string_view magic("SSHKRL\n\0", 8);
  return bytes.starts_with(magic);
}

RevokedKeys parse_revoked_keys(std::string_view text, const KeyGrammar& grammar) {
  RevokedKeys keys;
  KeyLineSplitter lines(text, grammar.facts.reads_any_line);
  while (const auto next = lines.next()) {
    if (next->fate != KeyFileLine::Fate::read) continue;
    const auto start = next->text.find_first_not_of(" \t");
    if (start == std::string_view::npos || next->text[start] == '#') continue;
    const auto line = next->text.substr(start);
    if (const auto read = read_key(line, grammar)) {
      keys.digests.push_back(read->key.digest);
    } else if (grammar.version < skips_short_keys || !is_short_key(line, grammar)) {
      keys.faulty_line = next->number;
      break;
    }
  }
  std::ranges::sort(keys.digests);
  return keys;
}

}  // namespace sshaudit
