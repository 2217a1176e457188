// SPDX-License-Identifier: MIT
#include "parse/access_conf.h"

#include <gtest/gtest.h>

#include "parse/c_number.h"

namespace sshaudit {
namespace {

using Numbers = std::vector<std::size_t>;

TEST(AccessConf, TakesRulesApart) {
  const auto conf =
      parse_access_conf("# rules\n\n+ : root : LOCAL 10.0.0.0/8 \n-:ALL EXCEPT (wheel):2001:db8::/32\n", ":");
  EXPECT_EQ(conf.rules, (std::vector<AccessRule>{{true, " root ", " LOCAL 10.0.0.0/8", 3},
                                                 {false, "ALL EXCEPT (wheel)", "2001:db8::/32", 4}}));
  EXPECT_TRUE(conf.wrong_lines.empty());
}

TEST(AccessConf, PassesOverWhatIsWrong) {
  const auto conf = parse_access_conf(" + : a : b\n+:a\n+:a:\nx:a:b\n:-:ALL:ALL\n- : ALL : ALL", ":");
  ASSERT_EQ(conf.rules.size(), 1U);
  EXPECT_FALSE(conf.rules[0].allows);
  EXPECT_EQ(conf.wrong_lines, (Numbers{1, 2, 3, 4, 6}));
  EXPECT_EQ(conf.cut_line, 6U);
}

// The first byte of the line decides, though the field is found behind separators.
TEST(AccessConf, SeparatorsInFrontMakeARuleThatRefuses) {
  EXPECT_FALSE(parse_access_conf(":+:alice:ALL\n", ":").rules.at(0).allows);
}

TEST(AccessConf, OtherSeparators) {
  EXPECT_EQ(parse_access_conf("+|a|b:c\n", "|").rules.at(0), (AccessRule{true, "a", "b:c", 1}));
}

TEST(AccessConf, LongLinesAreCut) {
  const auto conf = parse_access_conf("+ : " + std::string(9000, 'a') + " : ALL\n- : b : ALL\n", ":");
  ASSERT_EQ(conf.rules.size(), 1U);
  EXPECT_EQ(conf.rules[0].line, 2U);
}

TEST(CNumber, IsThatOfStrtoll) {
  EXPECT_EQ(c_number("12"), 12);
  EXPECT_EQ(c_number(" -0x1F"), -31);
  EXPECT_EQ(c_number("010"), 8);
  EXPECT_EQ(c_number("0"), 0);
  EXPECT_EQ(c_number(""), 0);
  for (const auto* wrong : {"0x", "1 ", "-", " ", "1a", "08", "9223372036854775808"})
    EXPECT_EQ(c_number(wrong), std::nullopt) << wrong;
  EXPECT_EQ(c_number("-9223372036854775808"), INT64_MIN);
}

}  // namespace
}  // namespace sshaudit
