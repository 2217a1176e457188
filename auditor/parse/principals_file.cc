// SPDX-License-Identifier: MIT
#include "parse/principals_file.h"

#include <algorithm>

#include "parse/key_line_splitter.h"

namespace sshaudit {
namespace {

constexpr std::string_view blanks = " \t";

// Without blanks at its ends and without a comment, which may begin anywhere.
std::string_view content_of(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
  line = line.substr(0, line.find('#'));
  return line.substr(0, line.find_last_not_of(blanks) + 1);
}

// The last blank parts options from the principal; a tab does only where there is no blank.
PrincipalsLine parse_line(std::string_view content, const KeyGrammar& grammar) {
  PrincipalsLine parsed;
  const auto blank = content.rfind(' ');
  const auto separator = blank == std::string_view::npos ? content.rfind('\t') : blank;
  if (separator == std::string_view::npos) {
    parsed.principal = content;
    return parsed;
  }
  parsed.has_options = true;
  parsed.principal = content.substr(content.find_first_not_of(blanks, separator));
  auto options = parse_key_options(content, grammar);
  parsed.options = std::move(options.options);
  parsed.fault = std::move(options.fault);
  return parsed;
}

}  // namespace

void read_principals(std::string_view text, const KeyGrammar& grammar,
                     const std::function<void(const PrincipalsLine&)>& visit) {
  KeyLineSplitter lines(text, grammar.facts.reads_any_line);
  while (const auto next = lines.next()) {
    const auto content = content_of(next->text);
    if (next->fate != KeyFileLine::Fate::read || content.empty()) continue;
    auto parsed = parse_line(content, grammar);
    parsed.line = next->number;
    visit(parsed);
  }
}

}  // namespace sshaudit
