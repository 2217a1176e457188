// SPDX-License-Identifier: MIT
// The built module in stacks of the real libpam. Services are files of a directory of the test: nothing of the host's
// configuration is read, and nobody needs to be root.
#include <security/pam_appl.h>

#include "cmocka_api.h"
#include "started_loggers.h"
#include "told_words.h"

namespace sshaudit::pam_test {
namespace {

struct Call {
  const char* name;
  const char* type;  // of a line in a service file
  int (*run)(pam_handle_t*, int);
  int flags;
};

const std::vector<Call> calls = {
    {"authenticate", "auth", pam_authenticate, 0},      {"setcred", "auth", pam_setcred, PAM_ESTABLISH_CRED},
    {"acct_mgmt", "account", pam_acct_mgmt, 0},         {"open_session", "session", pam_open_session, 0},
    {"close_session", "session", pam_close_session, 0},
};

const Call& call_of(const std::string& name) {
  for (const auto& call : calls) {
    if (call.name == name) return call;
  }
  std::abort();
}

// All types have the same stack.
std::string service(const std::string& module_line, const std::string& decider) {
  std::string text;
  for (const std::string type : {"auth", "account", "session"}) {
    if (!module_line.empty()) text += type + " optional " + SSHAUDIT_MODULE + " " + module_line + "\n";
    if (!decider.empty()) text += type + " required " + decider + "\n";
  }
  return text;
}

// One login, from pam_start(3) to pam_end(3).
class Login {
 public:
  explicit Login(const std::string& text, const std::string& user = "daemon", const std::string& name = "sshd") {
    const pam_conv conversation = {converse, &told_to_user_};
    directory_.file(name, text);
    directory_.file("other", "");  // libpam would complain to syslog
    assert_int_equal(pam_start_confdir(name.c_str(), user.c_str(), &conversation, directory_.path().c_str(), &pamh_),
                     PAM_SUCCESS);
    assert_int_equal(pam_set_item(pamh_, PAM_RHOST, "192.0.2.7"), PAM_SUCCESS);
  }

  int run(const std::string& name) {
    const auto& call = call_of(name);
    return last_ = call.run(pamh_, call.flags);
  }

  void put(const char* variable) { assert_int_equal(pam_putenv(pamh_, variable), PAM_SUCCESS); }

  // As sshd does: with what the last call gave.
  void end() { assert_int_equal(pam_end(pamh_, last_), PAM_SUCCESS); }

  const Words& told_to_user() const { return told_to_user_; }

 private:
  static int converse(int count, const pam_message** messages, pam_response** responses, void* data) {
    *responses = static_cast<pam_response*>(std::calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
    for (int i = 0; i < count; ++i) {
      static_cast<Words*>(data)->push_back(std::to_string(messages[i]->msg_style) + ' ' + messages[i]->msg);
    }
    return *responses == nullptr ? PAM_BUF_ERR : PAM_SUCCESS;
  }

  TemporaryDirectory directory_;
  Words told_to_user_;
  pam_handle_t* pamh_ = nullptr;
  int last_ = PAM_SUCCESS;
};

void assert_told(const Words& wanted) {
  const auto all = told();
  assert_int_equal(all.size(), 1);
  assert_words(all[0], wanted);
}

void assert_told_nothing() { assert_int_equal(told().size(), 0); }

Words words_of_phase(const std::string& phase, const Words& more = {}) {
  Words words = {SSHAUDIT_LOGGER, "--pam=" + phase, "--user=daemon",     "--process=" + std::to_string(getpid()),
                 "--deadline=1",  "--service=sshd", "--client=192.0.2.7"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

// What the stack gives for this call when a login does nothing else.
int result_of(const std::string& text, const std::string& call) {
  Login login(text);
  const int result = login.run(call);
  login.end();
  told();
  return result;
}

void changes_no_result(void** /*state*/) {
  for (const std::string decider : {"pam_permit.so", "pam_deny.so"}) {
    for (const auto& call : calls) {
      const int wanted = result_of(service("", decider), call.name);
      for (const std::string arguments : {" ", "quiet", "tell_user", "unknown quiet", "service=other", "deadline=2"}) {
        const int result = result_of(service(arguments, decider), call.name);
        if (result != wanted) fail_msg("%s %s: %d, not %d", decider.c_str(), call.name, result, wanted);
      }
      assert_true((wanted == PAM_SUCCESS) == (decider == "pam_permit.so"));
    }
  }
}

// Whatever the service file says of the module, as long as it does not name "ignore".
void changes_no_result_under_other_controls(void** /*state*/) {
  for (const std::string control :
       {"required", "requisite", "sufficient", "[success=done default=die ignore=ignore]"}) {
    for (const std::string decider : {"pam_permit.so", "pam_deny.so"}) {
      for (const auto& call : calls) {
        const auto below = std::string(call.type) + " required " + decider + "\n";
        const auto module = std::string(call.type) + ' ' + control + ' ' + SSHAUDIT_MODULE + "\n";
        assert_int_equal(result_of(module + below, call.name), result_of(below, call.name));
        assert_int_equal(result_of(below + module, call.name), result_of(below, call.name));
      }
    }
  }
}

// libpam lets nobody in on the word of nobody.
void alone_it_lets_nobody_in(void** /*state*/) {
  for (const auto& call : calls) assert_int_equal(result_of(service("quiet", ""), call.name), PAM_PERM_DENIED);
}

void tells_of_a_password(void** /*state*/) {
  for (const std::string decider : {"pam_permit.so", "pam_deny.so"}) {
    Login login(service(" ", decider));
    login.run("authenticate");
    assert_told(words_of_phase("auth"));
    login.end();
    assert_told_nothing();
  }
}

void tells_of_a_denied_account_when_the_login_ends(void** /*state*/) {
  Login login(service(" ", "pam_deny.so"));
  login.put("SSH_CONNECTION=192.0.2.7 50022 192.0.2.1 22");
  login.put("SSH_AUTH_INFO_0=publickey ssh-ed25519 AAAAC3NzaC1lZDI1NTE5");
  const int status = login.run("acct_mgmt");
  assert_int_not_equal(status, PAM_SUCCESS);
  assert_told_nothing();
  login.end();
  assert_told(words_of_phase(
      "account", {"--connection=192.0.2.7 50022 192.0.2.1 22", "--auth-info=publickey ssh-ed25519 AAAAC3NzaC1lZDI1NTE5",
                  "--status=" + std::to_string(status)}));
  assert_int_equal(login.told_to_user().size(), 0);
}

// As by sshd with a key: no authentication, and a session. How long it lasts is for the unit tests.
void tells_nothing_of_an_account_that_is_let_in(void** /*state*/) {
  Login login(service(" ", "pam_permit.so"));
  assert_int_equal(login.run("acct_mgmt"), PAM_SUCCESS);
  assert_int_equal(login.run("setcred"), PAM_SUCCESS);
  assert_int_equal(login.run("open_session"), PAM_SUCCESS);
  assert_told_nothing();
  login.end();
  assert_told_nothing();
}

// The session fails after the account was let in: what pam_end(3) is given then is not the account's.
void tells_nothing_of_a_session_that_fails(void** /*state*/) {
  for (const std::string denied : {"auth", "session"}) {
    std::string text;
    for (const std::string type : {"auth", "account", "session"}) {
      text += type + " optional " + SSHAUDIT_MODULE + "\n" + type + " required ";
      text += type == denied ? "pam_deny.so\n" : "pam_permit.so\n";
    }
    Login login(text);
    assert_int_equal(login.run("acct_mgmt"), PAM_SUCCESS);
    const int credentials = login.run("setcred");
    if (credentials == PAM_SUCCESS) assert_int_not_equal(login.run("open_session"), PAM_SUCCESS);
    login.end();
    assert_told_nothing();
  }
}

// A module that ends the stack before this one is reached leaves nothing to tell.
void is_not_asked_below_requisite(void** /*state*/) {
  Login login(std::string("account requisite pam_deny.so\naccount optional ") + SSHAUDIT_MODULE + "\n");
  assert_int_not_equal(login.run("acct_mgmt"), PAM_SUCCESS);
  login.end();
  assert_told_nothing();
}

void tells_of_a_session_that_ends_at_once(void** /*state*/) {
  Login login(service(" ", "pam_permit.so"));
  login.run("open_session");
  assert_told_nothing();
  login.run("close_session");
  const auto all = told();
  if (all.empty()) return login.end();  // this host took two seconds for it
  assert_int_equal(all.size(), 1);
  assert_int_equal(all[0].back().rfind("--lasted=", 0), 0);
  assert_words(all[0], words_of_phase("session", {all[0].back()}));
  login.end();
  assert_told_nothing();
}

void tells_nothing_of_a_session_that_was_not_opened(void** /*state*/) {
  Login login(service(" ", "pam_permit.so"));
  assert_int_equal(login.run("close_session"), PAM_SUCCESS);
  login.end();
  assert_told_nothing();
}

// In sshd's process for a connection one login follows the other, each with a handle of its own.
void keeps_logins_apart(void** /*state*/) {
  Login denied(service(" ", "pam_deny.so"));
  Login permitted(service(" ", "pam_permit.so"), "bea");
  const int status = denied.run("acct_mgmt");
  permitted.run("acct_mgmt");
  permitted.end();
  assert_told_nothing();
  denied.end();
  assert_told(words_of_phase("account", {"--status=" + std::to_string(status)}));
}

void acts_for_its_services_only(void** /*state*/) {
  Login other(service(" ", "pam_deny.so"), "daemon", "login");
  Login named(service("service=sshd service=sshd-internal", "pam_deny.so"), "daemon", "sshd-internal");
  for (const auto& call : calls) other.run(call.name);
  other.end();
  assert_told_nothing();
  named.run("authenticate");
  auto wanted = words_of_phase("auth");
  wanted[5] = "--service=sshd-internal";
  assert_told(wanted);
  named.end();
}

void passes_hostile_names_as_they_are(void** /*state*/) {
  for (const std::string name : {"two\nlines", "%n%s", "a'b\"`id`$(id);|&", "\x1b[2J\x07", "--pam=tell", " "}) {
    Login login(service(" ", "pam_deny.so"), name);
    login.run("authenticate");  // of a name that is nobody's
    assert_told_nothing();
    const int status = login.run("acct_mgmt");
    login.end();
    auto wanted = words_of_phase("account", {"--status=" + std::to_string(status), "--by-password"});
    wanted[2] = "--user=" + name;
    assert_told(wanted);
  }
}

void tells_the_user(void** /*state*/) {
  Login login(service("tell_user deadline=60", "pam_deny.so"));
  const int status = login.run("acct_mgmt");
  assert_words(login.told_to_user(), {std::to_string(PAM_ERROR_MSG) + " Not today,  [1myou. "});
  auto asked = words_of_phase("tell");
  asked[4] = "--deadline=60";
  assert_told(asked);
  login.end();
  auto refused = words_of_phase("account", {"--status=" + std::to_string(status)});
  refused[4] = "--deadline=60";
  assert_told(refused);
}

}  // namespace
}  // namespace sshaudit::pam_test

int main() {
  using namespace sshaudit::pam_test;
  const CMUnitTest tests[] = {
      cmocka_unit_test(changes_no_result),
      cmocka_unit_test(changes_no_result_under_other_controls),
      cmocka_unit_test(alone_it_lets_nobody_in),
      cmocka_unit_test(tells_of_a_password),
      cmocka_unit_test(tells_of_a_denied_account_when_the_login_ends),
      cmocka_unit_test(tells_nothing_of_an_account_that_is_let_in),
      cmocka_unit_test(tells_nothing_of_a_session_that_fails),
      cmocka_unit_test(is_not_asked_below_requisite),
      cmocka_unit_test(tells_of_a_session_that_ends_at_once),
      cmocka_unit_test(tells_nothing_of_a_session_that_was_not_opened),
      cmocka_unit_test(keeps_logins_apart),
      cmocka_unit_test(acts_for_its_services_only),
      cmocka_unit_test(passes_hostile_names_as_they_are),
      cmocka_unit_test(tells_the_user),
  };
  return cmocka_run_group_tests_name("module under libpam", tests, take_in_orphans, nullptr) == 0 ? 0 : 1;
}
