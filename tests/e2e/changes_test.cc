// SPDX-License-Identifier: MIT
// Night after night with the program itself: exactly what cron would mail.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>

#include "audited_system.h"

namespace sshaudit::e2e {
namespace {

using Json = nlohmann::json;

std::string key_text(std::size_t number) { return key_line(number, "somebody"); }

// alice and bob, each with a key that works, and a third one who comes later.
class ChangesAsRoot : public ::testing::Test {
 protected:
  ChangesAsRoot() {
    system.add_usual_person("alice", 2001);
    system.add_usual_person("bob", 2002);
    system.write_databases();
    gethostname(host.data(), host.size());
    host.resize(host.find('\0'));
  }

  // What a night prints. Dates and fingerprints, which differ from day to day and from key to key, become words.
  std::string night(std::vector<std::string> arguments = {"--all-users"}) {
    arguments.insert(arguments.end(), {"--changes", "--sshd-version", debian_12_sshd});
    const auto run = run_inside(arguments);
    exit_status = run.exit_status;
    EXPECT_EQ(run.err, "");
    auto text = std::regex_replace(run.out, std::regex("since 20[0-9]{2}-[0-9]{2}-[0-9]{2}"), "since DATE");
    text = std::regex_replace(text, std::regex("SHA256:[A-Za-z0-9+/]{43}"), "SHA256:KEY");
    return text.starts_with(host + ": ") ? "HOST" + text.substr(host.size()) : text;
  }

  AuditRun run_inside(const std::vector<std::string>& arguments) {
    return run_sshaudit(arguments, [&] { enter(system); });
  }

  void append(const std::string& path, const std::string& text) {
    std::ofstream(system.on_host(path), std::ios::app) << text;
  }

  TemporaryDirectory directory;
  AuditedSystem system{directory.path()};
  std::string host = std::string(256, '\0');
  int exit_status = 0;
};

constexpr auto alice_keys = "/home/alice/.ssh/authorized_keys";
constexpr auto writable_block =
    "alice: key login is refused\n"
    "  error  home-writable  /home/alice is 0777 alice:alice, writable by everyone\n"
    "         sshd logs: Authentication refused: bad ownership or modes for directory /home/alice\n"
    "         fix: chmod o-w /home/alice\n";

TEST_F(ChangesAsRoot, CleanNightsPrintNothing) {
  EXPECT_EQ(night(), "");
  EXPECT_EQ(night(), "");
  EXPECT_EQ(exit_status, 0);
}

TEST_F(ChangesAsRoot, OneFaultIsToldOnceAndItsMendingOnce) {
  EXPECT_EQ(night(), "");
  system.change_mode("/home/alice", 0777);
  EXPECT_EQ(night(), fmt::format("HOST: 1 new, 0 mended, 0 still open\n\n{}", writable_block));
  EXPECT_EQ(exit_status, 1);
  EXPECT_EQ(night(), "");
  EXPECT_EQ(exit_status, 1) << "it is still there";
  system.change_mode("/home/alice", 0757);
  EXPECT_EQ(night(), "") << "another mode is no other fault";
  system.change_mode(alice_keys, 0666);
  EXPECT_EQ(night(),
            "HOST: 1 new, 0 mended, 1 still open\n"
            "\n"
            "alice: key login is refused\n"
            "  error  key-file-writable  /home/alice/.ssh/authorized_keys is 0666 alice:alice, writable by everyone\n"
            "         sshd logs: Authentication refused: bad ownership or modes for file "
            "/home/alice/.ssh/authorized_keys\n"
            "         fix: runuser -u alice -- chmod o-w /home/alice/.ssh/authorized_keys\n"
            "alice: still open: home-writable /home/alice (open since DATE)\n");
  system.change_mode("/home/alice", 0755);
  EXPECT_EQ(night(),
            "HOST: 0 new, 1 mended, 1 still open\n"
            "\n"
            "alice: mended: home-writable /home/alice (open since DATE)\n"
            "alice: still open: key-file-writable /home/alice/.ssh/authorized_keys (open since DATE)\n");
  EXPECT_EQ(night(), "");
  system.change_mode(alice_keys, 0600);
  EXPECT_EQ(night(),
            "HOST: 0 new, 1 mended, 0 still open\n"
            "\n"
            "alice: mended: key-file-writable /home/alice/.ssh/authorized_keys (open since DATE)\n");
  EXPECT_EQ(night(), "");
  EXPECT_EQ(exit_status, 0);
}

TEST_F(ChangesAsRoot, KeysComeAndGo) {
  EXPECT_EQ(night(), "");
  append(alice_keys, "# a comment\n" + key_text(77));
  EXPECT_EQ(night(),
            "HOST: 0 new, 0 mended, 0 still open, 1 key added\n"
            "\n"
            "alice: key added: SHA256:KEY in /home/alice/.ssh/authorized_keys:3\n");
  EXPECT_EQ(night(), "");
  std::ofstream(system.on_host(alice_keys)) << key_text(77);
  EXPECT_EQ(night(),
            "HOST: 0 new, 0 mended, 0 still open, 1 key removed\n"
            "\n"
            "alice: key removed: SHA256:KEY\n");
  EXPECT_EQ(night(), "");
  EXPECT_EQ(exit_status, 0);
}

TEST_F(ChangesAsRoot, LinesAboveAreNoNews) {
  append(alice_keys, "ssh-ed25519\n");
  EXPECT_NE(night(), "");
  std::ifstream file(system.on_host(alice_keys));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::ofstream(system.on_host(alice_keys)) << "# above\n# above\n" << text;
  EXPECT_EQ(night(), "");
}

TEST_F(ChangesAsRoot, AnAccountIsGone) {
  system.change_mode("/home/bob", 0777);
  EXPECT_NE(night(), "");
  std::ofstream(system.on_host("/etc/passwd"))
      << "root:x:0:0:root:/root:/bin/bash\nalice:x:2001:2001::/home/alice:/bin/bash\n";
  EXPECT_EQ(night(),
            "HOST: 0 new, 1 mended, 0 still open, 1 key removed\n"
            "\n"
            "bob: mended: home-writable /home/bob (open since DATE; the account is gone)\n"
            "bob: key removed: SHA256:KEY (the account is gone)\n");
  EXPECT_EQ(night(), "");
}

TEST_F(ChangesAsRoot, SomeAccountsOnly) {
  EXPECT_EQ(night(), "");
  system.change_mode("/home/alice", 0777);
  system.change_mode("/home/bob", 0777);
  EXPECT_EQ(night({"alice"}), fmt::format("HOST: 1 new, 0 mended, 0 still open\n\n{}", writable_block));
  EXPECT_EQ(night({"alice"}), "");
  const auto rest = night();
  EXPECT_TRUE(rest.starts_with("HOST: 1 new, 0 mended, 1 still open\n\nbob: key login is refused\n")) << rest;
  EXPECT_EQ(rest.find("alice"), std::string::npos) << rest;
}

TEST_F(ChangesAsRoot, JsonHasWhatChanged) {
  EXPECT_TRUE(Json::parse(night({"--all-users", "--format", "json"}))["accounts"].empty());
  system.change_mode("/home/alice", 0777);
  append(alice_keys, key_text(77));
  const auto report = Json::parse(night({"--all-users", "--format", "json"}));
  ASSERT_EQ(report["accounts"].size(), 1U);
  const auto& alice = report["accounts"][0];
  EXPECT_EQ(alice["user"], "alice");
  EXPECT_EQ(alice["findings"][0]["state"], "new");
  EXPECT_FALSE(alice["findings"][0].contains("since"));
  EXPECT_FALSE(alice.contains("mended"));
  EXPECT_EQ(alice["keys"]["added"][0]["line"], 2);
  EXPECT_FALSE(alice["keys"].contains("removed"));
  system.change_mode("/home/alice", 0755);
  const auto lines = night({"--all-users", "--format", "ndjson"});
  const auto first = lines.find('\n') + 1;
  const auto changed = Json::parse(lines.substr(first, lines.find('\n', first) - first));
  EXPECT_EQ(changed["mended"][0]["rule"], "home-writable");
  EXPECT_EQ(changed["mended"][0]["path"], "/home/alice");
}

TEST_F(ChangesAsRoot, TheHistoryTellsRunByRun) {
  const auto none = run_inside({"history"});
  EXPECT_EQ(none.exit_status, 0);
  EXPECT_EQ(none.out, "");
  EXPECT_EQ(none.err, "sshaudit: no history yet: it begins with the first run with --changes\n");
  EXPECT_EQ(night(), "");
  system.change_mode("/home/alice", 0777);
  append("/home/bob/.ssh/authorized_keys", key_text(77));
  night();
  system.change_mode("/home/alice", 0755);
  night();
  const auto accounts = AuditedSystem::own_accounts().size() + 2;
  const auto told = [&](const std::vector<std::string>& arguments) {
    const auto run = run_inside(arguments);
    EXPECT_EQ(run.exit_status, 0);
    auto text = std::regex_replace(run.out, std::regex("20[0-9-]{8}T[0-9:]{8}Z"), "TIME");
    return std::regex_replace(text, std::regex("SHA256:[A-Za-z0-9+/]{43}"), "SHA256:KEY");
  };
  const auto notices = std::regex("TIME  run  ([0-9]+) accounts, [0-9]+ findings?\n");
  EXPECT_EQ(std::regex_replace(told({"history"}), notices, "TIME  run  $1\n"),
            fmt::format("TIME  run  {0}\n"
                        "TIME  run  {0}\n"
                        "TIME  alice  new  home-writable  /home/alice\n"
                        "TIME  bob  key added  SHA256:KEY  /home/bob/.ssh/authorized_keys:2\n"
                        "TIME  run  {0}\n"
                        "TIME  alice  mended  home-writable  /home/alice\n",
                        accounts));
  EXPECT_EQ(told({"history", "alice"}),
            "TIME  alice  new  home-writable  /home/alice\n"
            "TIME  alice  mended  home-writable  /home/alice\n");
}

// The program is killed at some moment of a run, whichever: the next one tells the news, or it was told and remembered.
TEST_F(ChangesAsRoot, KilledRunsLoseNoNews) {
  EXPECT_EQ(night(), "");
  system.change_mode("/home/alice", 0777);
  const auto out = directory.path() + "/mail";
  for (int i = 0; i < 50; ++i) {
    const auto child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      enter(system);
      execl(SSHAUDIT_PROGRAM, "sshaudit", "--all-users", "--changes", "--sshd-version", debian_12_sshd, "-o",
            out.c_str(), nullptr);
      _exit(127);
    }
    usleep(static_cast<useconds_t>(i) * 2000);
    kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    if (access(out.c_str(), F_OK) == 0) break;  // the news is out
  }
  const bool is_out = access(out.c_str(), F_OK) == 0;
  const auto text = night();
  EXPECT_TRUE(is_out || !text.empty());
  EXPECT_EQ(text, text.empty() ? "" : fmt::format("HOST: 1 new, 0 mended, 0 still open\n\n{}", writable_block));
  EXPECT_EQ(night(), "");
}

TEST_F(ChangesAsRoot, AnAuditOfAnotherSystemHasNoHistory) {
  const auto run = run_sshaudit({"--changes", "--all-users", "--root", directory.path()});
  EXPECT_EQ(run.exit_status, 2);
  EXPECT_EQ(run.err,
            "sshaudit: --root: the history of --changes is this system's alone\n"
            "Run with --help for more information.\n");
}

}  // namespace
}  // namespace sshaudit::e2e
