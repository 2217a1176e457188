// SPDX-License-Identifier: MIT
// What test_logger.sh was told.
#pragma once

#include "cmocka_api.h"
#include "started_loggers.h"

namespace sshaudit::pam_test {

// Waits for the loggers that were started since the last time, and says what they were told.
inline std::vector<Words> told() {
  const auto loggers = wait_for_all();
  for (const int status : loggers) assert_int_equal(status, 0);
  const std::string path = SSHAUDIT_TOLD + std::to_string(getpid());
  std::vector<Words> all;
  Words one;
  const auto text = text_of(path);
  for (std::size_t at = 0; at < text.size();) {
    const std::string word = text.c_str() + at;
    at += word.size() + 1;
    if (!word.empty()) {
      one.push_back(word);
      continue;
    }
    all.push_back(one);
    one.clear();
  }
  std::filesystem::remove(path);
  assert_int_equal(all.size(), loggers.size());
  return all;
}

}  // namespace sshaudit::pam_test
