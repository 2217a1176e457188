// SPDX-License-Identifier: MIT
// The program of the tests in this directory. Without root they would prove nothing, so they fail instead of passing.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  const bool only_lists = ::testing::GTEST_FLAG(list_tests);
  if (geteuid() != 0 && !only_lists) {
    std::fputs("These tests make files of other owners and mount namespaces: run them as root.\n", stderr);
    return 1;
  }
  return RUN_ALL_TESTS();
}
