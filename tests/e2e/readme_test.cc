// SPDX-License-Identifier: MIT
// Every command of the README and of the manual page is run, and prints what stands there.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>

#include "documented_host.h"
#include "documents/manual_page.h"
#include "transcript.h"

namespace sshaudit::e2e {
namespace {

// What is not run here, and the file that runs it. The glob is the shell's: dist/ has one such package.
const std::map<std::string, std::string> run_elsewhere = {
    {"packaging/run.sh", ".ci/run"},
    {"tests/run.sh", ".ci/run"},
    {"apt install ./sshaudit_*.deb", "tests/packages/deb.sh"},
    {"apt install ./libpam-sshaudit_*.deb", "tests/packages/deb.sh"},
    {"dnf install ./sshaudit-[0-9]*.x86_64.rpm", "tests/packages/rpm.sh"},
    {"dnf install ./pam_sshaudit-*.rpm ./sshaudit-selinux-*.rpm", "tests/packages/rpm.sh"},
    {"sshaudit enable", "tests/e2e/wiring_test.cc"},
    {"journalctl -u sshaudit.service", "none: there is no systemd in a test"},
};

// Blocks that are no commands, by their first word, and what compares them.
const std::map<std::string, std::string> compared_elsewhere = {
    {"sshaudit[4711]:", "tests/e2e/refusal_log_test.cc"},
    {"[Unit]", "none: units of systemd, for mail"},
    {"[Service]", "none: units of systemd, for mail"},
};

std::string without_comment(const std::string& command) {
  return std::regex_replace(command, std::regex(" +# .*"), "");
}

class DocumentsAsRoot : public testing::Test {
 protected:
  // Asked and answered on a terminal where the document shows it.
  static bool asks(const ShownCommand& shown) {
    return std::ranges::any_of(shown.output, [](const auto& line) { return line.find("[y/N]") != std::string::npos; });
  }

  void check(const ShownCommand& shown) {
    const auto command = without_comment(shown.command);
    if (run_elsewhere.contains(command)) return;
    ASSERT_TRUE(command.starts_with("sshaudit")) << command << ": nobody knows where this is run";
    const auto ran =
        host_.run(std::regex_replace(command, std::regex("[0-9]{8}T[0-9]{6}Z"), host_.newest_record()), asks(shown));
    const int most = command.find("nagios") == std::string::npos ? 1 : 2;
    EXPECT_LE(ran.exit_status, most) << command << '\n' << ran.out;
    ++run_;
    if (is_listed_only(shown)) return;
    Lines wanted;
    for (const auto& line : shown.output) wanted.push_back(steady(line));
    EXPECT_TRUE(is_shown_by(wanted, lines_of(steady(ran.out)))) << command << " prints\n" << ran.out;
  }

  // A list of commands, each with a comment in place of what it prints.
  static bool is_listed_only(const ShownCommand& shown) { return shown.command != without_comment(shown.command); }

  void check_block(const Lines& block) {
    const auto commands = commands_of(block);
    if (commands.empty()) {
      const auto word = block.front().substr(0, block.front().find(' '));
      EXPECT_TRUE(compared_elsewhere.contains(word)) << "nobody compares what begins with: " << block.front();
      return;
    }
    host_.renew();
    for (const auto& shown : commands) check(shown);
  }

  DocumentedHost host_;
  std::size_t run_ = 0;
};

TEST_F(DocumentsAsRoot, Readme) {
  const auto text = text_of_file(std::string(SOURCE_DIR) + "/README.md");
  EXPECT_LE(lines_of(text).size(), 150U);
  for (const auto& block : blocks_of_markdown(text)) check_block(block);
  EXPECT_GE(run_, 19U);
}

TEST_F(DocumentsAsRoot, ManualPage) {
  for (const auto& section : sections_of(std::string(DOCUMENTS_DIRECTORY) + "/sshaudit.8")) {
    for (const auto& block : section.blocks) check_block(block);
  }
  EXPECT_GE(run_, 17U);
}

TEST_F(DocumentsAsRoot, PagesOfTheRules) {
  for (const std::string page : {"sshaudit-rules.7", "sshaudit.toml.5"}) {
    for (const auto& section : sections_of(std::string(DOCUMENTS_DIRECTORY) + "/" + page)) {
      for (const auto& block : section.blocks) {
        for (const auto& shown : commands_of(block)) check(shown);
      }
    }
  }
  EXPECT_GE(run_, 1U);
}

TEST(Documents, WhatIsRunElsewhereIsRunThere) {
  for (const auto& rows : {run_elsewhere, compared_elsewhere}) {
    for (const auto& [text, place] : rows) {
      if (place.starts_with("none: ")) continue;
      EXPECT_TRUE(std::filesystem::exists(std::filesystem::path(SOURCE_DIR) / place)) << text << ": " << place;
    }
  }
}

// The comparison itself.
TEST(Transcript, DotsStandForAnything) {
  EXPECT_TRUE(is_shown_by({"a", "...", "z"}, {"a", "z"}));
  EXPECT_TRUE(is_shown_by({"a", "  ...", "z"}, {"a", "b", "c", "z"}));
  EXPECT_FALSE(is_shown_by({"a", "...", "z"}, {"a", "b"}));
  EXPECT_TRUE(is_shown_by({"a ... c"}, {"a b c"}));
  EXPECT_FALSE(is_shown_by({"a ... c"}, {"a b d"}));
  EXPECT_FALSE(is_shown_by({"a"}, {"a", "b"}));
  EXPECT_FALSE(is_shown_by({}, {"a"}));
  EXPECT_TRUE(is_shown_by({}, {}));
}

TEST(Transcript, BlocksAndCommands) {
  const auto blocks = blocks_of_markdown("text\n\n    # one\n    says\n\n    more\n\ntext\n    $ two\n");
  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_EQ(blocks[0], (Lines{"# one", "says", "", "more"}));
  const auto commands = commands_of(blocks[0]);
  ASSERT_EQ(commands.size(), 1U);
  EXPECT_EQ(commands[0].command, "one");
  EXPECT_EQ(commands[0].output, (Lines{"says", "", "more"}));
  EXPECT_TRUE(commands_of({"says"}).empty());
}

}  // namespace
}  // namespace sshaudit::e2e
