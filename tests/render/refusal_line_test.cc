// SPDX-License-Identifier: MIT
// From explanations to the line of the log.
#include "render/refusal_line.h"

#include <gtest/gtest.h>

#include "refusal.h"
#include "render/visible_text.h"
#include "rules/catalogue.h"

namespace sshaudit {
namespace {

Refusal usual() {
  Refusal refusal;
  refusal.user = "alice";
  refusal.key = "ED25519 SHA256:abc";
  refusal.keys = 1;
  refusal.from = "192.0.2.7";
  refusal.rule = "home-writable";
  refusal.path = "/home/alice";
  refusal.message = "is 0775 alice:staff, writable by group \"staff\" (bob)";
  refusal.commands = {{"chmod", "g-w", "/home/alice"}};
  return refusal;
}

const std::string usual_line =
    "key login refused: user=alice key=\"ED25519 SHA256:abc\" from=192.0.2.7 rule=home-writable path=/home/alice: is "
    "0775 "
    "alice:staff, writable by group \"staff\" (bob); fix: chmod g-w /home/alice";

TEST(RefusalLine, IsOneLine) {
  EXPECT_EQ(render_refusal(usual(), ""), usual_line);
  EXPECT_EQ(render_refusal(usual(), "pam_sshaudit(sshd:account): "), "pam_sshaudit(sshd:account): " + usual_line);
  auto several = usual();
  several.key.clear();
  several.keys = 6;
  several.from.clear();
  several.path.clear();
  several.commands.clear();
  several.note = "do this";
  several.outcome = Outcome::closes;
  EXPECT_EQ(render_refusal(several, ""),
            "key login ended: user=alice keys=6 rule=home-writable: is 0775 alice:staff, writable by group \"staff\" "
            "(bob); advice: do this");
}

TEST(RefusalLine, NothingInItActsOnATerminal) {
  auto hostile = usual();
  hostile.user = "al ice\n";
  hostile.path = "/home/\x1b]0;x\x07 \"=\\\xff\xe2\x80\xae";
  hostile.message = "a\nkey login refused: user=root\x9b";
  hostile.commands = {{"chmod", "g-w", hostile.path}};
  const auto line = render_refusal(hostile, "");
  EXPECT_EQ(line, R"(key login refused: user="al ice\n" key="ED25519 SHA256:abc" from=192.0.2.7 rule=home-writable )"
                  R"(path="/home/\x1b]0;x\x07 \"=\\\xff\u{202e}": a\nkey login refused: user=root\x9b; fix: chmod g-w )"
                  R"($'/home/\033]0;x\007 "=\134\377\342\200\256')");
}

TEST(RefusalLine, IsNeverLongerThanSyslogTakes) {
  for (const std::size_t size : {0U, 100U, 500U, 5000U}) {
    for (const bool with_command : {false, true}) {
      auto refusal = usual();
      refusal.message = std::string(size, 'm') + "\xc3\xa4\xc3\xa4";
      refusal.path = "/" + std::string(size, 'p');
      if (with_command) refusal.commands = {{"chmod", "g-w", "/" + std::string(size, 'c')}};
      const auto line = render_refusal(refusal, "");
      EXPECT_LE(line.size(), longest_refusal_line);
      EXPECT_TRUE(is_utf8(line));
      EXPECT_EQ(line.find("; fix: ") != std::string::npos, true) << line;
    }
  }
  auto long_message = usual();
  long_message.message = std::string(2000, 'm');
  EXPECT_TRUE(render_refusal(long_message, "").ends_with("m...; fix: chmod g-w /home/alice"));
  long_message.commands = {{"chmod", "g-w", "/" + std::string(800, 'c')}};
  EXPECT_TRUE(render_refusal(long_message, "").ends_with("m...; fix: see sshaudit explain"));
}

ExplainedStep step_with(const char* rule, const std::string& path, const std::string& message) {
  Finding finding;
  finding.rule = find_rule(rule);
  finding.detail = {.path = path, .message = message, .remedy = {{{"mend", path}}, {}}};
  ExplainedStep step{LoginStep::key_file, StepResult::refused, "the file", {finding}, {}, true};
  return step;
}

Explanation explained(const std::string& key, ExplainedStep step) {
  Explanation one;
  one.user = "alice";
  one.key.name = key;
  one.key.fingerprint = key;
  one.outcome = Outcome::refused;
  one.steps = {std::move(step)};
  return one;
}

TEST(Refusals, KeysOfOneReasonShareALine) {
  RefusedLogin login;
  const auto home = step_with("home-writable", "/h", "/h is 0777");
  const auto line = step_with("key-expired", "/k", "/k:1 (ED25519 key C) expired");
  login.explanations = {explained("A", home), explained("B", home), explained("C", line)};
  login.explanations.back().steps.front().findings.front().detail.line = 1;
  auto accepted = explained("D", home);
  accepted.outcome = Outcome::accepted;
  accepted.steps.front().is_first_refusal = false;
  login.explanations.push_back(accepted);
  const auto refusals = refusals_of(login, "192.0.2.7", "");
  ASSERT_EQ(refusals.size(), 2U);
  EXPECT_EQ(render_refusal(refusals[0], ""),
            "key login refused: user=alice keys=2 from=192.0.2.7 rule=home-writable path=/h: is 0777; fix: mend /h");
  EXPECT_EQ(render_refusal(refusals[1], ""),
            "key login refused: user=alice key=C from=192.0.2.7 rule=key-expired path=/k:1: expired; fix: mend /k");
}

TEST(Refusals, KeysThatAreNowhereAreCounted) {
  const ExplainedStep absent{LoginStep::key_file, StepResult::absent, "the file", {}, {}, true};
  struct Row {
    std::size_t keys;
    std::vector<ListedKeys> listed;
    std::string command;
    std::string message;
  };
  const std::vector<Row> rows = {
      {1, {}, "", "AuthorizedKeysFile names no file"},
      {1, {{"/h/a", 0, false}, {"/h/b", 0, false}}, "", "/h/a does not exist"},
      {1, {{"/h/a", 0, true}}, "", "there is no key in a"},
      {1, {{"/h/a", 1, true}, {"/h/b", 0, false}}, "", "the key in a is another one"},
      {1, {{"/h/a", 3, true}}, "", "none of the 3 in a"},
      {6, {{"/h/a", 2, true}}, "", "6 keys offered, none of the 2 in a (K, K, K and 3 more)"},
      {2,
       {{"/h/a", 2, true}, {"/h/b", 1, true}},
       "C",
       "2 keys offered, none of the 3 in /h/a and /h/b, and C does not supply it (K, K)"},
  };
  for (const auto& row : rows) {
    RefusedLogin login;
    login.listed = row.listed;
    for (std::size_t i = 0; i < row.keys; ++i) login.explanations.push_back(explained("K", absent));
    const auto refusals = refusals_of(login, "", row.command);
    ASSERT_EQ(refusals.size(), 1U);
    EXPECT_EQ(refusals[0].message, row.message);
    EXPECT_EQ(refusals[0].keys, row.keys);
    EXPECT_EQ(refusals[0].rule, "key-not-listed");
  }
}

}  // namespace
}  // namespace sshaudit
