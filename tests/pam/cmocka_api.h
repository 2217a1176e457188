// SPDX-License-Identifier: MIT
// CMocka, for C++.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cstdio>
#include <fstream>  // before CMocka, whose macro fail() is a function of streams
#include <string>
#include <vector>

extern "C" {
#include <cmocka.h>
}

namespace sshaudit::pam_test {

using Words = std::vector<std::string>;

inline std::string shown(const Words& words) {
  std::string text;
  for (const auto& word : words) text += "\n  <" + word.substr(0, 200) + ">";
  return text;
}

// assert_int_equal for lists of words; both are printed where they differ.
inline void assert_words(const Words& words, const Words& wanted) {
  if (words == wanted) return;
  fail_msg("words are:%s\nand not:%s", shown(words).c_str(), shown(wanted).c_str());
}

}  // namespace sshaudit::pam_test
