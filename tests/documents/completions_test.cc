// SPDX-License-Identifier: MIT
// What bash, zsh and fish offer where TAB is hit, as the shells themselves say.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "documents/command_words.h"
#include "gather/scratch_directory.h"
#include "gather/subprocess.h"
#include "rules/catalogue.h"

namespace sshaudit {
namespace {

using Words = std::vector<std::string>;
const std::string built = DOCUMENTS_DIRECTORY;

std::string joined(const Words& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// A directory of its own to complete files in, and a sshaudit that has two records.
class Completions : public testing::Test {
 protected:
  Completions() {
    scratch_.directory("place");
    scratch_.file("listing.txt", "");
    scratch_.directory("bin");
    scratch_.file("bin/sshaudit",
                  "#!/bin/sh\n[ \"$*\" = undo ] && printf '20261127T161822Z  fix  1 step\\n20261128T010203Z-2  add-key "
                  " 1 step\\n'\n",
                  0755);
  }

  // The lines of what a shell prints, each up to a tab or the slash of a directory, sorted.
  Words lines_of(const Words& command) {
    Words words = {"/usr/bin/env",
                   "-C",
                   scratch_.path(),
                   "HOME=" + scratch_.path("bin"),
                   "TERM=dumb",
                   "LC_ALL=C.UTF-8",
                   "PATH=" + scratch_.path("bin") + ":/usr/local/bin:/usr/bin:/bin"};
    words.insert(words.end(), command.begin(), command.end());
    const auto ran = run_program(words, std::chrono::minutes(1));
    EXPECT_TRUE(ran) << command.front() << " did not come to its end";
    if (!ran) return {};
    EXPECT_EQ(ran->exit_status, 0) << ran->err;
    EXPECT_EQ(ran->err, "");
    std::istringstream text(ran->out);
    Words lines;
    for (std::string line; std::getline(text, line);) {
      line.erase(std::min(line.find('\t'), line.size()));
      if (line.ends_with('/')) line.pop_back();
      if (!line.empty()) lines.push_back(line);
    }
    std::ranges::sort(lines);
    lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
    return lines;
  }

  // `typed` as the shell splits it; the last word is the one that is completed.
  Words by_bash(const Words& typed) {
    const std::string script =
        "set -u; source \"$1\"; shift; COMP_WORDS=(sshaudit \"$@\"); COMP_CWORD=$#; _sshaudit; "
        "for one in \"${COMPREPLY[@]}\"; do printf '%s\\n' \"$one\"; done";
    Words command = {"bash", "--norc", "-c", script, "bash", built + "/sshaudit"};
    command.insert(command.end(), typed.begin(), typed.end());
    return lines_of(command);
  }

  Words by_zsh(const Words& typed) {
    return lines_of({"zsh", "-f", std::string(SOURCE_DIR) + "/tests/documents/zsh_candidates.zsh", built,
                     "sshaudit " + joined(typed)});
  }

  Words by_fish(const Words& typed) {
    return lines_of({"fish", "--no-config", "-c", "source $argv[1]; complete -C $argv[2]", built + "/sshaudit.fish",
                     "sshaudit " + joined(typed)});
  }

  void expect(const Words& typed, Words wanted) {
    std::ranges::sort(wanted);
    EXPECT_EQ(by_bash(typed), wanted) << "bash: " << joined(typed);
    EXPECT_EQ(by_zsh(typed), wanted) << "zsh: " << joined(typed);
    EXPECT_EQ(by_fish(typed), wanted) << "fish: " << joined(typed);
  }

  ScratchDirectory scratch_;
};

TEST_F(Completions, Verbs) {
  expect({"expl"}, {"explain"});
  expect({"--root", "place", "--format", "json", "hist"}, {"history"});
  const auto all = by_bash({""});
  for (const auto& verb : command_words()) {
    EXPECT_TRUE(verb.name.empty() || std::ranges::find(all, verb.name) != all.end()) << verb.name;
  }
}

TEST_F(Completions, ValuesOfAnOption) {
  expect({"--format", ""}, {"json", "nagios", "ndjson", "prometheus", "text"});
  expect({"keys", "--format", ""}, {"csv", "json", "ndjson", "text"});
  expect({"explain", "--format", ""}, {"json", "text"});
  expect({"history", "--format", "p"}, {"prometheus"});
  expect({"--all-users", "--fail-on", "ne"}, {"never"});
  expect({"--color", ""}, {"always", "auto", "never"});
  expect({"keys", "--by", ""}, {"account", "key"});
}

TEST_F(Completions, FilesAndDirectories) {
  expect({"-o", "lis"}, {"listing.txt"});
  expect({"--output", "lis"}, {"listing.txt"});
  expect({"keys", "--sshd-config", "lis"}, {"listing.txt"});
  expect({"explain", "--key", "lis"}, {"listing.txt"});
  expect({"--root", ""}, {"bin", "place"});
  expect({"--all-users", "--users", ""}, {"bin", "listing.txt", "local", "nss", "place", "seen"});
}

TEST_F(Completions, ValuesThatNobodyCanGuess) {
  expect({"--lport", ""}, {});
  expect({"--from", ""}, {});
  expect({"config", "--why", ""}, {});
  expect({"add-key", "--options", ""}, {});
}

TEST_F(Completions, Operands) {
  expect({"nobod"}, {"nobody"});
  expect({"keys", "nobod"}, {"nobody"});
  expect({"explain", "--from", "192.0.2.7", "nobod"}, {"nobody"});
  expect({"rules", "home-w"}, {"home-writable"});
  expect({"undo", ""}, {"20261127T161822Z", "20261128T010203Z-2"});
  expect({"undo", "20261128"}, {"20261128T010203Z-2"});
}

TEST_F(Completions, OptionsOfAVerb) {
  expect({"fix", "--d"}, {"--deadline", "--dry-run"});
  expect({"add-key", "--o"}, {"--options", "--output"});
  expect({"--s"}, {"--sshd-config", "--sshd-version"});
  expect({"fix", "--s"}, {"--script", "--sshd-config", "--sshd-version"});
  expect({"rules", "--"}, {"--help"});
}

// Every long option, with every verb.
TEST_F(Completions, NoOptionIsForgotten) {
  const auto verbs = command_words();
  for (const auto& verb : verbs) {
    Words wanted;
    for (const auto& option : options_of(verb, verbs.front())) wanted.push_back(option.names.back());
    expect(verb.name.empty() ? Words{"--"} : Words{verb.name, "--"}, wanted);
  }
}

TEST_F(Completions, EveryRule) {
  Words wanted;
  for (const auto* rule : catalogue()) wanted.emplace_back(rule->id);
  expect({"rules", ""}, wanted);
}

// bash splits at "=", the others do not.
TEST_F(Completions, ValueBehindAnEqualsSign) {
  EXPECT_EQ(by_bash({"keys", "--format", "=", "c"}), Words{"csv"});
  EXPECT_EQ(by_bash({"--fail-on", "="}), (Words{"error", "never", "notice", "warning"}));
  EXPECT_EQ(by_bash({"--format", "=", "json", "keys", "nobod"}), Words{"nobody"});
  EXPECT_EQ(by_zsh({"keys", "--format=c"}), Words{"csv"});
  EXPECT_EQ(by_fish({"keys", "--format=c"}), Words{"--format=csv"});
}

// An account may be named like a verb, but only the first word is one.
TEST_F(Completions, BehindAnAccountThereIsNoVerb) {
  EXPECT_EQ(by_bash({"alice", "hist"}), Words{});
  EXPECT_EQ(by_zsh({"alice", "hist"}), Words{});
}

}  // namespace
}  // namespace sshaudit
