// SPDX-License-Identifier: MIT
// Where the lines of a key file begin and end. The texts are those that read_keyfile_line() of 7.4 (misc.c) and
// getline(3) give.
#include "parse/key_line_splitter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sshaudit {
namespace {

using namespace std::string_literals;
using Lines = std::vector<std::string>;

// "NUMBER TEXT", or "NUMBER !" for what sshd passes over.
Lines lines_of(const std::string& bytes, bool reads_any_line) {
  KeyLineSplitter splitter(bytes, reads_any_line);
  Lines lines;
  while (const auto line = splitter.next()) {
    const bool is_read = line->fate == KeyFileLine::Fate::read;
    lines.push_back(std::to_string(line->number) + ' ' + (is_read ? std::string(line->text) : "!"));
  }
  EXPECT_FALSE(splitter.next());
  return lines;
}

struct LinesRow {
  std::string bytes;
  Lines lines;      // up to 7.7
  Lines new_lines;  // from 7.8
};

std::string letters(std::size_t count) { return std::string(count, 'x'); }

const std::vector<LinesRow> rows = {
    {"", {}, {}},
    {"a", {"1 a"}, {"1 a"}},
    {"a\n", {"1 a"}, {"1 a"}},
    {"\n\na", {"1 ", "2 ", "3 a"}, {"1 ", "2 ", "3 a"}},
    {"a\r\nb", {"1 a\r", "2 b"}, {"1 a\r", "2 b"}},
    {"a\rb\n", {"1 a\rb"}, {"1 a\rb"}},
    {"a\0b\nc\nd\n"s, {"1 !", "3 d"}, {"1 a", "2 c", "3 d"}},
    {"a\0\nc\nd\n"s, {"1 !", "3 d"}, {"1 a", "2 c", "3 d"}},
    {"a\n\0b\nc\n"s, {"1 a", "2 ", "3 c"}, {"1 a", "2 ", "3 c"}},
    {"a\0b"s, {"1 a"}, {"1 a"}},
    {"a\nb\0"s, {"1 a", "2 b"}, {"1 a", "2 b"}},
    {letters(16382) + "\nb", {"1 " + letters(16382), "2 b"}, {"1 " + letters(16382), "2 b"}},
    {letters(16383) + "\nb", {"1 !", "2 b"}, {"1 " + letters(16383), "2 b"}},
    {letters(16382), {"1 " + letters(16382)}, {"1 " + letters(16382)}},
    {letters(16383), {"1 !"}, {"1 " + letters(16383)}},
    {letters(40000) + "\nb\n", {"1 !", "2 b"}, {"1 " + letters(40000), "2 b"}},
    {letters(9) + '\0' + letters(16383) + "\nb\n", {"1 !", "2 b"}, {"1 " + letters(9), "2 b"}},
};

TEST(KeyLineSplitter, GivesTheLinesThatSshdSees) {
  for (const auto& row : rows) {
    EXPECT_EQ(lines_of(row.bytes, false), row.lines) << row.bytes.substr(0, 20);
    EXPECT_EQ(lines_of(row.bytes, true), row.new_lines) << row.bytes.substr(0, 20);
  }
}

TEST(KeyLineSplitter, SaysWhereANulByteIs) {
  const auto bytes = "a\nb\0c\n"s;
  KeyLineSplitter splitter(bytes, true);
  EXPECT_FALSE(splitter.next()->has_nul);
  EXPECT_TRUE(splitter.next()->has_nul);
}

TEST(KeyLineSplitter, CanBeCopiedToLookAhead) {
  KeyLineSplitter splitter("a\nb\nc\n", true);
  splitter.next();
  auto ahead = splitter;
  EXPECT_EQ(ahead.next()->text, "b");
  EXPECT_EQ(ahead.next()->number, 3U);
  EXPECT_EQ(splitter.next()->text, "b");
}

}  // namespace
}  // namespace sshaudit
