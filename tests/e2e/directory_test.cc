// SPDX-License-Identifier: MIT
// Accounts that only a directory service knows: which of them a nightly run looks at, and what it says of the others.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "audited_system.h"

namespace sshaudit::e2e {
namespace {

constexpr uid_t dora_id = 70001;
constexpr uid_t dirk_id = 70002;

class DirectoryAsRoot : public ::testing::Test {
 protected:
  DirectoryAsRoot() {
    system.add_usual_person("alice", 2001);
    system.add_group("web", 3000, {"dora"});
    system.write_databases();
    system.remove("/etc/nsswitch.conf");
    system.make_file("/etc/nsswitch.conf", "passwd: files directory\ngroup: files directory\nshadow: files\n",
                     root_owner, 0644);
  }

  AuditRun run(std::vector<std::string> arguments, const std::string& version = debian_12_sshd) {
    arguments.insert(arguments.end(), {"--format", "ndjson", "--sshd-version", version});
    return run_sshaudit(arguments, [this] {
      enter(system);
      setenv("LD_LIBRARY_PATH", NSS_DIRECTORY, 1);
    });
  }

  // Who was looked at, beside the system's own accounts, and which findings the host has.
  static std::pair<std::set<std::string>, std::set<std::string>> seen(const AuditRun& run) {
    std::set<std::string> users;
    std::set<std::string> of_host;
    const auto own = AuditedSystem::own_accounts();
    for (const auto& line : report_lines(run.out)) {
      if (line.user == "-") of_host.insert(line.rule);
      const bool is_own = std::ranges::find(own, line.user) != own.end();
      if (line.user != "-" && !is_own) users.insert(line.user);
    }
    return {users, of_host};
  }
  using Seen = std::pair<std::set<std::string>, std::set<std::string>>;

  // As a module of PAM makes a home at the first login.
  void has_been_here(const std::string& name, uid_t uid) { system.add_usual_home(system.person(name, uid)); }

  TemporaryDirectory directory;
  AuditedSystem system{directory.path()};
};

TEST_F(DirectoryAsRoot, WhoHasBeenHereIsLookedAt) {
  const auto nobody = run({"--all-users"});
  EXPECT_EQ(nobody.exit_status, 0) << nobody.err;
  EXPECT_EQ(seen(nobody), Seen({"alice"}, {"accounts-left-out"}));
  has_been_here("dora", dora_id);
  system.change_mode("/home/dora", 0777);
  const auto dora = run({"--all-users"});
  EXPECT_EQ(dora.exit_status, 1) << dora.err;
  EXPECT_EQ(seen(dora), Seen({"alice", "dora"}, {"accounts-left-out"}));
  EXPECT_NE(dora.out.find("\"user\":\"dora\",\"uid\":70001,"), std::string::npos);
  EXPECT_NE(dora.out.find("home-writable"), std::string::npos);
}

TEST_F(DirectoryAsRoot, SourcesAreChosen) {
  has_been_here("dora", dora_id);
  system.make_file("/etc/some-people", "# of the web team\n\n  dirk\nalice\n", root_owner, 0644);
  EXPECT_EQ(seen(run({"--all-users", "--users", "local"})), Seen({"alice"}, {"accounts-left-out"}));
  EXPECT_EQ(seen(run({"--all-users", "--users", "/etc/some-people"})), Seen({"alice", "dirk"}, {"accounts-left-out"}));
  EXPECT_EQ(seen(run({"dirk"})).first, std::set<std::string>({"dirk"}));
  const auto unknown = run({"nobody-here"});
  EXPECT_EQ(unknown.exit_status, 2);
  EXPECT_EQ(unknown.err, "sshaudit: no such account: nobody-here\n");
  const auto missing = run({"--all-users", "--users", "/etc/no-such-file"});
  EXPECT_EQ(missing.exit_status, 2);
  EXPECT_EQ(missing.err, "sshaudit: --users: /etc/no-such-file: No such file or directory\n");
}

// The whole directory, when it is asked for.
TEST_F(DirectoryAsRoot, AllThatCanBeListed) {
  const auto all = run({"--all-users", "--users", "nss"});
  EXPECT_EQ(all.exit_status, 1) << all.err;  // they have no homes here
  const auto [users, of_host] = seen(all);
  EXPECT_EQ(users.size(), 1U + 3000U);  // alice, p0 ... p2999
  EXPECT_EQ(of_host, std::set<std::string>());
}

// It costs the people that only it knows, and the run says so. Those of this host are looked at.
TEST_F(DirectoryAsRoot, OneThatIsDownDoesNotHoldUpTheRun) {
  has_been_here("dirk", dirk_id);
  system.make_file("/etc/directory-is-down", "", root_owner, 0644);
  const auto down = run({"--all-users", "--deadline", "1"});
  EXPECT_EQ(down.exit_status, 2) << down.err;
  EXPECT_EQ(seen(down), Seen({"alice"}, {"accounts-not-listed"}));
}

// Who is in which group decides which settings sshd has for an account, and sshd would wait for it as well.
TEST_F(DirectoryAsRoot, OneThatIsDownAndKnowsTheGroups) {
  system.remove("/etc/ssh/sshd_config");
  system.make_file("/etc/ssh/sshd_config", "Match Group web\n  PubkeyAuthentication no\n", root_owner, 0644);
  system.make_file("/etc/directory-is-down", "", root_owner, 0644);
  const auto down = run({"--all-users", "--users", "local", "--deadline", "1"}, "OpenSSH_8.9p1");
  EXPECT_EQ(down.exit_status, 2) << down.err;
  std::set<std::string> rules;
  for (const auto& line : report_lines(down.out)) {
    if (line.user == "alice") rules.insert(line.key_login + " " + line.rule);
  }
  EXPECT_EQ(rules, std::set<std::string>({"unknown account-timeout"}));
  EXPECT_NE(down.out.find("the name service did not answer in 3 s"), std::string::npos) << down.out;
}

// A directory that knows groups and services alone.
TEST_F(DirectoryAsRoot, OneThatKnowsNoAccountsIsDown) {
  system.remove("/etc/nsswitch.conf");
  system.make_file("/etc/nsswitch.conf", "passwd: files\ngroup: files directory\nservices: files directory\n",
                   root_owner, 0644);
  system.make_file("/etc/directory-is-down", "", root_owner, 0644);
  const auto down = run({"--all-users", "--deadline", "1"});
  EXPECT_EQ(down.exit_status, 2) << down.err;
  EXPECT_EQ(seen(down), Seen({"alice"}, {"accounts-not-listed"}));
  EXPECT_NE(down.out.find("the name service did not answer in 3 s: what only it knows of accounts and groups is not "
                          "known"),
            std::string::npos)
      << down.out;
}

// Whether there is such an account is not known, and costs nobody anything.
TEST_F(DirectoryAsRoot, OneThatIsDownMayKnowTheUserOfTheCommand) {
  system.remove("/etc/nsswitch.conf");
  system.make_file("/etc/nsswitch.conf", "passwd: files directory\ngroup: files\n", root_owner, 0644);
  system.remove("/etc/ssh/sshd_config");
  system.make_file("/etc/ssh/sshd_config",
                   "AuthorizedKeysCommand /usr/bin/true\nAuthorizedKeysCommandUser dora\nMatch Group web\n", root_owner,
                   0644);
  system.make_file("/etc/directory-is-down", "", root_owner, 0644);
  const auto down = run({"--all-users", "--users", "local", "--deadline", "3"}, "OpenSSH_8.9p1");
  EXPECT_EQ(seen(down), Seen({"alice"}, {"accounts-left-out", "self-check-missing"})) << down.err;
  const auto lines = report_lines(down.out);
  const auto alice = std::ranges::find(lines, "alice", &ReportLine::user);
  ASSERT_NE(alice, lines.end());
  EXPECT_EQ(alice->key_login, "accepted");
}

// Whether it knows a service decides whether sshd starts: nothing is said of what is not known.
TEST_F(DirectoryAsRoot, OneThatIsDownMayKnowTheService) {
  system.remove("/etc/nsswitch.conf");
  system.make_file("/etc/nsswitch.conf", "passwd: files\ngroup: files\nservices: files directory\n", root_owner, 0644);
  system.remove("/etc/ssh/sshd_config");
  system.make_file("/etc/ssh/sshd_config", "ListenAddress 0.0.0.0:my-sshd\nPermitOpen web:my-web\n", root_owner, 0644);
  system.make_file("/etc/directory-is-down", "", root_owner, 0644);
  const auto down = run({"--all-users", "--deadline", "1"}, "OpenSSH_8.9p1");
  EXPECT_EQ(down.exit_status, 2) << down.err;
  EXPECT_EQ(seen(down), Seen({"alice"}, {"accounts-not-listed", "self-check-missing"}));
}

// A list of names, some of which only it knows.
TEST_F(DirectoryAsRoot, OneThatIsDownCostsThoseThatOnlyItKnows) {
  system.remove("/etc/nsswitch.conf");
  system.make_file("/etc/nsswitch.conf", "passwd: files directory[NOTFOUND=return]\ngroup: files\n", root_owner, 0644);
  system.make_file("/etc/some-people", "dora\nalice\n", root_owner, 0644);
  system.make_file("/etc/directory-is-down", "", root_owner, 0644);
  const auto down = run({"--all-users", "--users", "/etc/some-people", "--deadline", "1"});
  EXPECT_EQ(down.exit_status, 2) << down.err;
  EXPECT_EQ(seen(down), Seen({"alice"}, {"accounts-not-listed"}));
}

// Who is about to type something is told why there is no answer.
TEST_F(DirectoryAsRoot, OneThatIsDownIsNotWaitedForWithoutEnd) {
  system.make_file("/etc/directory-is-down", "", root_owner, 0644);
  const std::vector<std::vector<std::string>> commands = {
      {"explain", "alice"}, {"fix", "--dry-run", "alice"}, {"config", "dora"}, {"dora"}};
  for (auto command : commands) {
    command.insert(command.end(), {"--deadline", "1"});
    const auto down = run_sshaudit(command, [this] {
      enter(system);
      setenv("LD_LIBRARY_PATH", NSS_DIRECTORY, 1);
    });
    EXPECT_EQ(down.exit_status, 2) << command[0] << down.out;
    EXPECT_EQ(down.err, "sshaudit: the name service did not answer in 3 s\n") << command[0];
  }
}

// Groups are asked for where the account is looked at, and settings are the same in both processes of a pair.
TEST_F(DirectoryAsRoot, MatchGroupIsJudgedTheSameOnBothSides) {
  has_been_here("dora", dora_id);
  system.remove("/etc/ssh/sshd_config");
  system.make_file("/etc/ssh/sshd_config", "Match Group web\n  PubkeyAuthentication no\n", root_owner, 0644);
  // A version that is not here: sshd -T, which gets an environment of its own, does not find the service.
  const auto run_of_both = run({"--all-users"}, "OpenSSH_8.9p1");
  const auto lines = report_lines(run_of_both.out);
  const auto verdict = [&](const std::string& user) {
    const auto line = std::ranges::find(lines, user, &ReportLine::user);
    return line == lines.end() ? std::string("-") : line->key_login + " " + line->rule;
  };
  EXPECT_EQ(verdict("alice"), "accepted ");
  EXPECT_EQ(verdict("dora"), "refused pubkey-authentication-off");
}

}  // namespace
}  // namespace sshaudit::e2e
