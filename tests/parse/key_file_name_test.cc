// SPDX-License-Identifier: MIT
#include "parse/key_file_name.h"

#include <gtest/gtest.h>

#include <climits>
#include <string>
#include <vector>

#include "parse/key_lines.h"

namespace sshaudit {
namespace {

const Account alice{"alice", 1000, 1000, "/home/alice", "/bin/sh"};

TEST(KeyFileName, IsExpandedAsSshdDoes) {
  struct Row {
    std::string entry;
    std::string name;
  };
  const std::vector<Row> rows = {
      {".ssh/authorized_keys", "/home/alice/.ssh/authorized_keys"},
      {"/etc/ssh/keys/%u", "/etc/ssh/keys/alice"},
      {"%h/.ssh/keys", "/home/alice/.ssh/keys"},
      {"/keys/%U/%u.%%", "/keys/1000/alice.%"},
      {"%u", "/home/alice/alice"},
      {"keys%%u", "/home/alice/keys%u"},
  };
  for (const auto& row : rows) EXPECT_EQ(expand_key_file_name(row.entry, alice, {}).value(), row.name) << row.entry;
  auto homeless = alice;
  homeless.home.clear();
  EXPECT_EQ(expand_key_file_name(".ssh/authorized_keys", homeless, {}).value(), "/.ssh/authorized_keys");
}

TEST(KeyFileName, UnknownTokensEndTheConnection) {
  for (const std::string entry : {"%x", "keys/%", "/etc/%H", "/etc/%%%"}) {
    EXPECT_FALSE(expand_key_file_name(entry, alice, {}).has_value()) << entry;
  }
  SshdFacts old;
  old.expands_uid = false;
  EXPECT_EQ(expand_key_file_name("/keys/%U", alice, old).error(),
            (Error{"sshd does not know the token %U", "/keys/%U", 0}));
  EXPECT_FALSE(expand_key_file_name(std::string(PATH_MAX, 'a'), alice, {}).has_value());
}

TEST(KeyFileName, GlobCharacters) {
  EXPECT_FALSE(has_glob_characters("/home/alice/.ssh/authorized_keys"));
  for (const auto* name : {"/home/a*", "/home/a?", "/home/[a]", "/home/DOM\\a"}) EXPECT_TRUE(has_glob_characters(name));
}

TEST(KeyLines, CountsWhatSshdWouldTryToRead) {
  struct Row {
    std::string text;
    std::size_t count;
  };
  using namespace std::string_literals;
  const std::vector<Row> rows = {
      {"", 0},           {"\n\n", 0},         {"# comment\n", 0},     {"  \t# comment\n", 0}, {"\r\n\r\n", 0},
      {"key\n", 1},      {"key", 1},          {"key\r\nkey\r\n", 2},  {"  key\n#x\nkey", 2},  {"\0key\nkey\n"s, 1},
      {"a\0b\nc\n"s, 2}, {"from=\"x\" k", 1}, {"key # comment\n", 1},
  };
  for (const auto& row : rows) EXPECT_EQ(count_key_lines(row.text), row.count) << row.text;
}

}  // namespace
}  // namespace sshaudit
