// SPDX-License-Identifier: MIT
#include "mocked_pam.h"

#include <pwd.h>
#include <security/pam_ext.h>
#include <security/pam_modutil.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "logger_start.h"

namespace sshaudit::pam_test {

MockedPam pam;

const std::vector<NamedEntry> entries = {{"authenticate", pam_sm_authenticate},
                                         {"setcred", pam_sm_setcred},
                                         {"acct_mgmt", pam_sm_acct_mgmt},
                                         {"open_session", pam_sm_open_session},
                                         {"close_session", pam_sm_close_session}};

namespace {

std::size_t allocations = 0;  // of the module, that are not yet freed

// Nobody looks behind it: its address is all that the module knows.
pam_handle_t* handle() { return reinterpret_cast<pam_handle_t*>(&pam); }

void assert_handle(const pam_handle_t* given) { assert_ptr_equal(given, handle()); }

std::string formatted(const char* format, va_list arguments) {
  char text[4096];
  const int size = std::vsnprintf(text, sizeof text, format, arguments);
  assert_in_range(size, 0, sizeof text - 1);
  return text;
}

}  // namespace

int begin_login(void** /*state*/) {
  pam = MockedPam{};
  pam.items = {{PAM_SERVICE, "sshd"}, {PAM_USER, "ann"}, {PAM_RHOST, "192.0.2.7"}};
  pam.environment = {{"SSH_CONNECTION", "192.0.2.7 50022 192.0.2.1 22"},
                     {"SSH_AUTH_INFO_0", "publickey ssh-ed25519 AAAAC3NzaC1lZDI1NTE5"},
                     {"SECRET", "of nobody's business"}};
  return 0;
}

int finish_login(void** /*state*/) {
  pam.has_memory = true;
  end_pam(PAM_SUCCESS);
  return allocations == 0 ? 0 : -1;
}

void begin_again() {
  assert_int_equal(finish_login(nullptr), 0);
  assert_int_equal(begin_login(nullptr), 0);
}

void end_pam(int status) {
  if (pam.cleanup != nullptr) pam.cleanup(handle(), pam.data, status);
  pam.cleanup = nullptr;
  pam.data = nullptr;
}

void call(Entry entry, const Words& arguments, unsigned flags) {
  std::vector<const char*> argv;
  for (const auto& argument : arguments) argv.push_back(argument.c_str());
  const int argc = static_cast<int>(argv.size());
  argv.push_back(nullptr);
  assert_int_equal(entry(handle(), static_cast<int>(flags), argc, argv.data()), PAM_IGNORE);
}

Words words_of_phase(const std::string& phase) {
  return {SSHAUDIT_LOGGER,
          "--pam=" + phase,
          "--user=ann",
          "--process=" + std::to_string(getpid()),
          "--deadline=1",
          "--service=sshd",
          "--client=192.0.2.7",
          "--connection=192.0.2.7 50022 192.0.2.1 22",
          "--auth-info=publickey ssh-ed25519 AAAAC3NzaC1lZDI1NTE5"};
}

Words with(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

Words without(const Words& words, const std::string& prefix) {
  Words rest;
  std::ranges::copy_if(words, std::back_inserter(rest), [&](const auto& word) { return !word.starts_with(prefix); });
  assert_int_equal(rest.size() + 1, words.size());
  return rest;
}

void assert_one_start(const Words& wanted) {
  assert_int_equal(pam.starts.size(), 1);
  assert_words(pam.starts[0].words, wanted);
}

void assert_no_start() {
  if (pam.starts.empty()) return;
  fail_msg("a logger was started:%s", shown(pam.starts[0].words).c_str());
}

}  // namespace sshaudit::pam_test

namespace sshaudit::pam {

using pam_test::pam;

bool start_logger(const char* const* words, int deadline_ms, char* answer, std::size_t size) {
  pam_test::Start start{{}, deadline_ms, size};
  for (; *words != nullptr; ++words) start.words.push_back(*words);
  pam.starts.push_back(start);
  assert_true((answer == nullptr) == (size == 0));
  if (answer != nullptr) {
    const auto given = pam.logger_starts ? pam.answer.substr(0, size - 1) : std::string();
    std::memcpy(answer, given.c_str(), given.size() + 1);
  }
  return pam.logger_starts;
}

}  // namespace sshaudit::pam

extern "C" {

using namespace sshaudit::pam_test;

int pam_get_item(const pam_handle_t* pamh, int item, const void** value) {
  assert_handle(pamh);
  if (pam.failing_items.contains(item)) return pam.item_result;
  const auto known = pam.items.find(item);
  *value = known == pam.items.end() ? nullptr : known->second.c_str();
  return PAM_SUCCESS;
}

passwd* pam_modutil_getpwnam(pam_handle_t* pamh, const char* user) {
  assert_handle(pamh);
  static passwd known;
  return pam.strangers.contains(user) ? nullptr : &known;
}

const char* pam_getenv(pam_handle_t* pamh, const char* name) {
  assert_handle(pamh);
  const auto known = pam.environment.find(name);
  return known == pam.environment.end() ? nullptr : known->second.c_str();
}

int pam_set_data(pam_handle_t* pamh, const char* name, void* data, void (*cleanup)(pam_handle_t*, void*, int)) {
  assert_handle(pamh);
  pam.data_names.push_back(name);
  if (pam.set_data_result != PAM_SUCCESS) return pam.set_data_result;
  end_pam(PAM_DATA_REPLACE | PAM_SUCCESS);  // as libpam does with what was there
  pam.data = data;
  pam.cleanup = cleanup;
  return PAM_SUCCESS;
}

int pam_get_data(const pam_handle_t* pamh, const char* name, const void** data) {
  assert_handle(pamh);
  assert_string_equal(name, "sshaudit_login");
  if (pam.get_data_result != PAM_SUCCESS) return pam.get_data_result;
  if (pam.cleanup == nullptr) return PAM_NO_MODULE_DATA;
  *data = pam.data;
  return PAM_SUCCESS;
}

void pam_syslog(const pam_handle_t* pamh, int priority, const char* format, ...) {
  assert_handle(pamh);
  va_list arguments;
  va_start(arguments, format);
  pam.logged.push_back({priority, formatted(format, arguments)});
  va_end(arguments);
}

int pam_prompt(pam_handle_t* pamh, int style, char** response, const char* format, ...) {
  assert_handle(pamh);
  assert_null(response);
  va_list arguments;
  va_start(arguments, format);
  pam.prompts.push_back({style, formatted(format, arguments)});
  va_end(arguments);
  return pam.prompt_result;
}

// The linker hands calls of the module over to these (--wrap).
void* __real_calloc(size_t count, size_t size);
void __real_free(void* memory);
void* __wrap_calloc(size_t count, size_t size);
void __wrap_free(void* memory);
int __wrap_clock_gettime(clockid_t clock, timespec* now);

void* __wrap_calloc(size_t count, size_t size) {
  void* const memory = pam.has_memory ? __real_calloc(count, size) : nullptr;
  if (memory != nullptr) ++allocations;
  return memory;
}

void __wrap_free(void* memory) {
  if (memory != nullptr) --allocations;
  __real_free(memory);
}

int __wrap_clock_gettime(clockid_t clock, timespec* now) {
  assert_int_equal(clock, CLOCK_MONOTONIC);
  now->tv_sec = pam.now_ms / 1000;
  now->tv_nsec = pam.now_ms % 1000 * 1000000;
  return 0;
}

}  // extern "C"
