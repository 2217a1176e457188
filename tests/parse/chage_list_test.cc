// SPDX-License-Identifier: MIT
#include "parse/chage_list.h"

#include <gtest/gtest.h>

namespace sshaudit {
namespace {

std::string list(const std::string& changed, const std::string& inactive, const std::string& expires) {
  return "Last password change\t\t\t\t\t: " + changed +
         "\nPassword expires\t: never\nPassword inactive\t: " + inactive + "\nAccount expires\t\t\t: " + expires +
         "\nMinimum number of days between password change\t\t: 0\n"
         "Maximum number of days between password change\t\t: 60\n"
         "Number of days of warning before password expires\t: 7\n";
}

TEST(ChageList, GivesTheRowOfShadow) {
  ShadowEntry expected;
  expected.last_change = 20784;  // 2026-11-27
  expected.min = 0;
  expected.max = 60;
  expected.warn = 7;
  EXPECT_EQ(parse_chage_list(list("Nov 27, 2026", "never", "never")), expected);
  EXPECT_EQ(parse_chage_list(list("2026-11-27", "never", "never")), expected);
  expected.inactive = 30;
  expected.expire = 19782;  // 2024-02-29
  EXPECT_EQ(parse_chage_list(list("Nov 27, 2026", "Feb 25, 2027", "Feb 29, 2024")), expected);
  expected.inactive.reset();
  expected.last_change = 0;
  EXPECT_EQ(parse_chage_list(list("password must be changed", "password must be changed", "Feb 29, 2024")), expected);
}

TEST(ChageList, UnderstandsAllOrNothing) {
  EXPECT_EQ(parse_chage_list(""), std::nullopt);
  EXPECT_EQ(parse_chage_list("chage: user 'x' does not exist in /etc/passwd\n"), std::nullopt);
  EXPECT_EQ(parse_chage_list(list("27. November 2026", "never", "never")), std::nullopt);
  EXPECT_EQ(parse_chage_list(list("Nov 27, 2026", "never", "soon")), std::nullopt);
}

}  // namespace
}  // namespace sshaudit
