// SPDX-License-Identifier: MIT
// The built module with the cmocka project's libpamtest, under pam_wrapper: pam_start(3) reads the services of
// PAM_WRAPPER_SERVICE_DIR, which CMakeLists.txt writes. Every line of those has the module before the one that decides.
extern "C" {
#include <libpamtest.h>
}

#include "told_words.h"

namespace sshaudit::pam_test {
namespace {

template <std::size_t count>
void assert_results(const char* service, pam_testcase (&cases)[count]) {
  pamtest_conv_data conversation{};
  const auto error = _pamtest(service, "daemon", &conversation, cases, count, nullptr);
  if (error == PAMTEST_ERR_OK) return;
  const auto* const failed = error == PAMTEST_ERR_CASE ? _pamtest_failed_case(cases, count) : nullptr;
  fail_msg("%s: %s, operation %d gives %d", service, pamtest_strerror(error),
           failed == nullptr ? -1 : failed->pam_operation, failed == nullptr ? -1 : failed->op_rv);
}

pam_testcase gives(pamtest_ops operation, int result, unsigned flags = 0) {
  pam_testcase one{};
  one.pam_operation = operation;
  one.expected_rv = result;
  one.flags = static_cast<int>(flags);
  return one;
}

Words phases_of(const std::vector<Words>& all) {
  Words phases;
  for (const auto& words : all) phases.push_back(words.size() > 1 ? words[1] : "");
  return phases;
}

void a_permitted_login_stays_permitted(void** /*state*/) {
  pam_testcase cases[] = {gives(PAMTEST_AUTHENTICATE, PAM_SUCCESS), gives(PAMTEST_ACCOUNT, PAM_SUCCESS),
                          gives(PAMTEST_SETCRED, PAM_SUCCESS, PAM_ESTABLISH_CRED)};
  assert_results("permit", cases);
  assert_words(phases_of(told()), {"--pam=auth"});
}

void a_permitted_session_stays_permitted(void** /*state*/) {
  pam_testcase cases[] = {gives(PAMTEST_OPEN_SESSION, PAM_SUCCESS), gives(PAMTEST_CLOSE_SESSION, PAM_SUCCESS)};
  assert_results("permit", cases);
  for (const auto& phase : phases_of(told())) assert_string_equal(phase.c_str(), "--pam=session");
}

void a_denied_login_stays_denied(void** /*state*/) {
  pam_testcase cases[] = {gives(PAMTEST_AUTHENTICATE, PAM_AUTH_ERR), gives(PAMTEST_SETCRED, PAM_CRED_ERR),
                          gives(PAMTEST_OPEN_SESSION, PAM_SESSION_ERR), gives(PAMTEST_CLOSE_SESSION, PAM_SESSION_ERR)};
  for (auto& one : cases) {
    pam_testcase alone[] = {one};
    assert_results("deny", alone);
  }
  told();
}

void a_denied_account_is_told_of(void** /*state*/) {
  pam_testcase cases[] = {gives(PAMTEST_ACCOUNT, PAM_AUTH_ERR)};
  assert_results("deny", cases);
  const auto all = told();
  assert_int_equal(all.size(), 1);
  assert_words(all[0], {SSHAUDIT_LOGGER, "--pam=account", "--user=daemon", "--process=" + std::to_string(getpid()),
                        "--deadline=1", "--service=deny", "--status=" + std::to_string(PAM_AUTH_ERR)});
}

void alone_it_lets_nobody_in(void** /*state*/) {
  for (const auto operation :
       {PAMTEST_AUTHENTICATE, PAMTEST_SETCRED, PAMTEST_ACCOUNT, PAMTEST_OPEN_SESSION, PAMTEST_CLOSE_SESSION}) {
    pam_testcase cases[] = {gives(operation, PAM_PERM_DENIED)};
    assert_results("alone", cases);
  }
  told();
}

}  // namespace
}  // namespace sshaudit::pam_test

int main() {
  using namespace sshaudit::pam_test;
  if (std::getenv("PAM_WRAPPER") == nullptr) {
    std::fputs("pam_wrapper is not loaded: ctest does that\n", stderr);
    return 1;
  }
  const CMUnitTest tests[] = {
      cmocka_unit_test(a_permitted_login_stays_permitted), cmocka_unit_test(a_permitted_session_stays_permitted),
      cmocka_unit_test(a_denied_login_stays_denied),       cmocka_unit_test(a_denied_account_is_told_of),
      cmocka_unit_test(alone_it_lets_nobody_in),
  };
  return cmocka_run_group_tests_name("module under pam_wrapper", tests, take_in_orphans, nullptr) == 0 ? 0 : 1;
}
