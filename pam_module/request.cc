// SPDX-License-Identifier: MIT
#include "request.h"

#include <cstdlib>
#include <cstring>

namespace sshaudit::logger {
namespace {

constexpr int longest_deadline = 60;  // seconds

const char* value_of(const char* word, const char* name) {
  const auto size = std::strlen(name);
  return std::strncmp(word, name, size) == 0 ? word + size : nullptr;
}

// A number of 1 to `most`, or 0.
int number_in(const char* text, int most) {
  char* end = nullptr;
  const long number = std::strtol(text, &end, 10);
  return end != text && *end == '\0' && number > 0 && number <= most ? static_cast<int>(number) : 0;
}

bool parse_option(const char* word, Request& request) {
  if (const char* const config = value_of(word, "--sshd-config=")) {
    request.sshd_config = config;
    return true;
  }
  if (const char* const deadline = value_of(word, "--deadline=")) {
    const int seconds = number_in(deadline, longest_deadline);
    if (seconds > 0) request.deadline_ms = seconds * 1000;
    return seconds > 0;
  }
  return false;
}

// The rest of a request of the PAM module is for whoever finds the reason.
bool parse_pam_request(char** words, Request& request) {
  constexpr int largest_pid = 4 * 1024 * 1024;
  for (; *words != nullptr; ++words) {
    if (const char* const phase = value_of(*words, "--pam=")) request.phase = phase;
    if (const char* const user = value_of(*words, "--user=")) request.user = user;
    if (const char* const pid = value_of(*words, "--process=")) request.process = number_in(pid, largest_pid);
    parse_option(*words, request);
  }
  return request.user != nullptr && request.process > 0;
}

const char* unless_missing(const char* word) { return std::strcmp(word, "-") == 0 || *word == '\0' ? nullptr : word; }

// What the tokens are like that sshd puts there, so that a wrong order shows at once.
bool has_tokens(const Request& request, const char* uid, const char* home) {
  const bool has_uid = uid == nullptr || (*uid >= '0' && *uid <= '9');
  const bool has_home = home == nullptr || *home == '/';
  const bool has_print = request.fingerprint != nullptr && std::strchr(request.fingerprint, ':') != nullptr;
  return request.user != nullptr && has_uid && has_home && has_print && request.key != nullptr;
}

// By their places, so that none of them is taken for an option. Returns the word behind them.
char** parse_tokens(char** words, Request& request, bool& good) {
  const char* uid = nullptr;
  const char* home = nullptr;
  const char** const places[] = {&request.user, &uid, &home, &request.key_type, &request.fingerprint, &request.key};
  for (const auto place : places) {
    if (*words == nullptr || std::strcmp(*words, "--then") == 0 || std::strcmp(*words, "--then-user") == 0) break;
    *place = unless_missing(*words++);
  }
  good = good && has_tokens(request, uid, home);
  if (*words != nullptr && value_of(*words, "--") == nullptr) request.connection = unless_missing(*words++);
  if (*words != nullptr && value_of(*words, "--") == nullptr) ++words;  // the routing domain
  return words;
}

}  // namespace

bool parse_request(int argc, char** argv, Request& request) {
  char** words = argv + (argc > 0 ? 1 : 0);
  request.words = words;
  if (*words != nullptr && value_of(*words, "--pam=") != nullptr) return parse_pam_request(words, request);
  bool good = true;
  for (; *words != nullptr && value_of(*words, "--") != nullptr; ++words) {
    if (std::strcmp(*words, "--then") == 0 || std::strcmp(*words, "--then-user") == 0) break;
    good = parse_option(*words, request) && good;
  }
  words = parse_tokens(words, request, good);
  if (*words != nullptr && std::strcmp(*words, "--then-user") == 0 && words[1] != nullptr) {
    request.then_user = words[1];
    words += 2;
  }
  if (*words != nullptr && std::strcmp(*words, "--then") == 0 && words[1] != nullptr) {
    request.then = words + 1;
    good = good && request.then_user != nullptr;
  } else {
    good = good && *words == nullptr;
  }
  return good;
}

}  // namespace sshaudit::logger
