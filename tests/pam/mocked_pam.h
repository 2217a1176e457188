// SPDX-License-Identifier: MIT
// A libpam, a logger and a clock that do what a test says, and keep what the module did with them.
#pragma once

#include <security/pam_modules.h>

#include <map>
#include <set>

#include "cmocka_api.h"

namespace sshaudit::pam_test {

struct Start {
  Words words;
  int deadline_ms = 0;
  std::size_t answer_size = 0;  // 0 when no answer is asked for
};

struct Line {
  int kind = 0;  // the priority for syslog, the style for a prompt
  std::string text;
};

struct MockedPam {
  std::map<int, std::string> items;
  std::map<std::string, std::string> environment;
  std::set<int> failing_items;        // pam_get_item gives item_result for these, and success for others
  int item_result = PAM_SYSTEM_ERR;   // and leaves the value as it is
  int get_data_result = PAM_SUCCESS;  // PAM_NO_MODULE_DATA when there is none
  int set_data_result = PAM_SUCCESS;
  int prompt_result = PAM_SUCCESS;
  bool logger_starts = true;
  bool has_memory = true;  // for what the module allocates
  std::string answer;      // of the logger
  long now_ms = 5000;
  std::set<std::string> strangers;  // whom the name service does not know

  std::vector<Start> starts;
  std::vector<Line> logged;
  std::vector<Line> prompts;
  Words data_names;  // given to pam_set_data
  void* data = nullptr;
  void (*cleanup)(pam_handle_t*, void*, int) = nullptr;
};

extern MockedPam pam;

// As pam_start and pam_end of a program do it: a login of ann from 192.0.2.7 by sshd, with a key.
int begin_login(void** state);
int finish_login(void** state);  // checks that nothing was lost on the way
void begin_again();              // one after the other, in one test
void end_pam(int status);        // hands it to the data, and forgets the data

using Entry = int (*)(pam_handle_t*, int, int, const char**);
struct NamedEntry {
  const char* name;
  Entry call;
};
extern const std::vector<NamedEntry> entries;  // all five

// Calls it with the words that stand behind the module in the service file. Always PAM_IGNORE comes back, which is
// asserted here once for all tests.
void call(Entry entry, const Words& arguments = {}, unsigned flags = 0);

// What a logger of the login of begin_login is told in this phase.
Words words_of_phase(const std::string& phase);
Words with(Words words, const Words& more);
Words without(const Words& words, const std::string& prefix);

// Exactly one logger was started, and told this.
void assert_one_start(const Words& wanted);
void assert_no_start();

}  // namespace sshaudit::pam_test

#define in_login(test) \
  cmocka_unit_test_setup_teardown(test, sshaudit::pam_test::begin_login, sshaudit::pam_test::finish_login)
