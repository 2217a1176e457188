// SPDX-License-Identifier: MIT
// The words that sshd, or the PAM module, starts the logger with.
#include "request.h"

#include <cstring>

#include "cmocka_api.h"

namespace {

using sshaudit::logger::parse_request;
using sshaudit::logger::Request;

struct Row {
  const char* words[14];  // behind the program
  bool good;
  const char* user;
  const char* key;
  const char* connection;
  const char* then_user;
  const char* then;  // the first of its words
};

constexpr const char* program = "sshaudit-log-refusal";

void expect_text(const char* actual, const char* expected) {
  if (expected == nullptr) {
    assert_null(actual);
  } else {
    assert_non_null(actual);
    assert_string_equal(actual, expected);
  }
}

void check(const Row& row) {
  char* argv[16] = {const_cast<char*>(program)};
  int argc = 1;
  for (const char* const word : row.words) {
    if (word == nullptr) break;
    argv[argc++] = const_cast<char*>(word);
  }
  Request request;
  assert_int_equal(parse_request(argc, argv, request), row.good);
  expect_text(request.user, row.user);
  expect_text(request.key, row.key);
  expect_text(request.connection, row.connection);
  expect_text(request.then_user, row.then_user);
  expect_text(request.then == nullptr ? nullptr : request.then[0], row.then);
}

// Long because it is a table.
void tokens_are_known_by_their_places(void** /*state*/) {
  const Row rows[] = {
      {{"alice", "1000", "/home/alice", "ssh-ed25519", "SHA256:x", "AAAA"},
       true,
       "alice",
       "AAAA",
       nullptr,
       nullptr,
       nullptr},
      {{"alice", "-", "/h", "t", "MD5:x", "k", "1.2.3.4 22 5.6.7.8 9", ""},
       true,
       "alice",
       "k",
       "1.2.3.4 22 5.6.7.8 9",
       nullptr,
       nullptr},
      {{"--deadline=5", "alice", "1", "/h", "t", "S:f", "k"}, true, "alice", "k", nullptr, nullptr, nullptr},
      {{"--then-user", "1", "/h", "t", "S:f", "k"}, false, nullptr, nullptr, nullptr, "1", nullptr},
      {{"alice", "1", "/h", "t", "S:f", "k", "--then-user", "y", "--then", "/bin/x", "--then-user", "z"},
       true,
       "alice",
       "k",
       nullptr,
       "y",
       "/bin/x"},
      {{"alice", "1", "/h", "t", "S:f", "k", "c", "d", "--then-user", "nobody", "--then", "/bin/x", "alice"},
       true,
       "alice",
       "k",
       "c",
       "nobody",
       "/bin/x"},
      // Wrong, but the other command runs all the same, if it is known as whom.
      {{}, false, nullptr, nullptr, nullptr, nullptr, nullptr},
      {{"alice"}, false, "alice", nullptr, nullptr, nullptr, nullptr},
      {{"alice", "/h", "t", "S:f", "k"}, false, "alice", nullptr, nullptr, nullptr, nullptr},
      {{"alice", "1", "/h", "S:f", "t", "k"}, false, "alice", "k", nullptr, nullptr, nullptr},
      {{"alice", "1", "--sshd-config=/tmp/x", "t", "S:f", "k"}, false, "alice", "k", nullptr, nullptr, nullptr},
      {{"--deadline=0", "alice", "1", "/h", "t", "S:f", "k", "--then-user", "y", "--then", "/bin/x"},
       false,
       "alice",
       "k",
       nullptr,
       "y",
       "/bin/x"},
      {{"alice", "--then-user", "y", "--then", "/bin/x"}, false, "alice", nullptr, nullptr, "y", "/bin/x"},
      {{"alice", "1", "/h", "t", "S:f", "k", "--then", "/bin/x"}, false, "alice", "k", nullptr, nullptr, "/bin/x"},
      {{"alice", "1", "/h", "t", "S:f", "k", "c", "d", "more"}, false, "alice", "k", "c", nullptr, nullptr},
      {{"alice", "1", "/h", "t", "S:f", "k", "--then"}, false, "alice", "k", nullptr, nullptr, nullptr},
      {{"alice", "1", "/h", "t", "S:f", "k", "--then-user"}, false, "alice", "k", nullptr, nullptr, nullptr},
  };
  for (const auto& row : rows) check(row);
}

void deadline_is_in_seconds(void** /*state*/) {
  struct {
    const char* word;
    int ms;
  } const rows[] = {{"--deadline=1", 1000},
                    {"--deadline=60", 60000},
                    {"--deadline=61", 1000},
                    {"--deadline=", 1000},
                    {"--deadline=-1", 1000},
                    {"--deadline=2s", 1000},
                    {"--deadline=99999999999999999999", 1000}};
  for (const auto& row : rows) {
    char* argv[] = {const_cast<char*>(program), const_cast<char*>(row.word), const_cast<char*>("alice"), nullptr};
    Request request;
    parse_request(3, argv, request);
    assert_int_equal(request.deadline_ms, row.ms);
  }
}

void the_module_names_its_words(void** /*state*/) {
  const auto parse = [](const char* first, const char* second, const char* third, Request& request) {
    char* argv[] = {const_cast<char*>(program), const_cast<char*>(first), const_cast<char*>(second),
                    const_cast<char*>(third), nullptr};
    return parse_request(4, argv, request);
  };
  Request request;
  assert_true(parse("--pam=account", "--user=--then", "--process=42", request));
  assert_string_equal(request.phase, "account");
  assert_string_equal(request.user, "--then");
  assert_int_equal(request.process, 42);
  assert_null(request.then);
  for (const char* const process :
       {"--process=0", "--process=-1", "--process=x", "--process=99999999999", "--other=1"}) {
    Request other;
    assert_false(parse("--pam=account", "--user=alice", process, other));
  }
  Request nobody;
  assert_false(parse("--pam=account", "--process=42", "--process=42", nobody));
}

}  // namespace

int main() {
  const CMUnitTest tests[] = {
      cmocka_unit_test(tokens_are_known_by_their_places),
      cmocka_unit_test(deadline_is_in_seconds),
      cmocka_unit_test(the_module_names_its_words),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
