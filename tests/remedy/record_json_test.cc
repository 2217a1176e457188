// SPDX-License-Identifier: MIT
// What is written down is what is read again, whatever bytes are in it.
#include "remedy/record_json.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace sshaudit {
namespace {

using Kind = RecordedStep::Kind;

RecordedStep step(Kind kind) {
  RecordedStep step{.kind = kind,
                    .user = "alice",
                    .identity = {2001, 2001, {5000, 27}},
                    .path = "/home/alice/.ssh",
                    .file = {65024, 11042940, 1795769530281314008},
                    .before = {S_IFDIR | 02775, 0, 5000, "user::rwx,user:1001:rwx"},
                    .after = {S_IFDIR | 02755, 2001, 5000, {}}};
  if (kind == Kind::content) step.text_before = "\xEF\xBB\xBFssh-ed25519\n";
  if (kind == Kind::content || kind == Kind::new_file) {
    step.text_after = "ssh-ed25519\n";
    step.temporary = ".authorized_keys.sshaudit-1";
  }
  return step;
}

TEST(RecordJson, ReadsWhatItWrites) {
  for (const auto kind : {Kind::owner, Kind::mode, Kind::acl, Kind::content, Kind::new_file, Kind::new_directory}) {
    const auto line = step_line(step(kind));
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    EXPECT_EQ(parse_step(line), step(kind)) << line;
  }
}

TEST(RecordJson, KeepsAnyByteOfANameOnOneLine) {
  auto odd = step(Kind::mode);
  odd.path = "/home/alice/\n\x1b[2J\xff\"\\";
  const auto line = step_line(odd);
  for (const char byte : line.substr(0, line.size() - 1)) EXPECT_TRUE(byte >= ' ' && byte < 0x7f);
  EXPECT_EQ(parse_step(line), odd);
}

TEST(RecordJson, TakesNothingElseForAStep) {
  const auto line = step_line(step(Kind::mode));
  EXPECT_FALSE(parse_step(""));
  EXPECT_FALSE(parse_step(line.substr(0, line.size() / 2)));
  EXPECT_FALSE(parse_step("{}"));
  EXPECT_FALSE(parse_step("[1, 2]"));
  auto other = line;
  other.replace(other.find("\"mode\",\"uid\""), 6, "\"melt\"");
  EXPECT_FALSE(parse_step(other));
}

TEST(RecordJson, TellsAStepThatWasNotDone) {
  const auto line = not_done_line();
  ASSERT_TRUE(line.ends_with('\n'));
  EXPECT_TRUE(is_not_done(line.substr(0, line.size() - 1)));
  EXPECT_FALSE(parse_step(line));
  EXPECT_FALSE(is_not_done(step_line(step(Kind::new_file))));
}

TEST(RecordJson, KnowsItsHeader) {
  const auto header = parse_header(header_line("fix", "2026-01-31T02:17:03Z"));
  ASSERT_TRUE(header);
  EXPECT_EQ(header->verb, "fix");
  EXPECT_EQ(header->started, "2026-01-31T02:17:03Z");
  EXPECT_FALSE(parse_header(step_line(step(Kind::mode))));
  EXPECT_FALSE(parse_header(R"({"schema":"sshaudit-undo/2","verb":"fix","started":"x"})"));
}

}  // namespace
}  // namespace sshaudit
