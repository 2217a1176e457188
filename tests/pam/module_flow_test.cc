// SPDX-License-Identifier: MIT
// The module from call to call: what came of the account stack, how long a session lasted, what the user is told.
#include "module_flow_test.h"

#include <syslog.h>

namespace sshaudit::pam_test {
namespace {

const std::vector<int> no_refusals = {PAM_SUCCESS,  PAM_NEW_AUTHTOK_REQD, PAM_SESSION_ERR,
                                      PAM_CRED_ERR, PAM_CRED_EXPIRED,     PAM_CRED_UNAVAIL};
const std::vector<int> refusals = {PAM_PERM_DENIED,       PAM_ACCT_EXPIRED,     PAM_AUTH_ERR,   PAM_USER_UNKNOWN,
                                   PAM_AUTHTOK_EXPIRED,   PAM_AUTHINFO_UNAVAIL, PAM_SYSTEM_ERR, PAM_OPEN_ERR,
                                   PAM_SYMBOL_ERR,        PAM_SERVICE_ERR,      PAM_BUF_ERR,    PAM_CRED_INSUFFICIENT,
                                   PAM_MAXTRIES,          PAM_NO_MODULE_DATA,   PAM_CONV_ERR,   PAM_AUTHTOK_ERR,
                                   PAM_AUTHTOK_LOCK_BUSY, PAM_TRY_AGAIN,        PAM_IGNORE,     PAM_ABORT,
                                   PAM_MODULE_UNKNOWN,    PAM_BAD_ITEM,         PAM_CONV_AGAIN, PAM_INCOMPLETE};

Words refused(int status) { return with(words_of_phase("account"), {"--status=" + std::to_string(status)}); }

void tells_of_a_refused_account_at_the_end(void** /*state*/) {
  for (const int status : refusals) {
    call(pam_sm_acct_mgmt, {"deadline=3"});
    assert_no_start();
    end_pam(status);
    auto wanted = refused(status);
    wanted[4] = "--deadline=3";
    assert_one_start(wanted);
    assert_int_equal(pam.starts[0].deadline_ms, 3000);
    assert_int_equal(pam.starts[0].answer_size, 0);
    begin_again();
  }
}

void tells_nothing_of_what_is_no_refusal(void** /*state*/) {
  for (const int status : no_refusals) {
    call(pam_sm_acct_mgmt);
    end_pam(status);
    assert_no_start();
    begin_again();
  }
}

void does_not_look_at_the_silent_bit(void** /*state*/) {
  for (const int status : refusals) {
    call(pam_sm_acct_mgmt);
    end_pam(status | PAM_DATA_SILENT);
    assert_one_start(refused(status));
    begin_again();
  }
  for (const int status : no_refusals) {
    call(pam_sm_acct_mgmt);
    end_pam(status | PAM_DATA_SILENT);
    assert_no_start();
    begin_again();
  }
}

void tells_nothing_when_data_is_replaced(void** /*state*/) {
  for (const int silent : {0, PAM_DATA_SILENT}) {
    for (const int status : refusals) {
      call(pam_sm_acct_mgmt);
      end_pam(status | PAM_DATA_REPLACE | silent);
      assert_no_start();
      begin_again();
    }
  }
}

void tells_nothing_of_who_was_let_in(void** /*state*/) {
  for (const int status : refusals) {
    for (const auto& let_in : {pam_sm_setcred, pam_sm_open_session}) {
      call(pam_sm_acct_mgmt);
      call(let_in, {}, PAM_ESTABLISH_CRED);
      end_pam(status);
      assert_no_start();
      begin_again();
    }
  }
}

void tells_nothing_when_no_account_was_asked_for(void** /*state*/) {
  for (const int status : refusals) {
    call(pam_sm_setcred, {}, PAM_DELETE_CRED);
    call(pam_sm_close_session);
    end_pam(status);
    assert_no_start();
    begin_again();
  }
}

void every_way_to_set_credentials_but_one_lets_in(void** /*state*/) {
  for (const unsigned flag : {0U, PAM_ESTABLISH_CRED, PAM_REINITIALIZE_CRED, PAM_REFRESH_CRED}) {
    call(pam_sm_acct_mgmt);
    call(pam_sm_setcred, {}, flag | PAM_SILENT);
    end_pam(PAM_PERM_DENIED);
    assert_no_start();
    begin_again();
  }
  for (const unsigned silent : {0U, PAM_SILENT}) {
    call(pam_sm_acct_mgmt);
    call(pam_sm_setcred, {}, PAM_DELETE_CRED | silent);
    end_pam(PAM_PERM_DENIED);
    assert_one_start(refused(PAM_PERM_DENIED));
    begin_again();
  }
}

// As a program does that lets several users in, one after the other, with one handle.
void looks_at_the_last_account(void** /*state*/) {
  call(pam_sm_acct_mgmt);
  call(pam_sm_setcred, {}, PAM_ESTABLISH_CRED);
  call(pam_sm_acct_mgmt);
  end_pam(PAM_ACCT_EXPIRED);
  assert_one_start(refused(PAM_ACCT_EXPIRED));
}

// The name may be another one by then (PAM_USER is what the stack makes of it).
void tells_the_name_of_the_end(void** /*state*/) {
  call(pam_sm_acct_mgmt);
  pam.items[PAM_USER] = "bea";
  end_pam(PAM_PERM_DENIED);
  auto wanted = refused(PAM_PERM_DENIED);
  wanted[2] = "--user=bea";
  assert_one_start(wanted);
}

void survives_a_name_that_is_gone_at_the_end(void** /*state*/) {
  call(pam_sm_acct_mgmt);
  pam.failing_items = {PAM_USER};
  end_pam(PAM_PERM_DENIED);
  assert_no_start();
}

void says_at_the_end_what_it_did(void** /*state*/) {
  call(pam_sm_acct_mgmt, {"debug"});
  pam.logger_starts = false;
  end_pam(PAM_PERM_DENIED);
  assert_int_equal(pam.logged.size(), 2);
  assert_int_equal(pam.logged[0].kind, LOG_WARNING);
  assert_string_equal(pam.logged[0].text.c_str(), "the logger could not be started");
  assert_int_equal(pam.logged[1].kind, LOG_DEBUG);
  assert_string_equal(pam.logged[1].text.c_str(), "--pam=account not started");
}

struct SessionCase {
  long lasted_ms;
  bool is_brief;
};

void tells_of_brief_sessions(void** /*state*/) {
  for (const auto& one : std::vector<SessionCase>{
           {0, true}, {1, true}, {999, true}, {1999, true}, {2000, false}, {2001, false}, {86400000, false}}) {
    call(pam_sm_open_session);
    assert_no_start();
    pam.now_ms += one.lasted_ms;
    call(pam_sm_close_session, {"deadline=2"});
    if (one.is_brief) {
      auto wanted = with(words_of_phase("session"), {"--lasted=" + std::to_string(one.lasted_ms)});
      wanted[4] = "--deadline=2";
      assert_one_start(wanted);
      assert_int_equal(pam.starts[0].answer_size, 0);
    } else {
      assert_no_start();
    }
    begin_again();
  }
}

// The clock counts from the start of the host.
void a_session_may_open_at_the_beginning_of_time(void** /*state*/) {
  pam.now_ms = 0;
  call(pam_sm_open_session);
  pam.now_ms = 3;
  call(pam_sm_close_session);
  assert_one_start(with(words_of_phase("session"), {"--lasted=3"}));
}

void a_session_that_was_not_opened_does_not_end(void** /*state*/) {
  call(pam_sm_close_session);
  end_pam(PAM_SUCCESS);
  assert_no_start();
  call(pam_sm_acct_mgmt);
  call(pam_sm_setcred, {}, PAM_ESTABLISH_CRED);
  call(pam_sm_close_session);
  assert_no_start();
}

void a_session_without_a_name_starts_nothing(void** /*state*/) {
  call(pam_sm_open_session);
  pam.items.erase(PAM_USER);
  call(pam_sm_close_session);
  assert_no_start();
}

// sshd gives pam_end(3) the last result, which for a login that went well may be that of the session.
void a_whole_login_tells_of_its_brief_session_only(void** /*state*/) {
  call(pam_sm_acct_mgmt);
  call(pam_sm_setcred, {}, PAM_ESTABLISH_CRED);
  call(pam_sm_open_session);
  pam.now_ms += 1500;
  call(pam_sm_close_session);
  call(pam_sm_setcred, {}, PAM_DELETE_CRED);
  end_pam(PAM_ABORT);
  assert_one_start(with(words_of_phase("session"), {"--lasted=1500"}));
}

struct AnswerCase {
  std::string answer;
  std::string prompt;  // none when empty
};

void tells_the_user_the_answer(void** /*state*/) {
  const std::vector<AnswerCase> cases = {
      {"The account has expired.", "The account has expired."},
      {"%n%s%n", "%n%s%n"},
      {"two\nlines\n", "two lines "},
      {"\x1b[31mred\x1b[0m\a\b\t\r\x7f.", " [31mred [0m     ."},
      {"\x01\x1f", "  "},
      {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
      {"", ""},
      {std::string(511, 'a'), std::string(511, 'a')},
      {std::string(600, 'a'), std::string(511, 'a')},
  };
  for (const auto& one : cases) {
    pam.answer = one.answer;
    call(pam_sm_acct_mgmt, {"tell_user", "deadline=4"});
    auto wanted = words_of_phase("tell");
    wanted[4] = "--deadline=4";
    assert_one_start(wanted);
    assert_int_equal(pam.starts[0].deadline_ms, 4000);
    assert_int_equal(pam.starts[0].answer_size, 512);
    assert_int_equal(pam.prompts.size(), one.prompt.empty() ? 0 : 1);
    if (!one.prompt.empty()) {
      assert_int_equal(pam.prompts[0].kind, PAM_ERROR_MSG);
      assert_string_equal(pam.prompts[0].text.c_str(), one.prompt.c_str());
    }
    begin_again();
  }
}

void tells_the_user_nothing_unless_asked_to(void** /*state*/) {
  pam.answer = "not to be seen";
  for (const auto& entry : entries) call(entry.call);
  for (const auto& entry : entries) {
    if (entry.call != pam_sm_acct_mgmt) call(entry.call, {"tell_user"});
  }
  assert_int_equal(pam.prompts.size(), 0);
}

void tells_the_user_nothing_when_no_logger_starts(void** /*state*/) {
  pam.answer = "not to be seen";
  pam.logger_starts = false;
  call(pam_sm_acct_mgmt, {"tell_user"});
  assert_one_start(words_of_phase("tell"));
  assert_int_equal(pam.prompts.size(), 0);
  assert_int_equal(pam.logged.size(), 1);
}

void survives_a_user_who_cannot_be_told(void** /*state*/) {
  for (int failure = PAM_SUCCESS + 1; failure <= PAM_INCOMPLETE; ++failure) {
    pam.answer = "The account has expired.";
    pam.prompt_result = failure;
    call(pam_sm_acct_mgmt, {"tell_user"});
    assert_int_equal(pam.prompts.size(), 1);
    begin_again();
  }
}

void the_user_and_the_log_are_both_told(void** /*state*/) {
  call(pam_sm_acct_mgmt, {"tell_user"});
  end_pam(PAM_ACCT_EXPIRED);
  assert_int_equal(pam.starts.size(), 2);
  assert_words(pam.starts[0].words, words_of_phase("tell"));
  assert_words(pam.starts[1].words, refused(PAM_ACCT_EXPIRED));
}

// Without memory for what is kept there is still a word for the user.
void the_user_is_told_without_memory(void** /*state*/) {
  pam.has_memory = false;
  pam.answer = "The account has expired.";
  call(pam_sm_acct_mgmt, {"tell_user"});
  assert_one_start(words_of_phase("tell"));
  assert_int_equal(pam.prompts.size(), 1);
}

}  // namespace

int run_flow_tests() {
  const CMUnitTest tests[] = {
      in_login(tells_of_a_refused_account_at_the_end),
      in_login(tells_nothing_of_what_is_no_refusal),
      in_login(does_not_look_at_the_silent_bit),
      in_login(tells_nothing_when_data_is_replaced),
      in_login(tells_nothing_of_who_was_let_in),
      in_login(tells_nothing_when_no_account_was_asked_for),
      in_login(every_way_to_set_credentials_but_one_lets_in),
      in_login(looks_at_the_last_account),
      in_login(tells_the_name_of_the_end),
      in_login(survives_a_name_that_is_gone_at_the_end),
      in_login(says_at_the_end_what_it_did),
      in_login(tells_of_brief_sessions),
      in_login(a_session_may_open_at_the_beginning_of_time),
      in_login(a_session_that_was_not_opened_does_not_end),
      in_login(a_session_without_a_name_starts_nothing),
      in_login(a_whole_login_tells_of_its_brief_session_only),
      in_login(tells_the_user_the_answer),
      in_login(tells_the_user_nothing_unless_asked_to),
      in_login(tells_the_user_nothing_when_no_logger_starts),
      in_login(survives_a_user_who_cannot_be_told),
      in_login(the_user_and_the_log_are_both_told),
      in_login(the_user_is_told_without_memory),
  };
  return cmocka_run_group_tests_name("module, from call to call", tests, nullptr, nullptr);
}

}  // namespace sshaudit::pam_test
