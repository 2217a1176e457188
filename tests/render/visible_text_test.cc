// SPDX-License-Identifier: MIT
#include "render/visible_text.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

namespace sshaudit {
namespace {

using namespace std::string_literals;

TEST(VisibleText, EscapesWhatActsOnATerminal) {
  struct Row {
    std::string bytes;
    std::string text;
  };
  const std::vector<Row> rows = {
      {"", ""},
      {"/home/alice", "/home/alice"},
      {"Grüße, 世界 🎉", "Grüße, 世界 🎉"},
      {"\x1b[31mred", "\\x1b[31mred"},
      {"a\nb\tc\rd", "a\\nb\\tc\\rd"},
      {"\a\b\x7f", "\\x07\\x08\\x7f"},
      {"nul\0nul"s, "nul\\x00nul"},
      {"DOM\\user", "DOM\\\\user"},
      {"\xff\xfe", "\\xff\\xfe"},
      {"\xc3", "\\xc3"},
      {"\xc0\xaf", "\\xc0\\xaf"},                    // overlong
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},           // a surrogate
      {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},  // beyond Unicode
      {"\xc2\x9b"
       "31m",
       "\\u{009b}31m"},  // a C1 control starts a sequence too
      {"\xe2\x80\xae"
       "txt",
       "\\u{202e}txt"},  // right-to-left override
      {"a\xe2\x80\x8b"
       "b",
       "a\\u{200b}b"},  // zero width
      {"a\xe2\x80\xa8"
       "b",
       "a\\u{2028}b"},                      // line separator
      {"\xef\xbb\xbfkey", "\\u{feff}key"},  // byte order mark
  };
  for (const auto& row : rows) EXPECT_EQ(visible(row.bytes), row.text);
}

TEST(VisibleText, IsSafeAndUnambiguousForAnyBytes) {
  std::mt19937 random(7);
  std::uniform_int_distribution<int> byte(0, 255);
  for (int round = 0; round < 20000; ++round) {
    std::string bytes(static_cast<std::size_t>(round % 9), '\0');
    for (auto& one : bytes) one = static_cast<char>(byte(random));
    const auto text = visible(bytes);
    ASSERT_TRUE(is_utf8(text));
    for (const char one : text) ASSERT_FALSE((one >= 0 && one < ' ') || one == 0x7f);
  }
}

// What a shell makes of the line, NUL-terminated argument by argument.
std::string arguments_in(const char* shell, const std::string& line) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    const std::string script = "printf '%s\\0' " + line;
    execl(shell, shell, "-c", script.c_str(), nullptr);
    _exit(127);
  }
  close(ends[1]);
  std::string text;
  std::array<char, 4096> chunk{};
  for (ssize_t got = 0; (got = read(ends[0], chunk.data(), chunk.size())) > 0;) {
    text.append(chunk.data(), static_cast<std::size_t>(got));
  }
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return text;
}

TEST(ShellLine, IsReadBackByAShell) {
  const std::vector<std::vector<std::string>> lines = {
      {"chmod", "g-w", "/home/alice"},
      {"chmod", "g-w", "/home/a b"},
      {"chown", "-h", "DOM\\user", "/home/it's"},
      {"chmod", "go-w", "/home/$(reboot)"},
      {"chmod", "go-w", "/home/`id`;x\n\x1b[2J\xff"},
      {"x", ""},
      {"x", "*", "~", "!", "a=b", "#"},
      {"x",
       "\x01"
       "1",
       "é", "\xe2\x80\xae"},
  };
  for (const auto& line : lines) {
    std::string expected;
    for (const auto& argument : line) expected += argument + '\0';
    const auto text = shell_line(line);
    EXPECT_EQ(text.find_first_of("\n\x1b\x7f"), std::string::npos);
    EXPECT_TRUE(is_utf8(text));
    EXPECT_EQ(arguments_in("/bin/bash", text), expected) << text;
  }
  EXPECT_EQ(shell_line({"chmod", "g-w", "/home/alice"}), "chmod g-w /home/alice");
  EXPECT_EQ(shell_line({"chmod", "g-w", "/home/a b"}), "chmod g-w '/home/a b'");
}

// A shell that does not know $'...' must not run what is in it.
TEST(ShellLine, RunsNothingInAnyShell) {
  for (const std::string name :
       {"a';echo run;#", "a';echo run;#\x1b", "a\\';echo run;#\\", "$(echo run)\n`echo run`"}) {
    const auto text = arguments_in("/bin/sh", shell_line({name}));
    EXPECT_NE(text, "run\n") << shell_line({name});
    EXPECT_EQ(std::count(text.begin(), text.end(), '\0'), 1) << shell_line({name});
  }
  EXPECT_EQ(arguments_in("/bin/sh", shell_line({"a';echo run;#"})), "a';echo run;#"s + '\0');
}

}  // namespace
}  // namespace sshaudit
