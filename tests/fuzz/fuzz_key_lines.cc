// SPDX-License-Identifier: MIT
// Feeds arbitrary bytes to the reader of key files, as an older and a newer sshd by the first byte. It has to come
// back, and what it says has to hold together.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "parse/authorized_keys.h"
#include "parse/base64.h"
#include "parse/key_line.h"
#include "parse/key_line_splitter.h"
#include "parse/key_options.h"

namespace {

using sshaudit::AuthorizedKey;
using sshaudit::KeyGrammar;
using sshaudit::KeyLineFault;

constexpr std::size_t largest_input = 64UL * 1024;

void require(bool holds) {
  if (!holds) std::abort();
}

// Printed and read again, options mean the same. An older sshd forgives what no text of one order can show.
void print_and_read(const AuthorizedKey& line, const KeyGrammar& grammar) {
  if (!grammar.facts.old_times) return;
  const auto text = sshaudit::print_key_options(line.options);
  const auto again = sshaudit::parse_key_options(text + ' ', grammar);
  require(!again.fault && again.options == line.options);
}

// The line as sshd gets it, by its number in the file.
std::string_view line_of(std::string_view text, std::size_t number, bool reads_any_line) {
  sshaudit::KeyLineSplitter lines(text, reads_any_line);
  while (const auto line = lines.next()) {
    if (line->number == number) return line->text;
  }
  return {};
}

void check_line(std::string_view text, const AuthorizedKey& line, const KeyGrammar& grammar) {
  if (line.key.type.empty()) {
    require(line.fault != KeyLineFault::none);
    return;
  }
  require(line.fault == KeyLineFault::none || line.fault == KeyLineFault::keys_joined);
  require(!line.key.is_certificate);
  require(line.last_line == line.line || line.shows_private_key);  // which was appended without a newline
  auto alone = sshaudit::parse_key_line(line_of(text, line.line, grammar.facts.reads_any_line), grammar);
  alone.line = line.line;
  alone.last_line = line.last_line;
  require(alone == line);
  print_and_read(line, grammar);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > largest_input) return 0;
  constexpr std::array versions = {std::array{10, 4}, std::array{7, 4}, std::array{7, 7}, std::array{9, 0}};
  const auto& version = versions.at(data[0] & 3U);
  sshaudit::SshdVersion sshd;
  sshd.major = version[0];
  sshd.minor = version[1];
  auto grammar = sshaudit::key_grammar(sshd);
  grammar.is_service = [](const std::string& name) { return name == "ssh"; };
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
  std::size_t last = 0;
  std::size_t with_key = 0;
  sshaudit::read_key_lines(text, grammar, [&](const AuthorizedKey& line) {
    const bool is_note = line.fault == KeyLineFault::utf16;  // of the whole file, and stands before its first line
    require(line.line > last || is_note);
    require(line.last_line >= line.line);
    if (!is_note) last = line.last_line;
    if (!line.key.type.empty() && ++with_key < 50) check_line(text, line, grammar);
  });
  require(last <= lines + 1);  // a NUL byte may swallow a line that is not there
  return 0;
}
