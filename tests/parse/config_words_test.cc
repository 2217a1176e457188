// SPDX-License-Identifier: MIT
// How a line of sshd_config(5) falls into words. The expected words are those that strdelim() and argv_split() of
// OpenSSH give: misc.c of 8.4 for the older reader, of 10.5 for the newer one, both compiled and run on these rows.
#include "parse/config_words.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sshaudit {
namespace {

using namespace std::string_literals;
using Words = std::vector<std::string>;

struct OldRow {
  std::string line;
  Words words;
};

// misc.c, strdelim(), called until it returns NULL.
const std::vector<OldRow> old_rows = {
    {"", {""}},
    {"a", {"a"}},
    {"a b", {"a", "b"}},
    {"a \t\r\n b", {"a", "b"}},
    {"a b ", {"a", "b", ""}},
    {" a", {"", "a"}},
    {"a=b", {"a", "b"}},
    {"a = b", {"a", "b"}},
    {"a =b", {"a", "b"}},
    {"a= b", {"a", "b"}},
    {"a==b", {"a", "", "b"}},
    {"a = = b", {"a", "", "b"}},
    {"=a", {"", "a"}},
    {"a b=c", {"a", "b", "c"}},
    {"a\fb\vc", {"a\fb\vc"}},
    {"\"a b\" c", {"a b", "c"}},
    {"\"a b\"c", {"a b", "c"}},
    {"a\"b c\"d", {"ab c", "d"}},
    {"\"a\"=b", {"a", "", "b"}},
    {"\"\" a", {"", "a"}},
    {"\"a", {}},
    {"a \"b c", {"a"}},
    {"a b\"c d", {"a"}},
    {"'a b' c", {"'a", "b'", "c"}},
    {"a\\ b", {"a\\", "b"}},
    {"\"a\\\"b\"", {"a\\"}},
    {"a # b", {"a", "#", "b"}},
};

// misc.c, strdelimw(): `=` is a letter like any other.
const std::vector<OldRow> blank_rows = {
    {"A=1 B=2", {"A=1", "B=2"}},  {"A = 1", {"A", "=", "1"}}, {"=A", {"=A"}},
    {"A=\"1 2\"", {"A=1 2", ""}}, {"\"A=1\"B", {"A=1", "B"}}, {"A=1 \"B", {"A=1"}},
};

Words old_words(const std::string& line, bool splits_at_equals) {
  OldWords source(line, splits_at_equals);
  Words words;
  while (auto word = source.next()) words.push_back(*word);
  EXPECT_FALSE(source.next()) << "nothing comes back behind the end of " << line;
  EXPECT_FALSE(source.rest()) << line;
  return words;
}

TEST(OldWords, AreThoseOfStrdelim) {
  for (const auto& row : old_rows) EXPECT_EQ(old_words(row.line, true), row.words) << row.line;
  for (const auto& row : blank_rows) EXPECT_EQ(old_words(row.line, false), row.words) << row.line;
}

// What strdelim() leaves in its argument, NULL for nothing: ForceCommand takes that.
TEST(OldWords, LeaveTheRestOfTheLine) {
  struct Row {
    std::string line;
    std::optional<std::string> rest;
  };
  const std::vector<Row> rows = {
      {"a", std::nullopt},
      {"a ", ""},
      {"a b c", "b c"},
      {"a = b = c", "b = c"},
      {"a \"b\" 'c'", "\"b\" 'c'"},
      {"\"a b\" c d", "c d"},
      {"\"a\"  = b", "= b"},
      {"a\t\t b  ", "b  "},
      {"\"a b", std::nullopt},
  };
  for (const auto& row : rows) {
    OldWords source(row.line);
    source.next();
    EXPECT_EQ(source.rest(), row.rest) << row.line;
  }
}

struct NewRow {
  std::string text;
  std::optional<Words> words;  // none where the call fails
};

// misc.c, argv_split() with terminate_on_comment.
const std::vector<NewRow> new_rows = {
    {"", Words{}},
    {" \t ", Words{}},
    {"a", Words{"a"}},
    {" a\tb  c ", Words{"a", "b", "c"}},
    {"a\rb\nc\fd", Words{"a\rb\nc\fd"}},
    {"a=b = c", Words{"a=b", "=", "c"}},
    {"# a", Words{}},
    {"a # b", Words{"a"}},
    {"a #", Words{"a"}},
    {"a#b c", Words{"a#b", "c"}},
    {"a \"#\" b", Words{"a", "#", "b"}},
    {"\"a b\" c", Words{"a b", "c"}},
    {"'a b' c", Words{"a b", "c"}},
    {"a\"b c\"d", Words{"ab cd"}},
    {"\"a\"'b'", Words{"ab"}},
    {"\"a'b\"", Words{"a'b"}},
    {"'a\"b'", Words{"a\"b"}},
    {"\"\"", Words{""}},
    {"a '' b", Words{"a", "", "b"}},
    {"\"a", std::nullopt},
    {"a 'b c", std::nullopt},
    {"a b\"", std::nullopt},
    {"don't", std::nullopt},
    {"a # \"b", Words{"a"}},
    {"a\\ b", Words{"a b"}},
    {"\"a\\ b\"", Words{"a\\ b"}},
    {"\\\"a\\\"", Words{"\"a\""}},
    {"\\'", Words{"'"}},
    {"\"a\\\"b\"", Words{"a\"b"}},
    {"'a\\'b'", Words{"a'b"}},
    {"a\\\\b", Words{"a\\b"}},
    {"\\n\\#", Words{"\\n\\#"}},
    {"\\", Words{"\\"}},
    {"\"a\\\"", std::nullopt},
    {"\\# a", Words{"\\#", "a"}},
    {"a\\\tb", Words{"a\\", "b"}},
};

TEST(NewWords, AreThoseOfArgvSplit) {
  for (const auto& row : new_rows) EXPECT_EQ(split_words(row.text), row.words) << row.text;
}

struct LinesRow {
  std::string bytes;
  Words lines;      // before 8.7
  Words new_lines;  // from 8.7
};

// servconf.c, load_server_config() of 8.6 and 8.7: getline(3), cut at a NUL (strlen) with the newline behind it, and at
// a '#' before 8.7; then strsep() at each newline, which gives an empty line behind the last one.
const std::vector<LinesRow> lines_rows = {
    {"", {""}, {""}},
    {"a", {"a"}, {"a"}},
    {"a\n", {"a", ""}, {"a", ""}},
    {"\n\na", {"", "", "a"}, {"", "", "a"}},
    {" \t\ra b\n", {"a b", ""}, {"a b", ""}},
    {"\fa\n", {"\fa", ""}, {"\fa", ""}},
    {"a\r\nb\r\n", {"a\r", "b\r", ""}, {"a\r", "b\r", ""}},
    {"a # b\nc", {"a ", "c"}, {"a # b", "c"}},
    {"a#", {"a", ""}, {"a#"}},
    {"# a\n  # b\n", {"", "", ""}, {"# a", "# b", ""}},
    {"a \"#\" b\n", {"a \"", ""}, {"a \"#\" b", ""}},
    {"a\0b\nc\n"s, {"ac", ""}, {"ac", ""}},
    {"a\0\n  b\n"s, {"ab", ""}, {"ab", ""}},
    {"a\0 # b\nc\n"s, {"ac", ""}, {"ac", ""}},
    {"a # \0b\nc\n"s, {"a ", "c", ""}, {"a # c", ""}},
    {"\0\0\0"s, {""}, {""}},
    {"\xef\xbb\xbf"
     "a\n",
     {"\xef\xbb\xbf"
      "a",
      ""},
     {"\xef\xbb\xbf"
      "a",
      ""}},
};

TEST(ConfigLines, AreThoseThatSshdCounts) {
  for (const auto& row : lines_rows) {
    EXPECT_EQ(config_lines(row.bytes, true), row.lines) << row.bytes;
    EXPECT_EQ(config_lines(row.bytes, false), row.new_lines) << row.bytes;
  }
}

// servconf.c, process_server_config_line(): "Strip trailing whitespace. Allow \f (form feed) at EOL only". Its loop
// ends before the first character.
TEST(TrailingBlanks, AreCutButNotTheFirstCharacter) {
  struct Row {
    std::string line;
    std::string cut;
  };
  const std::vector<Row> rows = {
      {"", ""},     {"a", "a"},   {"a \t\r\n\f", "a"}, {"a b ", "a b"},  {"a\v", "a\v"},
      {"\f", "\f"}, {" \f", " "}, {"\f\f\f", "\f"},    {"\fa\f", "\fa"},
  };
  for (const auto& row : rows) EXPECT_EQ(without_trailing_blanks(row.line), row.cut) << row.line;
}

}  // namespace
}  // namespace sshaudit
