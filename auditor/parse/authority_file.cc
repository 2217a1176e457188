// SPDX-License-Identifier: MIT
#include "parse/authority_file.h"

#include <optional>

#include "parse/key_line.h"
#include "parse/key_line_splitter.h"

namespace sshaudit {
namespace {

constexpr unsigned skips_short_keys = 709;
constexpr std::size_t most_hidden = 100;

std::string_view without_indent(std::string_view line) {
  const auto start = line.find_first_not_of(" \t");
  return start == std::string_view::npos ? std::string_view() : line.substr(start);
}

// A key that was meant for an authority, in whatever form a key file could have it.
std::optional<PublicKey> meant_key(std::string_view line, const KeyGrammar& grammar) {
  if (const auto read = read_key(line, grammar)) return read->key;
  const auto parsed = parse_key_line(line, grammar);
  if (!parsed.key.type.empty()) return parsed.key;
  if (!parsed.meant.type.empty()) return parsed.meant;
  return std::nullopt;
}

}  // namespace

AuthorityFile parse_authority_file(std::string_view text, const KeyGrammar& grammar) {
  AuthorityFile file;
  KeyLineSplitter lines(text, grammar.facts.reads_any_line);
  while (const auto next = lines.next()) {
    const auto line = without_indent(next->text);
    if (next->fate != KeyFileLine::Fate::read || line.empty() || line.front() == '#') continue;
    if (file.faulty_line == 0) {
      if (const auto read = read_key(line, grammar)) {
        if (!read->key.is_certificate) file.authorities.push_back({read->key, next->number});
        continue;
      }
      if (grammar.version >= skips_short_keys && is_short_key(line, grammar)) continue;
      file.faulty_line = next->number;
    }
    if (file.hidden.size() == most_hidden) break;
    const auto meant = meant_key(line, grammar);
    if (meant && !meant->is_certificate) file.hidden.push_back({*meant, next->number});
  }
  return file;
}

}  // namespace sshaudit
