// SPDX-License-Identifier: MIT
// Files of principals in two columns: the text, and what sshd compares with each line's options.
#include "parse/principals_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <vector>

namespace sshaudit {
namespace {

using namespace std::string_literals;

KeyGrammar grammar_of(int major, int minor) { return key_grammar({"", major, minor, Vendor::upstream}); }

std::string dump(std::string_view text, const KeyGrammar& grammar) {
  std::string dumped;
  read_principals(text, grammar, [&](const PrincipalsLine& line) {
    const auto options = line.fault ? "! " + line.fault->word : print_key_options(line.options);
    dumped += fmt::format("{}{}:{}{}", dumped.empty() ? "" : "|", line.line, line.principal,
                          line.has_options ? "<" + options + ">" : "");
  });
  return dumped;
}

struct Row {
  std::string text;
  std::string dumped;
};

TEST(PrincipalsFile, IsReadAsSshdDoes) {
  const std::vector<Row> rows = {
      {"", ""},
      {"alice\nbob\n", "1:alice|2:bob"},
      {"alice", "1:alice"},
      {"\n \t\n# c\n  # d\nalice\n", "5:alice"},
      {" \talice \t \n", "1:alice"},
      {"alice # who\n", "1:alice"},
      {"ali#ce\n", "1:ali"},
      {"alice\r\nbob\r\n", "1:alice\r|2:bob\r"},
      {"\r\n", "1:\r"},
      {"alice \r\n", "1:\r<! alice>"},
      {"no-pty alice\n", "1:alice<no-pty>"},
      {"no-pty\talice\n", "1:alice<no-pty>"},
      {"no-pty \t  alice\n", "1:alice<no-pty>"},
      {"command=\"a b\" alice\n", "1:alice<command=\"a b\">"},
      {"command=\"a b\"\talice\n", "1:b\"\talice<command=\"a b\">"},
      {"command=\"a#b\" alice\n", "1:command=\"a"},
      {"no-pty extra alice\n", "1:alice<no-pty>"},
      {"web admins\n", "1:admins<! web>"},
      {"command=\"a alice\n", "1:alice<! command>"},
      {"cert-authority alice\n", "1:alice<cert-authority>"},
      {"principals=\"x\" alice\n", "1:alice<principals=\"x\">"},
      {"ali\0ce\nbob\n"s, "1:ali|2:bob"},
      {"*\n", "1:*"},
  };
  for (const auto& row : rows) EXPECT_EQ(dump(row.text, grammar_of(9, 2)), row.dumped) << row.text;
}

// misc.c: read_keyfile_line.
TEST(PrincipalsFile, HadLinesOfALimitedLengthUpTo77) {
  const auto text = "x" + std::string(17000, 'y') + "\nalice\n";
  EXPECT_EQ(dump(text, grammar_of(7, 7)), "2:alice");
  EXPECT_EQ(dump(text, grammar_of(7, 8)).size(), text.size() + 3);
  EXPECT_EQ(dump("a\0b\nalice\nbob\n"s, grammar_of(7, 7)), "3:bob");
}

}  // namespace
}  // namespace sshaudit
