// SPDX-License-Identifier: MIT
// What holds for every key line: what is printed reads back, whatever is read comes to an end, and a file is visited
// from its first line to its last.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parse/base64.h"
#include "parse/key_dump.h"
#include "parse/key_option_values.h"
#include "parse/key_options.h"
#include "parse/pattern.h"

namespace sshaudit {
namespace {

const std::vector<unsigned> versions = {704, 707, 708, 802, 804, 807, 901, 1004};

// Any text that may stand between the quotes of an option. A backslash before the end would quote the quote.
rc::Gen<std::string> values() {
  const auto letters =
      rc::gen::oneOf(rc::gen::elementOf(std::string("aZ09 ,=\"\\\t#-_:*!/'[]\r")), rc::gen::inRange<char>(1, 127));
  return rc::gen::map(rc::gen::container<std::string>(letters), [](std::string text) {
    std::erase(text, '\n');
    for (auto at = text.find("\\\""); at != std::string::npos; at = text.find("\\\"")) text.erase(at, 1);
    while (text.ends_with('\\')) text.pop_back();
    return text;
  });
}

rc::Gen<std::string> names() {
  return rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::elementOf(std::string("ABCabc019_"))));
}

rc::Gen<std::optional<std::string>> maybe(rc::Gen<std::string> value) {
  return rc::gen::oneOf(
      rc::gen::just(std::optional<std::string>()),
      rc::gen::map(std::move(value), [](std::string text) { return std::optional(std::move(text)); }));
}

std::vector<std::string> some_permits(bool listen) {
  const std::vector<std::string> permits = {"h:80", "*:*", "[::1]:22", "10.0.0.1:65535", "h:ssh", "a b:1", "[]:*"};
  auto chosen = *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(permits));
  if (listen) chosen.push_back("*:8080");
  return chosen;
}

std::vector<std::string> some_environment() {
  std::vector<std::string> environment;
  for (const auto& name : *rc::gen::unique<std::vector<std::string>>(names())) {
    environment.push_back(name + '=' + *values());
  }
  return environment;
}

void choose_flags(KeyOptions& options) {
  options.cert_authority = *rc::gen::arbitrary<bool>();
  options.restricted = *rc::gen::arbitrary<bool>();
  options.agent_forwarding = *rc::gen::arbitrary<bool>();
  options.port_forwarding = *rc::gen::arbitrary<bool>();
  options.pty = *rc::gen::arbitrary<bool>();
  options.user_rc = *rc::gen::arbitrary<bool>();
  options.x11_forwarding = *rc::gen::arbitrary<bool>();
  options.touch_required = *rc::gen::arbitrary<bool>();
  options.verify_required = *rc::gen::arbitrary<bool>();
}

KeyOptions some_options() {
  KeyOptions options;
  choose_flags(options);
  options.command = *maybe(values());
  options.principals = *maybe(values());
  if (const auto from = *maybe(values())) options.from = {*from};
  if (*rc::gen::arbitrary<bool>()) options.expiry_time = *rc::gen::inRange<std::int64_t>(1, 253402300799);
  if (*rc::gen::inRange(0, 20) == 0) options.expiry_time = never;
  options.environment = some_environment();
  options.permitopen = some_permits(false);
  if (*rc::gen::arbitrary<bool>()) options.permitlisten = some_permits(true);
  if (*rc::gen::arbitrary<bool>()) options.tunnel = *rc::gen::inRange<long>(0, 2147483646);
  if (*rc::gen::inRange(0, 10) == 0) options.tunnel = KeyOptions::any_tunnel;
  return options;
}

// A comment, which no blank begins or ends, and which is no second key.
std::string some_comment() {
  auto comment = *values();
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!comment.empty() && is_blank(comment.front())) comment.erase(0, 1);
  while (!comment.empty() && is_blank(comment.back())) comment.pop_back();
  return comment;
}

RC_GTEST_PROP(KeyLineProperty, OptionsReadBackAsTheyWerePrinted, ()) {
  const auto options = some_options();
  const auto text = print_key_options(options);
  const auto again = parse_key_options(text + " key", grammar_of(1004));
  RC_ASSERT(!again.fault);
  RC_ASSERT(again.options == options);
  RC_ASSERT(end_of_options(text + " key") == std::optional(text.size()));
}

RC_GTEST_PROP(KeyLineProperty, LinesReadBackAsTheyWerePrinted, ()) {
  const auto& sample = *rc::gen::elementOf(std::vector<SampleKey>(sample_keys.begin(), sample_keys.begin() + 5));
  const auto options = some_options();
  const auto comment = some_comment();
  std::string blob;
  decode_base64(sample.blob, blob);
  const auto text = print_key_line(options, blob, comment);
  const auto line = parse_key_line(text, grammar_of(1004));
  RC_ASSERT(line.fault == KeyLineFault::none);
  RC_ASSERT(line.options == options);
  RC_ASSERT(line.comment == comment);
  RC_ASSERT(dump(line.key) == sample.name);
  RC_ASSERT(print_key_line(line.options, blob, line.comment) == text);
}

// A line that was all right, with a few bytes changed.
std::string some_mutated_line() {
  const std::vector<std::string> pieces = {"\"",       "\\",           ",",         "=", " ", "\t", "\r", "no-", "{ed}",
                                           "ssh-rsa ", "\xEF\xBB\xBF", "{ed2.blob}"};
  auto text = print_key_options(some_options()) + ' ' + expand("{ed} me");
  for (int changes = *rc::gen::inRange(0, 4); changes > 0; --changes) {
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size() + 1);
    const auto piece = expand(*rc::gen::elementOf(pieces));
    const auto cut = *rc::gen::inRange<std::size_t>(0, 3);
    text.replace(at, cut, piece);
  }
  return text;
}

void expect_sense(const AuthorizedKey& line, std::string_view text) {
  const bool has_key = !line.key.type.empty();
  RC_ASSERT(has_key || line.fault != KeyLineFault::none);
  RC_ASSERT(!has_key || line.fault == KeyLineFault::none || line.fault == KeyLineFault::keys_joined);
  RC_ASSERT(line.column <= text.size() + 1);
  const bool points_elsewhere = line.column == 0 || line.word.empty() || line.fault == KeyLineFault::key_malformed ||
                                line.fault == KeyLineFault::key_incomplete || line.fault == KeyLineFault::separator ||
                                line.fault == KeyLineFault::certificate;
  if (points_elsewhere) return;  // RC_ASSERT looks at both sides of ||
  RC_ASSERT(lower_case(text.substr(line.column - 1, line.word.size())) == lower_case(line.word));
}

RC_GTEST_PROP(KeyLineProperty, AChangedLineStillMakesSense, ()) {
  const auto text = some_mutated_line();
  const auto grammar = grammar_of(*rc::gen::elementOf(versions));
  const auto line = parse_key_line(text, grammar);
  expect_sense(line, text);
  if (line.key.type.empty() || !grammar.facts.old_times) return;
  const auto again = parse_key_options(print_key_options(line.options) + ' ', grammar);
  RC_ASSERT(!again.fault);
  RC_ASSERT(again.options == line.options);
}

std::string some_bytes() {
  const auto bytes = rc::gen::oneOf(rc::gen::arbitrary<char>(), rc::gen::elementOf(std::string("\n\n\0 \"=,#A", 10)));
  return *rc::gen::container<std::string>(bytes);
}

RC_GTEST_PROP(KeyLineProperty, AnyBytesComeToAnEnd, ()) {
  auto text = some_bytes();
  const auto grammar = grammar_of(*rc::gen::elementOf(versions));
  read_key_lines(text, grammar, [&](const AuthorizedKey& line) { RC_ASSERT(line.fault != KeyLineFault::none); });
  std::erase_if(text, [](char c) { return c == '\n' || c == '\0'; });
  if (text.find_first_not_of(" \t\r") == std::string::npos) return;
  const auto line = parse_key_line(text, grammar);
  expect_sense(line, text);
}

// Whole lines of every kind, in any order.
std::string some_file() {
  const std::vector<std::string> lines = {
      "{ed}",
      "no-pty {ed2} me",
      "ptx {ed}",
      "# {ed}",
      "",
      "hello",
      "ssh-ed25519 AAAA",
      "ssh-rsa\n{rsa@70}",
      "{ed@20}",
      "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----",
      "-----BEGIN PUBLIC KEY-----",
      "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----",
      std::string("a\0b", 3),
      "\xFF\xFEx",
      "PuTTY-User-Key-File-3: x",
      "{ed} {ed2}",
      "{rsa1024}\r",
      std::string("\0{ed}", 5)};
  std::string text;
  for (const auto& line : *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(lines))) {
    text += expand(line) + '\n';
  }
  return text;
}

RC_GTEST_PROP(KeyLineProperty, AFileIsVisitedFromItsFirstLineToItsLast, ()) {
  const auto text = some_file();
  const auto count = static_cast<std::size_t>(std::ranges::count(text, '\n'));
  const auto version = *rc::gen::elementOf(versions);
  std::size_t last = 0;
  std::size_t visits = 0;
  read_key_lines(text, grammar_of(version), [&](const AuthorizedKey& line) {
    if (line.fault == KeyLineFault::utf16) return;  // it stands for the whole file
    RC_ASSERT(line.line > last);
    RC_ASSERT(line.last_line >= line.line);
    last = line.last_line;
    ++visits;
  });
  RC_ASSERT(visits <= count);
  RC_ASSERT(last <= count + 1);  // a NUL byte may swallow a line that is not there
}

// As many lines again are as many visits again: nothing is read more often for standing in a longer file.
TEST(KeyLineProperty, VisitsGrowAsTheFileDoes) {
  for (const std::string_view row : {"{ed}\n", "ssh-rsa AAAA\n", "-----BEGIN PUBLIC KEY-----\n", "hello\n", "AAAA\n",
                                     "ssh-ed25519\n", "PuTTY-User-Key-File-3: x\n"}) {
    std::string text;
    for (int i = 0; i < 500; ++i) text += expand(row);
    std::size_t visits = 0;
    const auto count = [&](const AuthorizedKey&) { ++visits; };
    read_key_lines(text, grammar_of(1004), count);
    const auto once = visits;
    read_key_lines(text + text, grammar_of(1004), count);
    EXPECT_LE(once, 500U) << row;
    EXPECT_NEAR(static_cast<double>(visits - once), 2.0 * static_cast<double>(once), 2.0) << row;
  }
}

// Every time that a line like this is read, the host is asked for its local time.
TEST(KeyLineProperty, NoLineIsReadMoreThanAFewTimes) {
  constexpr std::size_t count = 500;
  constexpr std::size_t most = 4;
  const auto asking = expand("expiry-time=\"20300101\",x {ed}\n");
  for (const std::string_view before :
       {"", "ssh-ed25519 AAAA\n", "-----BEGIN PUBLIC KEY-----\n", "PuTTY-User-Key-File-3: x\n", "b3BlbnNzaC1rZXktdjE\n",
        "-----BEGIN OPENSSH PRIVATE KEY-----\n"}) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text.append(before).append(asking);
    std::size_t times = 0;
    auto grammar = grammar_of(1004);
    grammar.local_time = [&](const WrittenTime&) {
      ++times;
      return std::optional<std::int64_t>(1);
    };
    read_key_lines(text, grammar, [](const AuthorizedKey&) {});
    EXPECT_GE(times, count) << before;
    EXPECT_LE(times, most * count) << before;
  }
}

}  // namespace
}  // namespace sshaudit
