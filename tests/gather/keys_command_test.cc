// SPDX-License-Identifier: MIT
#include "gather/keys_command.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

#include "gather/foreign_program.h"
#include "gather/scratch_directory.h"

namespace sshaudit {
namespace {

using namespace std::chrono_literals;
using End = ForeignOutcome::End;

ForeignProgram shell(const std::string& script) {
  ForeignProgram program;
  program.argv = {"/bin/sh", "-c", script};
  program.environment = {"PATH=/usr/bin:/bin"};
  program.identity = {geteuid(), getegid(), {}};
  program.deadline = 30s;
  return program;
}

TEST(ForeignProgram, HasNothingThatItWasNotGiven) {
  setenv("SSHAUDIT_TEST", "leaks", 1);
  const int inherited = dup(STDOUT_FILENO);
  const auto outcome =
      run_as(shell("pwd; env | grep -v -e ^PWD= -e ^SHLVL= -e ^_=; cat; "
                   "for i in 3 4 5 6 7 8 9 10 11 12; do [ -e /proc/$$/fd/$i ] && echo $i; done; exit 0"));
  close(inherited);
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->out, "/\nPATH=/usr/bin:/bin\n");
  EXPECT_EQ(outcome->end, End::exited);
  EXPECT_EQ(outcome->status, 0);
}

TEST(ForeignProgram, SaysHowItEnded) {
  const auto failed = run_as(shell("echo one >&2; echo 'last words' >&2; exit 22"));
  EXPECT_EQ(failed->end, End::exited);
  EXPECT_EQ(failed->status, 22);
  EXPECT_EQ(failed->last_words, "last words");
  const auto killed = run_as(shell("kill -13 $$"));
  EXPECT_EQ(killed->end, End::signalled);
  EXPECT_EQ(killed->status, SIGPIPE);
  auto missing = shell("");
  missing.argv = {"/no/such/program"};
  EXPECT_EQ(run_as(missing)->end, End::not_reachable);
  EXPECT_EQ(run_as(missing)->status, ENOENT);
  missing.argv = {"/etc/passwd"};
  EXPECT_EQ(run_as(missing)->end, End::not_started);
  EXPECT_EQ(run_as(missing)->status, EACCES);
}

TEST(ForeignProgram, KeepsAsMuchAsIsAskedFor) {
  auto program = shell("head -c 3000000 /dev/zero | tr '\\0' x");
  program.most_output = 1000000;
  const auto outcome = run_as(program);
  EXPECT_EQ(outcome->out, std::string(1000000, 'x'));
  EXPECT_TRUE(outcome->truncated);
  EXPECT_EQ(outcome->status, 0);
}

bool is_running(int pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(status, text);
  return !text.empty() && text.find(") Z ") == std::string::npos;
}

// A process that it leaves behind keeps the output open, which sshd would wait for.
TEST(ForeignProgram, ItsProcessGroupDoesNotOutliveTheDeadline) {
  const ScratchDirectory scratch;
  auto program = shell("sleep 600 & echo $! > " + scratch.path("pid") + "; exit 0");
  program.deadline = 3s;
  EXPECT_EQ(run_as(program)->end, End::timed_out);
  int pid = 0;
  std::ifstream(scratch.path("pid")) >> pid;
  ASSERT_GT(pid, 0);
  for (int i = 0; i < 500 && is_running(pid); ++i) usleep(10000);
  EXPECT_FALSE(is_running(pid));
}

class KeysCommandAsRoot : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(geteuid(), 0U) << "this test has to be run by root";
    settings_.authorized_keys_command_user = "nobody";
  }

  KeysCommandRun run(const std::string& command, const std::optional<KeyTokens>& key = {}) {
    settings_.authorized_keys_command = command;
    return runner_.run(alice_, settings_, key);
  }

  Account alice_{"alice", 12345, 12345, "/home/alice", "/bin/sh"};
  Settings settings_;
  Server server_;
  std::string unsafe_;
  KeysCommandRunner runner_{"/", {}, server_, [this](const PathWalk&) { return unsafe_; }};
};

TEST_F(KeysCommandAsRoot, RunsAsItsUserWithTheEnvironmentOfSshd) {
  const auto run_ids =
      run("/bin/sh -c \"id -un; id -Gn; env | sort | grep -v -e ^PWD= -e ^SHLVL= -e ^_=; echo $0\" %u");
  EXPECT_EQ(run_ids.end, KeysCommandEnd::exited);
  EXPECT_EQ(run_ids.user, "nobody");
  EXPECT_EQ(
      run_ids.printed,
      "nobody\nnogroup\nHOME=/nonexistent\nLOGNAME=nobody\nPATH=/usr/bin:/bin:/usr/sbin:/sbin\nUSER=nobody\nalice\n");
}

TEST_F(KeysCommandAsRoot, IsGivenTheNameWhereItHasNoArgument) {
  EXPECT_EQ(run("/bin/echo").printed, "alice\n");
  EXPECT_EQ(run("/bin/echo").command, "/bin/echo alice");
  EXPECT_EQ(run("/bin/echo %U # %h").printed, "12345 # /home/alice\n");
}

TEST_F(KeysCommandAsRoot, IsNotRunWhereSshdDoesNotRunIt) {
  unsafe_ = "/opt is 0777 root:root";
  EXPECT_EQ(run("/bin/echo").end, KeysCommandEnd::skipped);
  EXPECT_EQ(run("/bin/echo").reason, unsafe_);
  unsafe_.clear();
  EXPECT_EQ(run("/bin/echo '").end, KeysCommandEnd::skipped);
  EXPECT_EQ(run("/bin/echo %z").end, KeysCommandEnd::skipped);
  settings_.authorized_keys_command_user = "no-such-user";
  EXPECT_EQ(run("/bin/echo").reason, "there is no account no-such-user");
  settings_.authorized_keys_command_user.clear();
  EXPECT_EQ(run("/bin/echo").end, KeysCommandEnd::skipped);
}

TEST_F(KeysCommandAsRoot, AnswersForAKeyOnlyWhereOneIsOffered) {
  EXPECT_EQ(run("/bin/echo %t %f %k").end, KeysCommandEnd::not_run);
  EXPECT_EQ(run("/bin/echo %t %f %k", KeyTokens{"ssh-ed25519", "SHA256:x", "AAAA"}).printed,
            "ssh-ed25519 SHA256:x AAAA\n");
  EXPECT_EQ(run("/bin/echo %C").end, KeysCommandEnd::not_run);
}

// A directory that root alone may enter is safe, and out of the user's reach.
TEST_F(KeysCommandAsRoot, IsSkippedWhereItsUserCannotReachIt) {
  const ScratchDirectory scratch;
  scratch.directory("shut", 0700);
  scratch.file("shut/keys", "#!/bin/sh\necho key\n", 0755);
  EXPECT_EQ(run(scratch.path("shut/keys")).end, KeysCommandEnd::skipped);
  scratch.directory("shut", 0755);
  EXPECT_EQ(run(scratch.path("shut/keys") + " %u again").printed, "key\n");
}

TEST_F(KeysCommandAsRoot, NothingOfAnotherSystemIsRun) {
  KeysCommandRunner elsewhere("/mnt", {}, server_, [](const PathWalk&) { return std::string(); });
  settings_.authorized_keys_command = "/bin/echo";
  EXPECT_EQ(elsewhere.run(alice_, settings_).end, KeysCommandEnd::not_run);
}

TEST(KeysCommand, IsNotedOnceForEachPlace) {
  Server server;
  Settings settings;
  const auto note = [&](const std::string& command, const std::string& user, std::size_t line) {
    settings.authorized_keys_command = command;
    settings.authorized_keys_command_user = user;
    note_keys_command(server, settings, {{"authorizedkeyscommand", {"/x", line}}},
                      [](const std::string& name) { return name != "gone"; });
  };
  note("", "nobody", 1);
  note("/opt/keys", "nobody", 1);
  note("/opt/keys", "nobody", 1);
  note("/opt/keys", "gone", 2);
  note("/opt/keys", "keys-%u", 3);
  ASSERT_EQ(server.keys_commands.size(), 3U);
  EXPECT_TRUE(server.keys_commands[0].user_exists);
  EXPECT_FALSE(server.keys_commands[1].user_exists);
  EXPECT_TRUE(server.keys_commands[2].user_exists);
}

}  // namespace
}  // namespace sshaudit
