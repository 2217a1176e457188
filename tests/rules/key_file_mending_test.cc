// SPDX-License-Identifier: MIT
// Text of key files before and after, byte by byte.
#include "rules/key_file_mending.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace sshaudit {
namespace {

const std::string ed = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/ZtCyNpeM3NH/AxRsEzPMCtcOQKO+bp9O2rJKlIo";
const std::string ed2 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIL6G5L16wuDXSyb3mQhoHVU5oOFq/prAZx3KpTIcKyhs";
const std::string comment = "# 2026-01-31 sshaudit: no key that sshd reads: ";

struct Row {
  std::string name;
  std::string before;
  std::string after;  // empty: it is left alone
  std::size_t told = 1;
};

std::optional<MendedText> mended(const std::string& text) {
  return mend_key_text(text, key_grammar({"", 9, 2, Vendor::upstream}), "2026-01-31");
}

const std::vector<Row> rows = {
    {"well", ed + " alice\n" + ed2 + "\n", ""},
    {"empty", "", ""},
    {"comments", "# only\n\n   # words\n", ""},
    {"no newline at the end", ed, ed + "\n"},
    {"a comment without newline", "# words", "# words\n"},
    {"byte order mark", "\xEF\xBB\xBF" + ed + "\n", ed + "\n"},
    {"carriage returns", ed + "\r\n# words\r\n", ed + "\n# words\n"},
    {"a carriage return inside stays", ed + " a\rb\n", ""},
    {"two keys, joined by a lost newline", ed + " alice" + ed2 + " bob\n", ed + " alice\n" + ed2 + " bob\n"},
    {"a key in a comment may be meant as one", ed + " " + ed2 + "\n", ""},
    {"a key behind one with options", "restrict " + ed + " alice" + ed2 + "\n", ""},
    {"a key whose options are in the comment", ed + " alicerestrict " + ed2 + "\n", ""},
    {"three keys on one line", ed + " a" + ed2 + " b" + ed + " c\n", ed + " a\n" + ed2 + " b\n" + ed + " c\n", 2},
    {"misspelt type", ed2 + "\nssh-ed25520" + ed.substr(11) + "\n",
     ed2 + "\n" + comment + "ssh-ed25520" + ed.substr(11) + "\n"},
    {"lost letters", ed.substr(2) + "\n" + ed2 + "\n", comment + ed.substr(2) + "\n" + ed2 + "\n"},
    {"option that is none", "no-ptty " + ed + "\n" + ed2 + "\n", comment + "no-ptty " + ed + "\n" + ed2 + "\n"},
    {"end of the key is missing", ed.substr(0, 60) + "\n" + ed2 + "\n", comment + ed.substr(0, 60) + "\n" + ed2 + "\n"},
    {"the only line, which says what was meant", "no-ptty " + ed + "\n", ""},
    {"prose is left to a person", "hello\n" + ed + "\n", ""},
    {"a wrapped key is left to a person", ed.substr(0, 50) + "\n" + ed.substr(50) + "\n", ""},
    {"a private key is not copied",
     "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----\n" + ed, ""},
    {"NUL bytes are not guessed at", ed + std::string("\0\n", 2) + ed2, ""},
    {"all at once", "\xEF\xBB\xBF" + ed + " a" + ed2 + "\r\nno-ptty " + ed,
     ed + " a\n" + ed2 + "\n" + comment + "no-ptty " + ed + "\n", 5},
};

TEST(KeyFileMending, DoesWhatTheRowsSay) {
  for (const auto& row : rows) {
    const auto text = mended(row.before);
    EXPECT_EQ(text ? text->text : "", row.after) << row.name;
    EXPECT_EQ(text ? text->what.size() : 1, row.told) << row.name;
  }
}

TEST(KeyFileMending, HasNothingToDoASecondTime) {
  for (const auto& row : rows) {
    const auto text = mended(row.before);
    EXPECT_FALSE(text && mended(text->text)) << row.name;
  }
}

TEST(KeyFileMending, SaysWhichLineAndWhichKey) {
  const auto text = mended("# words\n" + ed + " alice" + ed2 + "\n");
  ASSERT_TRUE(text);
  EXPECT_EQ(text->what,
            (std::vector<std::string>{fmt::format("line 2: a new line begins at column {} with the ED25519 key "
                                                  "SHA256:C96JPHov0k33ih4/ph7ZOgU/XRxTuPXdPIRTSJZFWXg",
                                                  ed.size() + 7)}));
}

TEST(KeyFileMending, TellsOfManyLinesOnce) {
  std::string lines;
  for (int i = 0; i < 100; ++i) lines += "no-ptty " + ed + "\n";
  lines += ed2 + "\n";
  const auto text = mended(lines);
  ASSERT_TRUE(text);
  ASSERT_EQ(text->what.size(), 21U);
  EXPECT_EQ(text->what.back(), "and 80 more lines like these");
}

}  // namespace
}  // namespace sshaudit
