// SPDX-License-Identifier: MIT
// Patterns as sshd matches them. The expected answers are those of match_pattern() and match_pattern_list() in match.c
// of OpenSSH 8.4 and 10.5, compiled and run on these rows.
#include "parse/pattern.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace sshaudit {
namespace {

struct PatternRow {
  std::string text;
  std::string pattern;
  bool matches;
};

// match_pattern()
const std::vector<PatternRow> pattern_rows = {
    {"", "", true},
    {"", "*", true},
    {"", "?", false},
    {"a", "", false},
    {"a", "a", true},
    {"a", "A", false},
    {"a", "?", true},
    {"a", "*", true},
    {"a", "**", true},
    {"a", "*?", true},
    {"a", "?*", true},
    {"a", "??", false},
    {"ab", "?", false},
    {"ab", "*?*?*", true},
    {"ab", "*?*?*?", false},
    {"abc", "a*c", true},
    {"abcd", "a*c", false},
    {"abcbc", "a*bc", true},
    {"aXbXc", "a*X*c", true},
    {"a*c", "a*c", true},
    {"a[b", "a[b", true},
    {"ab", "[a]b", false},
    {"a\\b", "a\\b", true},
    {"a*", "a\\*", false},
    {"alice", "!alice", false},
    {"!alice", "!alice", true},
    {"a,b", "a,b", true},
    {"a b", "a b", true},
    {"\xc3\xa9", "??", true},
    {"\xc3\xa9", "?", false},
};

TEST(Pattern, MatchesAsInSshd) {
  for (const auto& row : pattern_rows) {
    EXPECT_EQ(matches_pattern(row.text, row.pattern), row.matches) << row.text << " " << row.pattern;
  }
}

struct ListRow {
  std::string text;
  std::string list;
  bool fold_case;
  int answer;
};

// match_pattern_list(); dolower is `fold_case`. A subpattern has 1,023 bytes of room, its end included.
const std::vector<ListRow> list_rows = {
    {"alice", "", false, 0},
    {"", "", false, 0},
    {"alice", "alice", false, 1},
    {"alice", "bob,alice", false, 1},
    {"alice", "bob, alice", false, 0},
    {"alice", "Alice", false, 0},
    {"alice", "Alice", true, 1},
    {"Alice", "alice", true, 0},
    {"Alice", "Alice", true, 0},
    {"alice", "!alice", false, -1},
    {"bob", "!alice", false, 0},
    {"bob", "*,!alice", false, 1},
    {"alice", "*,!alice", false, -1},
    {"alice", "!alice,*", false, -1},
    {"alice", "!*,alice", false, -1},
    {"alice", "!!alice", false, 0},
    {"!alice", "!!alice", false, -1},
    {"alice", ",alice", false, 1},
    {"alice", "alice,", false, 1},
    {"", ",a", false, 1},
    {"", "a,", false, 0},
    {"", "!", false, -1},
    {"", "!,a", false, -1},
    {"a", "a," + std::string(1023, 'b'), false, 0},
    {"a", "a," + std::string(1022, 'b'), false, 1},
    {"a", std::string(1023, '*'), false, 0},
    {"a", std::string(1022, '*'), false, 1},
    {"a", "!a," + std::string(2000, 'b'), false, -1},
};

TEST(PatternList, MatchesAsInSshd) {
  for (const auto& row : list_rows) {
    EXPECT_EQ(matches_pattern_list(row.text, row.list, row.fold_case), row.answer)
        << row.text << " " << row.list.substr(0, 40) << " " << row.list.size();
  }
}

TEST(LowerCase, ChangesAsciiLettersOnly) { EXPECT_EQ(lower_case("AZaz09_\xc3\x89@["), "azaz09_\xc3\x89@["); }

// Hostile: recursion would take exponential time, or the stack.
TEST(Pattern, OfAnyLengthIsMatchedSoon) {
  const auto start = std::chrono::steady_clock::now();
  std::string stars;
  for (int i = 0; i < 50'000; ++i) stars += "*a";
  EXPECT_EQ(stars.size(), 100'000U);
  EXPECT_FALSE(matches_pattern(std::string(10'000, 'a') + "b", stars));
  EXPECT_FALSE(matches_pattern(std::string(64, 'a'), stars + "b"));
  EXPECT_TRUE(matches_pattern(std::string(50'000, 'a'), stars));
  EXPECT_TRUE(matches_pattern("x", std::string(100'000, '*')));
  EXPECT_FALSE(matches_pattern("x", std::string(100'000, '?')));
  EXPECT_EQ(matches_pattern_list("x", std::string(100'000, ','), false), 0);
  EXPECT_EQ(matches_pattern_list("x", std::string(100'000, '!'), true), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

}  // namespace
}  // namespace sshaudit
