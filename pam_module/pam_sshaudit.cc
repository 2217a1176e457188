// SPDX-License-Identifier: MIT
// The PAM module. It runs in sshd's own process, as root, in the way of every login: so it decides nothing, reads no
// file, and leaves all that to the logger, which it starts when something has gone wrong. Every function returns
// PAM_IGNORE, whatever happens.
//
// What it is called for (OpenSSH auth-pam.c): auth when the client falls back to a password, account once a key has
// been verified, session when the key was accepted. What came of the account stack shows at pam_end(3), which hands the
// last result of the stack to the data of every module: so a login that is let in costs nothing here.
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <security/pam_modutil.h>
#include <syslog.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "logger_start.h"
#include "module_arguments.h"

#ifndef SSHAUDIT_LOGGER
#error "SSHAUDIT_LOGGER is the absolute path of the logger"
#endif

namespace sshaudit::pam {
namespace {

constexpr const char* data_name = "sshaudit_login";
constexpr long brief_ms = 2000;  // a session that ends sooner may have been ended
constexpr std::size_t longest_answer = 512;

// What is kept from one call to the next, in the handle of the login.
struct Login {
  ModuleArguments arguments;
  bool by_password = false;  // or whatever the user was asked for: sshd asks that of no key
  bool account_asked = false;
  bool let_in = false;  // sshd went on after the account stack
  long opened_ms = -1;
};

// The words of a command line, in one piece of memory.
class Words {
 public:
  // Left out when there is no room for it. The room is for any user name, address and key that sshd would take.
  bool add(const char* name, const char* value) {
    if (value == nullptr || count_ + 1 >= most_words) return false;
    const auto room = sizeof text_ - used_;
    const int size = std::snprintf(text_ + used_, room, "%s%s", name, value);
    if (size < 0 || static_cast<std::size_t>(size) >= room) return false;
    words_[count_++] = text_ + used_;
    used_ += static_cast<std::size_t>(size) + 1;
    return true;
  }

  void add(const char* name, long value) {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%ld", value);
    add(name, digits);
  }

  const char* const* get() const { return words_; }

 private:
  static constexpr std::size_t most_words = 16;
  char text_[24 * 1024] = {};
  const char* words_[most_words] = {};
  std::size_t used_ = 0;
  std::size_t count_ = 0;
};

long now_ms() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const char* item_of(const pam_handle_t* pamh, int item) {
  const void* value = nullptr;
  return pam_get_item(pamh, item, &value) == PAM_SUCCESS ? static_cast<const char*>(value) : nullptr;
}

void warn_of_unknown(void* pamh, const char* argument) {
  pam_syslog(static_cast<pam_handle_t*>(pamh), LOG_WARNING, "unknown argument: %s", argument);
}

ModuleArguments arguments_of(pam_handle_t* pamh, int argc, const char** argv) {
  struct Silent {
    static void ignore(void* /*data*/, const char* /*argument*/) {}
  };
  const auto count = argc > 0 ? static_cast<std::size_t>(argc) : 0;
  const char* const service = item_of(pamh, PAM_SERVICE);
  const auto arguments = parse_arguments(service, count, argv, Silent::ignore, nullptr);
  if (arguments.acts && !arguments.quiet) parse_arguments(service, count, argv, warn_of_unknown, pamh);
  return arguments;
}

// A name that is nobody's may be a password that was typed in the wrong place, and a command line is for all to see.
bool is_of_account(pam_handle_t* pamh) {
  const char* const user = item_of(pamh, PAM_USER);
  return user != nullptr && pam_modutil_getpwnam(pamh, user) != nullptr;
}

// What is the same for every phase. Nothing can be said of a login without a name.
bool add_login(pam_handle_t* pamh, const char* phase, const ModuleArguments& arguments, Words& words) {
  const char* const user = item_of(pamh, PAM_USER);
  if (user == nullptr || *user == '\0') return false;
  words.add(SSHAUDIT_LOGGER, "");
  words.add("--pam=", phase);
  if (!words.add("--user=", user)) return false;
  words.add("--process=", static_cast<long>(getpid()));
  words.add("--deadline=", static_cast<long>(arguments.deadline_ms / 1000));
  words.add("--service=", item_of(pamh, PAM_SERVICE));
  words.add("--client=", item_of(pamh, PAM_RHOST));
  words.add("--connection=", pam_getenv(pamh, "SSH_CONNECTION"));
  words.add("--auth-info=", pam_getenv(pamh, "SSH_AUTH_INFO_0"));
  return true;
}

void start(pam_handle_t* pamh, const ModuleArguments& arguments, const Words& words, char* answer, std::size_t size) {
  const bool started = start_logger(words.get(), arguments.deadline_ms, answer, size);
  if (!started && !arguments.quiet) pam_syslog(pamh, LOG_WARNING, "the logger could not be started");
  if (arguments.debug) pam_syslog(pamh, LOG_DEBUG, "%s %s", words.get()[1], started ? "started" : "not started");
}

// Of these the account stack says that it refuses; others come from what sshd calls later.
bool is_refusal(int status) {
  switch (status) {
    case PAM_SUCCESS:
    case PAM_NEW_AUTHTOK_REQD:  // sshd lets the user change the password
    case PAM_SESSION_ERR:
    case PAM_CRED_ERR:
    case PAM_CRED_EXPIRED:
    case PAM_CRED_UNAVAIL:
      return false;
    default:
      return true;
  }
}

void end_login(pam_handle_t* pamh, void* data, int status) {
  auto* const login = static_cast<Login*>(data);
  const bool replaced = (status & PAM_DATA_REPLACE) != 0;
  status &= ~(PAM_DATA_REPLACE | PAM_DATA_SILENT);
  Words words;
  if (!replaced && login->account_asked && !login->let_in && is_refusal(status) &&
      add_login(pamh, "account", login->arguments, words)) {
    words.add("--status=", static_cast<long>(status));
    if (login->by_password) words.add("--by-password", "");
    start(pamh, login->arguments, words, nullptr, 0);
  }
  std::free(login);
}

// Null when there is no memory for it.
Login* login_of(pam_handle_t* pamh, const ModuleArguments& arguments) {
  const void* known = nullptr;
  if (pam_get_data(pamh, data_name, &known) == PAM_SUCCESS && known != nullptr) {
    return const_cast<Login*>(static_cast<const Login*>(known));
  }
  auto* const login = static_cast<Login*>(std::calloc(1, sizeof(Login)));
  if (login == nullptr) return nullptr;
  *login = Login{};
  login->arguments = arguments;
  if (pam_set_data(pamh, data_name, login, end_login) == PAM_SUCCESS) return login;
  std::free(login);
  return nullptr;
}

// The logger has made it fit to be shown; that no byte of it acts on a terminal is seen to here once more.
void tell(pam_handle_t* pamh, char* answer) {
  for (char* at = answer; *at != '\0'; ++at) {
    if (static_cast<unsigned char>(*at) < ' ' || *at == '\x7f') *at = ' ';
  }
  if (*answer != '\0') pam_error(pamh, "%s", answer);
}

void look_at_account(pam_handle_t* pamh, const ModuleArguments& arguments) {
  if (auto* const login = login_of(pamh, arguments)) {
    login->account_asked = true;
    login->let_in = false;
  }
  Words words;
  if (!arguments.tell_user || !add_login(pamh, "tell", arguments, words)) return;
  char answer[longest_answer];
  start(pamh, arguments, words, answer, sizeof answer);
  tell(pamh, answer);
}

void look_at_end(pam_handle_t* pamh, const ModuleArguments& arguments) {
  const auto* const login = login_of(pamh, arguments);
  if (login == nullptr || login->opened_ms < 0) return;
  const long lasted = now_ms() - login->opened_ms;
  Words words;
  if (lasted >= brief_ms || !add_login(pamh, "session", arguments, words)) return;
  words.add("--lasted=", lasted);
  start(pamh, arguments, words, nullptr, 0);
}

}  // namespace
}  // namespace sshaudit::pam

extern "C" {

int pam_sm_authenticate(pam_handle_t* pamh, int /*flags*/, int argc, const char** argv) {
  using namespace sshaudit::pam;
  const auto arguments = arguments_of(pamh, argc, argv);
  if (!arguments.acts) return PAM_IGNORE;
  if (auto* const login = login_of(pamh, arguments)) login->by_password = true;
  Words words;
  if (is_of_account(pamh) && add_login(pamh, "auth", arguments, words)) start(pamh, arguments, words, nullptr, 0);
  return PAM_IGNORE;
}

int pam_sm_setcred(pam_handle_t* pamh, int flags, int argc, const char** argv) {
  using namespace sshaudit::pam;
  const auto arguments = arguments_of(pamh, argc, argv);
  if (!arguments.acts || (static_cast<unsigned>(flags) & PAM_DELETE_CRED) != 0) return PAM_IGNORE;
  if (auto* const login = login_of(pamh, arguments)) login->let_in = true;
  return PAM_IGNORE;
}

int pam_sm_acct_mgmt(pam_handle_t* pamh, int /*flags*/, int argc, const char** argv) {
  using namespace sshaudit::pam;
  const auto arguments = arguments_of(pamh, argc, argv);
  if (arguments.acts) look_at_account(pamh, arguments);
  return PAM_IGNORE;
}

int pam_sm_open_session(pam_handle_t* pamh, int /*flags*/, int argc, const char** argv) {
  using namespace sshaudit::pam;
  const auto arguments = arguments_of(pamh, argc, argv);
  if (!arguments.acts) return PAM_IGNORE;
  if (auto* const login = login_of(pamh, arguments)) {
    login->let_in = true;
    login->opened_ms = now_ms();
  }
  return PAM_IGNORE;
}

int pam_sm_close_session(pam_handle_t* pamh, int /*flags*/, int argc, const char** argv) {
  using namespace sshaudit::pam;
  const auto arguments = arguments_of(pamh, argc, argv);
  if (arguments.acts) look_at_end(pamh, arguments);
  return PAM_IGNORE;
}

}  // extern "C"
