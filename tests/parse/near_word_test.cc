// SPDX-License-Identifier: MIT
#include "parse/near_word.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace sshaudit {
namespace {

TEST(NearWord, CountsSlipsOfTheHand) {
  struct Row {
    std::string_view one;
    std::string_view other;
    std::size_t slips;
  };
  const std::vector<Row> rows = {
      {"", "", 0},         {"a", "", 1},          {"", "ab", 2},          {"pty", "pty", 0},   {"pty", "ptyx", 1},
      {"pty", "py", 1},    {"pty", "pyt", 1},     {"from", "form", 1},    {"from", "fron", 1}, {"kitten", "sitting", 3},
      {"abcd", "dcba", 3}, {"command", "pty", 7}, {"tunnel", "tunel", 1}, {"PTY", "pty", 3},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(distance(row.one, row.other), row.slips) << row.one << ' ' << row.other;
    EXPECT_EQ(distance(row.other, row.one), row.slips) << row.other << ' ' << row.one;
  }
  EXPECT_EQ(distance(std::string(65, 'a'), std::string(65, 'a')), 65U) << "too long to be looked at";
}

TEST(NearWord, IsOnlyGivenWhenItIsNear) {
  const std::vector<std::string_view> words = {"pty", "command", "from", "port-forwarding", "agent-forwarding"};
  struct Row {
    std::string_view written;
    std::string_view nearest;
  };
  const std::vector<Row> rows = {
      {"pty", "pty"},
      {"ptx", "pty"},
      {"p", ""},
      {"", ""},
      {"xyz", ""},
      {"comand", "command"},
      {"commnad", "command"},
      {"form", "from"},
      {"fr", ""},
      {"portforwarding", "port-forwarding"},
      {"agent_forward", "agent-forwarding"},
      {"something-else", ""},
  };
  for (const auto& row : rows) EXPECT_EQ(nearest(row.written, words), row.nearest) << row.written;
  EXPECT_EQ(nearest("pty", {}), "");
  EXPECT_EQ(nearest(std::string(65, 'a'), words), "");
}

}  // namespace
}  // namespace sshaudit
