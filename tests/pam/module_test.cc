// SPDX-License-Identifier: MIT
// The module with a libpam that does what each test says: arguments, items, and calls of libpam that fail.
#include <syslog.h>

#include "module_flow_test.h"

namespace sshaudit::pam_test {
namespace {

std::string long_name(std::size_t size) { return std::string(size, 'a'); }

// Every code of Linux-PAM but success.
std::vector<int> failures() {
  std::vector<int> codes;
  for (int code = PAM_SUCCESS + 1; code <= PAM_INCOMPLETE; ++code) codes.push_back(code);
  return codes;
}

void starts_a_logger_for_a_password(void** /*state*/) {
  call(pam_sm_authenticate);
  assert_one_start(words_of_phase("auth"));
  assert_int_equal(pam.starts[0].deadline_ms, 1000);
  assert_int_equal(pam.starts[0].answer_size, 0);
  assert_int_equal(pam.logged.size(), 0);
  assert_words(pam.data_names, {"sshaudit_login"});  // that this login is one by password
}

// It may be a password, typed in the wrong place.
void starts_nothing_for_a_name_that_is_nobodys(void** /*state*/) {
  pam.strangers = {"ann"};
  call(pam_sm_authenticate);
  assert_no_start();
}

void only_authentication_starts_one_at_once(void** /*state*/) {
  for (const auto& entry : entries) {
    call(entry.call);
    assert_int_equal(pam.starts.size(), entry.call == pam_sm_authenticate ? 1 : 0);
    begin_again();
  }
}

struct ServiceCase {
  Words arguments;
  const char* service;
  bool acts;
};

void acts_for_the_services_that_are_named(void** /*state*/) {
  const std::vector<ServiceCase> cases = {
      {{}, "sshd", true},
      {{}, "sshd2", false},
      {{}, "ssh", false},
      {{}, "", false},
      {{"service=login"}, "login", true},
      {{"service=login"}, "sshd", false},
      {{"service="}, "sshd", false},
      {{"service="}, "", true},
      {{"service=login", "service=sshd-internal"}, "login", true},
      {{"service=login", "service=sshd-internal"}, "sshd-internal", true},
      {{"service=login", "service=sshd-internal"}, "sshd", false},
      {{"service=sshd", "service=login"}, "sshd", true},
      {{"service=sshd,login"}, "sshd", false},
      {{"service=SSHD"}, "sshd", false},
      {{"quiet", "service=login", "debug"}, "login", true},
  };
  for (const auto& one : cases) {
    pam.items[PAM_SERVICE] = one.service;
    call(pam_sm_authenticate, one.arguments);
    if (pam.starts.size() != (one.acts ? 1 : 0)) fail_msg("%s:%s", one.service, shown(one.arguments).c_str());
    begin_again();
  }
}

// A word about the arguments would be wrong there too: they may be meant for a service that is not this one.
void does_nothing_for_other_services(void** /*state*/) {
  pam.items[PAM_SERVICE] = "sudo";
  pam.answer = "not to be seen";
  for (const auto& entry : entries) call(entry.call, {"tell_user", "debug", "unknown"});
  end_pam(PAM_PERM_DENIED);
  assert_no_start();
  assert_int_equal(pam.data_names.size(), 0);
  assert_int_equal(pam.logged.size(), 0);
  assert_int_equal(pam.prompts.size(), 0);
}

struct DeadlineCase {
  Words arguments;
  int deadline_ms;
  std::size_t warnings;
};

void takes_deadlines_of_one_second_to_sixty(void** /*state*/) {
  const std::vector<DeadlineCase> cases = {
      {{"deadline=1"}, 1000, 0},
      {{"deadline=60"}, 60000, 0},
      {{"deadline=007"}, 7000, 0},
      {{"deadline=5", "deadline=9"}, 9000, 0},
      {{"deadline=0"}, 1000, 1},
      {{"deadline=61"}, 1000, 1},
      {{"deadline=abc"}, 1000, 1},
      {{"deadline="}, 1000, 1},
      {{"deadline=-1"}, 1000, 1},
      {{"deadline=+1"}, 1000, 1},
      {{"deadline= 1"}, 1000, 1},
      {{"deadline=1s"}, 1000, 1},
      {{"deadline=1.5"}, 1000, 1},
      {{"deadline=4294967297"}, 1000, 1},
      {{"deadline"}, 1000, 1},
      {{"deadline=5", "deadline=0"}, 5000, 1},
      {{"deadline=99999999999999999999"}, 1000, 1},
  };
  for (const auto& one : cases) {
    call(pam_sm_authenticate, one.arguments);
    auto wanted = words_of_phase("auth");
    wanted[4] = "--deadline=" + std::to_string(one.deadline_ms / 1000);
    assert_one_start(wanted);
    assert_int_equal(pam.starts[0].deadline_ms, one.deadline_ms);
    if (pam.logged.size() != one.warnings) fail_msg("%zu warnings:%s", pam.logged.size(), shown(one.arguments).c_str());
    begin_again();
  }
}

void warns_once_of_what_it_does_not_know(void** /*state*/) {
  for (const std::string unknown : {"unknown", "Debug", "debug=1", "quiet ", "tell-user", "", "%n%s%n", "deadline=0"}) {
    for (const auto& entry : entries) {
      call(entry.call, {"service=sshd", unknown, "deadline=2"});
      assert_int_equal(pam.logged.size(), 1);
      assert_int_equal(pam.logged[0].kind, LOG_WARNING);
      assert_string_equal(pam.logged[0].text.c_str(), ("unknown argument: " + unknown).c_str());
      begin_again();
      call(entry.call, {unknown, "quiet"});
      assert_int_equal(pam.logged.size(), 0);
      begin_again();
    }
  }
}

void warns_of_each_unknown_argument(void** /*state*/) {
  call(pam_sm_acct_mgmt, {"one", "debug", "two"});
  assert_int_equal(pam.logged.size(), 2);
  assert_string_equal(pam.logged[0].text.c_str(), "unknown argument: one");
  assert_string_equal(pam.logged[1].text.c_str(), "unknown argument: two");
}

void says_what_it_does_when_asked_to(void** /*state*/) {
  call(pam_sm_authenticate, {"debug"});
  assert_int_equal(pam.logged.size(), 1);
  assert_int_equal(pam.logged[0].kind, LOG_DEBUG);
  assert_string_equal(pam.logged[0].text.c_str(), "--pam=auth started");
}

struct TroubleCase {
  Words arguments;
  Words logged;
};

void says_that_the_logger_could_not_be_started(void** /*state*/) {
  const std::vector<TroubleCase> cases = {
      {{}, {"the logger could not be started"}},
      {{"quiet"}, {}},
      {{"debug"}, {"the logger could not be started", "--pam=auth not started"}},
      {{"debug", "quiet"}, {"--pam=auth not started"}},
  };
  for (const auto& one : cases) {
    pam.logger_starts = false;
    call(pam_sm_authenticate, one.arguments);
    Words logged;
    for (const auto& line : pam.logged) logged.push_back(line.text);
    assert_words(logged, one.logged);
    begin_again();
  }
}

void needs_a_name(void** /*state*/) {
  for (const bool is_there : {true, false}) {
    for (const auto& entry : entries) {
      if (is_there) {
        pam.items[PAM_USER] = "";
      } else {
        pam.items.erase(PAM_USER);
      }
      call(entry.call, {"tell_user"});
      pam.now_ms += 10;
    }
    call(pam_sm_close_session);
    end_pam(PAM_PERM_DENIED);
    assert_no_start();
    begin_again();
  }
}

void does_nothing_without_a_service(void** /*state*/) {
  for (const Words& arguments : {Words{}, Words{"service=sshd"}, Words{"service="}}) {
    pam.items.erase(PAM_SERVICE);
    for (const auto& entry : entries) call(entry.call, arguments);
    end_pam(PAM_PERM_DENIED);
    assert_no_start();
    assert_int_equal(pam.data_names.size(), 0);
    begin_again();
  }
}

void leaves_out_what_is_missing(void** /*state*/) {
  const auto all = words_of_phase("auth");
  pam.items.erase(PAM_RHOST);
  call(pam_sm_authenticate);
  assert_one_start(without(all, "--client="));
  begin_again();
  pam.environment.erase("SSH_AUTH_INFO_0");
  call(pam_sm_authenticate);
  assert_one_start(without(all, "--auth-info="));
  begin_again();
  pam.environment.clear();
  call(pam_sm_authenticate);
  assert_one_start(without(without(all, "--auth-info="), "--connection="));
}

void survives_items_that_cannot_be_had(void** /*state*/) {
  for (const int failure : failures()) {
    for (const auto& entry : entries) {
      pam.item_result = failure;
      pam.failing_items = {PAM_SERVICE, PAM_USER, PAM_RHOST};
      call(entry.call, {"tell_user"});
      assert_no_start();
      pam.failing_items = {PAM_USER};
      call(entry.call, {"tell_user"});
      end_pam(PAM_PERM_DENIED);
      assert_no_start();
      begin_again();
    }
    pam.item_result = failure;
    pam.failing_items = {PAM_RHOST};
    call(pam_sm_authenticate);
    assert_one_start(without(words_of_phase("auth"), "--client="));
    begin_again();
  }
}

void passes_hostile_words_as_they_are(void** /*state*/) {
  const Words names = {"two\nlines",
                       "%n%n%s%99999d",
                       "a'b\"c`id`$(id);|&<>\\",
                       "\x1b[2J\x1b]0;title\x07\x7f\x9b\r\b",
                       "--pam=session",
                       "-",
                       " ",
                       "\xff\xfe\xc3\x28",
                       "ann --process=1",
                       long_name(20000)};
  for (const auto& name : names) {
    pam.items[PAM_USER] = name;
    pam.items[PAM_RHOST] = name.substr(0, 1000);
    pam.environment["SSH_CONNECTION"] = name.substr(0, 1000);
    call(pam_sm_authenticate);
    auto wanted = words_of_phase("auth");
    wanted[2] = "--user=" + name;
    wanted[6] = "--client=" + name.substr(0, 1000);
    wanted[7] = "--connection=" + name.substr(0, 1000);
    assert_one_start(wanted);
    begin_again();
  }
}

void leaves_out_what_is_too_large(void** /*state*/) {
  pam.environment["SSH_AUTH_INFO_0"] = "publickey ssh-rsa " + std::string(100000, 'A');
  call(pam_sm_authenticate);
  assert_one_start(without(words_of_phase("auth"), "--auth-info="));
  begin_again();
  pam.items[PAM_RHOST] = std::string(100000, 'h');
  call(pam_sm_authenticate);
  assert_one_start(without(words_of_phase("auth"), "--client="));
  begin_again();
  pam.environment["SSH_CONNECTION"] = std::string(100000, '1');
  call(pam_sm_acct_mgmt);
  end_pam(PAM_PERM_DENIED);
  assert_one_start(with(without(words_of_phase("account"), "--connection="), {"--status=6"}));
}

// The logger would take a request without a name for a wrong one, and say so.
void says_nothing_of_a_name_that_is_too_large(void** /*state*/) {
  pam.items[PAM_USER] = long_name(100000);
  pam.answer = "not to be seen";
  for (const auto& entry : entries) call(entry.call, {"tell_user"});
  assert_no_start();
  assert_int_equal(pam.prompts.size(), 0);
}

// The largest value that fits is whole, and one that is a byte longer is not there at all.
void cuts_no_word(void** /*state*/) {
  std::size_t longest = 0;
  for (std::size_t size = 24000; size < 24 * 1024 + 1; ++size) {
    pam.environment["SSH_AUTH_INFO_0"] = std::string(size, 'k');
    call(pam_sm_authenticate);
    auto wanted = words_of_phase("auth");
    wanted.back() = "--auth-info=" + std::string(size, 'k');
    if (pam.starts.back().words == wanted) {
      assert_int_equal(longest, longest == 0 ? 0 : size - 1);
      longest = size;
    } else {
      assert_words(pam.starts.back().words, without(words_of_phase("auth"), "--auth-info="));
    }
  }
  assert_in_range(longest, 24000, 24 * 1024);
}

void survives_data_that_cannot_be_kept(void** /*state*/) {
  for (const int failure : failures()) {
    pam.set_data_result = failure;
    for (const auto& entry : entries) {
      if (entry.call != pam_sm_authenticate) call(entry.call);
    }
    end_pam(PAM_PERM_DENIED);
    assert_no_start();
    assert_int_equal(pam.data_names.size(), 4);
    begin_again();
  }
}

// It cannot be known then what has happened before; what is kept is replaced, and told of nowhere.
void survives_data_that_cannot_be_read(void** /*state*/) {
  for (const int failure : failures()) {
    call(pam_sm_acct_mgmt);
    pam.get_data_result = failure;
    call(pam_sm_open_session);
    call(pam_sm_close_session);
    pam.get_data_result = PAM_SUCCESS;
    end_pam(PAM_PERM_DENIED);
    assert_no_start();
    begin_again();
  }
}

void survives_having_no_memory(void** /*state*/) {
  pam.has_memory = false;
  for (const auto& entry : entries) {
    if (entry.call != pam_sm_authenticate) call(entry.call);
  }
  end_pam(PAM_PERM_DENIED);
  assert_no_start();
  assert_int_equal(pam.data_names.size(), 0);
}

void keeps_one_piece_of_data(void** /*state*/) {
  for (const auto& entry : entries) call(entry.call);
  for (const auto& entry : entries) call(entry.call);
  assert_words(pam.data_names, {"sshaudit_login"});
}

}  // namespace
}  // namespace sshaudit::pam_test

int main() {
  using namespace sshaudit::pam_test;
  const CMUnitTest tests[] = {
      in_login(starts_a_logger_for_a_password),
      in_login(only_authentication_starts_one_at_once),
      in_login(acts_for_the_services_that_are_named),
      in_login(does_nothing_for_other_services),
      in_login(starts_nothing_for_a_name_that_is_nobodys),
      in_login(takes_deadlines_of_one_second_to_sixty),
      in_login(warns_once_of_what_it_does_not_know),
      in_login(warns_of_each_unknown_argument),
      in_login(says_what_it_does_when_asked_to),
      in_login(says_that_the_logger_could_not_be_started),
      in_login(needs_a_name),
      in_login(does_nothing_without_a_service),
      in_login(leaves_out_what_is_missing),
      in_login(survives_items_that_cannot_be_had),
      in_login(passes_hostile_words_as_they_are),
      in_login(leaves_out_what_is_too_large),
      in_login(says_nothing_of_a_name_that_is_too_large),
      in_login(cuts_no_word),
      in_login(survives_data_that_cannot_be_kept),
      in_login(survives_data_that_cannot_be_read),
      in_login(survives_having_no_memory),
      in_login(keeps_one_piece_of_data),
  };
  const int failed = cmocka_run_group_tests_name("module", tests, nullptr, nullptr);
  return failed + run_flow_tests() == 0 ? 0 : 1;
}
