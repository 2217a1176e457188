// SPDX-License-Identifier: MIT
// sshd's configuration from outside: what `sshaudit config` prints, what the audit makes of Match blocks, of files that
// are missing or broken, and of the options that a daemon was started with.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "audited_system.h"

namespace sshaudit::e2e {
namespace {

using Json = nlohmann::json;
constexpr auto main_file = "/etc/ssh/sshd_config";

// alice, who is in ops, bob and root have a key each.
class ConfigAsRoot : public ::testing::Test {
 protected:
  ConfigAsRoot() : system_(directory_.path()) {
    system_.add_usual_person("alice", 1501);
    system_.add_usual_person("bob", 1502);
    system_.add_group("ops", 1600, {"alice"});
    system_.write_databases();
    system_.make_directory("/root/.ssh", root_owner, 0700);
    system_.make_file("/root/.ssh/authorized_keys", key_line(9, "root"), root_owner, 0600);
    system_.remove(main_file);
  }

  void configure(const std::string& text) {
    if (system_has_config_) system_.remove(main_file);
    system_.make_file(main_file, text, root_owner, 0644);
    system_has_config_ = true;
  }

  AuditRun inside(const std::vector<std::string>& arguments) {
    return run_sshaudit(arguments, [this] { enter(system_); });
  }

  Json report(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--format", "json"});
    return Json::parse(inside(arguments).out);
  }

  TemporaryDirectory directory_;
  AuditedSystem system_;
  bool system_has_config_ = false;
};

std::vector<std::string> rules_of(const Json& findings) {
  std::vector<std::string> rules;
  for (const auto& finding : findings) rules.push_back(finding.at("rule"));
  return rules;
}

const Json& account_of(const Json& report, const std::string& user) {
  for (const auto& account : report.at("accounts")) {
    if (account.at("user") == user) return account;
  }
  throw std::runtime_error("no account " + user);
}

// The line of a listing that begins with a keyword, its blanks made one.
std::string line_of(const std::string& listing, const std::string& keyword) {
  std::istringstream lines(listing);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(keyword + " ")) continue;
    std::string squeezed;
    for (const char c : line) {
      if (c != ' ' || !squeezed.ends_with(' ')) squeezed += c;
    }
    return squeezed;
  }
  return {};
}

constexpr auto layered =
    "Include /etc/ssh/sshd_config.d/*.conf\n"
    "UsePAM yes\n"
    "PasswordAuthentication yes\n"
    "AllowUsers root\n"
    "Match Group ops\n"
    "  AllowUsers alice b*\n"
    "Match Address 10.0.0.0/8,!10.9.0.0/16\n"
    "  PermitRootLogin yes\n"
    "Match User alice LocalPort 2222\n"
    "  AuthorizedKeysFile /etc/ssh/keys/%u\n";

TEST_F(ConfigAsRoot, EachValueHasItsPlace) {
  configure(layered);
  system_.make_directory("/etc/ssh/sshd_config.d", root_owner, 0755);
  system_.make_file("/etc/ssh/sshd_config.d/10-a.conf", "PermitRootLogin no\n", root_owner, 0644);
  system_.make_file("/etc/ssh/sshd_config.d/50-b.conf", "PasswordAuthentication no\nPermitRootLogin yes\n", root_owner,
                    0644);
  const auto plain = inside({"config", "alice", "--from", "192.0.2.7"});
  EXPECT_EQ(plain.exit_status, 0) << plain.err;
  EXPECT_EQ(line_of(plain.out, "permitrootlogin"), "permitrootlogin no # /etc/ssh/sshd_config.d/10-a.conf:1");
  EXPECT_EQ(line_of(plain.out, "passwordauthentication"),
            "passwordauthentication no # /etc/ssh/sshd_config.d/50-b.conf:1");
  EXPECT_EQ(line_of(plain.out, "allowusers"), "allowusers alice # /etc/ssh/sshd_config:6");
  EXPECT_EQ(line_of(plain.out, "usepam"), "usepam yes # /etc/ssh/sshd_config:2");
  const auto matched = inside({"config", "alice", "--from", "10.1.2.3", "--lport", "2222"});
  EXPECT_EQ(matched.exit_status, 0) << matched.err;
  EXPECT_EQ(line_of(matched.out, "permitrootlogin"), "permitrootlogin yes # /etc/ssh/sshd_config:8");
  EXPECT_EQ(line_of(matched.out, "authorizedkeysfile"),
            "authorizedkeysfile /etc/ssh/keys/%u # /etc/ssh/sshd_config:10");
  const auto bob = inside({"config", "bob", "--from", "10.9.2.3"});
  EXPECT_EQ(line_of(bob.out, "permitrootlogin"), "permitrootlogin no # /etc/ssh/sshd_config.d/10-a.conf:1");
  EXPECT_EQ(line_of(bob.out, "allowusers"), "allowusers root # /etc/ssh/sshd_config:4");
  EXPECT_EQ(report({"--all-users"})["sshd"]["self_check"], "same");
}

TEST_F(ConfigAsRoot, WhyNamesTheWinnerAndTheLosers) {
  configure("PermitRootLogin no\nPermitRootLogin yes\nMatch Address 10.0.0.0/8\nPermitRootLogin prohibit-password\n");
  const auto why = inside({"config", "root", "--from", "192.0.2.7", "--why", "PermitRootLogin"});
  EXPECT_EQ(why.out,
            "/etc/ssh/sshd_config:1: PermitRootLogin no\n"
            "    counts\n"
            "/etc/ssh/sshd_config:2: PermitRootLogin yes\n"
            "    does not count: /etc/ssh/sshd_config:1 came first\n"
            "/etc/ssh/sshd_config:4: PermitRootLogin prohibit-password\n"
            "    does not count: its Match block does not hold (Address 10.0.0.0/8, /etc/ssh/sshd_config:3)\n"
            "in effect: permitrootlogin no\n");
}

TEST_F(ConfigAsRoot, WhatHoldsForSomeConnectionsNamesThem) {
  configure("PermitRootLogin no\nMatch Address 10.0.0.0/8\n  PermitRootLogin prohibit-password\n");
  const auto root = account_of(report({"root"}), "root");
  EXPECT_EQ(root["key_login"], "accepted");
  ASSERT_EQ(rules_of(root["findings"]), std::vector<std::string>{"root-login-off"});
  EXPECT_EQ(root["findings"][0]["connections"], "all other connections");
  EXPECT_EQ(root["findings"][0]["severity"], "notice");
  EXPECT_EQ(account_of(report({"root", "--from", "10.1.1.1"}), "root")["findings"].size(), 0U);
  EXPECT_EQ(account_of(report({"root", "--from", "192.0.2.9"}), "root")["key_login"], "refused");
}

TEST_F(ConfigAsRoot, ADirectoryInPlaceOfTheFileIsNamed) {
  system_.make_directory(main_file, root_owner, 0755);
  const auto run = inside({"alice", "--format", "json"});
  EXPECT_EQ(run.exit_status, 1);
  EXPECT_EQ(rules_of(Json::parse(run.out)["findings"]), std::vector<std::string>{"config-directory"});
}

// A fault of a file stays one, however the Match blocks cut the connections.
TEST_F(ConfigAsRoot, AFaultyFileIsNoMatterOfConnections) {
  configure("Match Address 203.0.113.5\n  AuthorizedKeysFile /etc/ssh/keys-ext/%u\n");
  system_.change_mode("/home/alice/.ssh/authorized_keys", 0666);
  const auto run = inside({"alice", "--format", "json"});
  const auto alice = account_of(Json::parse(run.out), "alice");
  EXPECT_EQ(run.exit_status, 1);
  EXPECT_EQ(alice["key_login"], "refused");
  ASSERT_FALSE(alice["findings"].empty());
  EXPECT_EQ(alice["findings"][0]["severity"], "error");
}

TEST_F(ConfigAsRoot, RevokedKeysThatAreMissingRefuseEverybodyAndComeFirst) {
  configure("RevokedKeys /etc/ssh/revoked\n");
  const auto run = inside({"--all-users"});
  EXPECT_EQ(run.exit_status, 1);
  EXPECT_NE(run.out.find(":\n  error  revoked-keys-unusable  sshd refuses every key of everybody"), std::string::npos)
      << run.out;
  const auto json = report({"--all-users"});
  EXPECT_EQ(json["summary"]["key_login"]["refused"], 3);
  EXPECT_EQ(json["summary"]["key_login"]["accepted"], 0);
}

TEST_F(ConfigAsRoot, KeysInAFileThatIsNotReadAreFound) {
  configure("Match Group ops\n  AuthorizedKeysFile /etc/ssh/keys/%u\n");
  const auto json = report({"alice", "bob"});
  const auto& alice = account_of(json, "alice");
  EXPECT_EQ(alice["key_login"], "none");
  EXPECT_EQ(rules_of(alice["findings"]), std::vector<std::string>{"key-file-not-read"});
  EXPECT_NE(alice["findings"][0]["message"].get<std::string>().find("/etc/ssh/sshd_config:2"), std::string::npos);
  EXPECT_EQ(account_of(json, "bob")["key_login"], "accepted");
}

TEST_F(ConfigAsRoot, BrokenConfigurationsEndInAFinding) {
  struct Row {
    std::string name;
    std::string text;
    std::string rule;
    int exit_status;
  };
  const std::string binary(
      "\x7f"
      "ELF\x00\x01\xff\xfe\n\x80\x81",
      12);
  const std::vector<Row> rows = {
      {"unknown keyword", "PermitRootLogon no\n", "config-invalid", 1},
      {"not in Match", "Match User x\nPort 22\n", "config-invalid", 1},
      {"loop", "Include /etc/ssh/sshd_config\nInclude /etc/ssh/sshd_config\n", "config-invalid", 1},
      {"binary", binary, "config-invalid", 1},
      {"impossible methods", "AuthenticationMethods password\nPasswordAuthentication no\n", "config-invalid", 1},
      {"a command without its user", "AuthorizedKeysCommand /bin/true\n", "config-invalid", 1},
  };
  for (const auto& row : rows) {
    configure(row.text);
    const auto run = inside({"alice", "--format", "json"});
    const auto json = Json::parse(run.out);
    EXPECT_EQ(run.exit_status, row.exit_status) << row.name << run.out;
    ASSERT_FALSE(json["findings"].empty()) << row.name;
    EXPECT_EQ(json["findings"][0]["rule"], row.rule) << row.name;
    EXPECT_EQ(account_of(json, "alice")["key_login"], "refused") << row.name;
  }
}

TEST_F(ConfigAsRoot, FilesThatCannotBeReadAreUnknown) {
  system_.make_fifo(main_file, root_owner, 0644);
  EXPECT_EQ(inside({"alice"}).exit_status, 2);
  system_.remove(main_file);
  configure("Include /etc/ssh/big.conf\n");
  system_.make_file("/etc/ssh/big.conf", "", root_owner, 0644);
  ASSERT_EQ(truncate(system_.on_host("/etc/ssh/big.conf").c_str(), 1024L * 1024 * 1024), 0);
  const auto big = inside({"alice"});
  EXPECT_EQ(big.exit_status, 2);
  EXPECT_NE(big.out.find("larger than the 16 MiB"), std::string::npos) << big.out;
}

TEST_F(ConfigAsRoot, AnImagesConfigurationIsReadInsideIt) {
  configure("Include /etc/ssh/sshd_config.d/*.conf\n");
  system_.make_directory("/etc/alt", root_owner, 0755);
  system_.make_file("/etc/alt/x.conf", "PubkeyAuthentication no\n", root_owner, 0644);
  system_.make_link("/etc/alt", "/etc/ssh/sshd_config.d");
  const auto run = audit_below(system_, {"alice", "--format", "json"});
  const auto json = Json::parse(run.out);
  const auto& alice = account_of(json, "alice");
  EXPECT_EQ(alice["key_login"], "refused") << run.out;
  EXPECT_EQ(rules_of(alice["findings"]), std::vector<std::string>{"pubkey-authentication-off"});
}

// An sshd of this test, with options of its own, on a port that is its own.
class DaemonAsRoot : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(geteuid(), 0U) << "this test has to be run by root";
    const auto here = directory_.path();
    ASSERT_EQ(std::system(("ssh-keygen -q -t ed25519 -N '' -f " + here + "/key").c_str()), 0);
    std::ofstream(here + "/conf") << "ListenAddress 127.0.0.1\nPidFile " << here << "/pid\nPermitRootLogin yes\n";
    pid_ = fork();
    ASSERT_GE(pid_, 0);
    if (pid_ == 0) {
      const auto key = here + "/key";
      const auto config = here + "/conf";
      execl("/usr/sbin/sshd", "/usr/sbin/sshd", "-D", "-f", config.c_str(), "-h", key.c_str(), "-p", "28519", "-o",
            "PubkeyAuthentication=no", nullptr);
      _exit(127);
    }
    struct stat status {};
    for (int i = 0; i < 500 && stat((here + "/pid").c_str(), &status) != 0; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    ASSERT_EQ(stat((here + "/pid").c_str(), &status), 0) << "sshd does not run";
  }
  void TearDown() override {
    if (pid_ <= 0) return;
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
  }

  TemporaryDirectory directory_;
  pid_t pid_ = -1;
};

TEST_F(DaemonAsRoot, ItsFileAndOptionsCountAndAreNamed) {
  const auto run = run_sshaudit({"config", "root", "--from", "192.0.2.7"});
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_EQ(line_of(run.out, "pubkeyauthentication"), "pubkeyauthentication no # command line");
  EXPECT_EQ(line_of(run.out, "permitrootlogin"), "permitrootlogin yes # " + directory_.path() + "/conf:3");
  EXPECT_EQ(line_of(run.out, "port"), "port 28519 # command line");
  const auto report = Json::parse(run_sshaudit({"root", "--format", "json"}).out);
  EXPECT_EQ(report["sshd"]["config"], directory_.path() + "/conf");
  EXPECT_EQ(report["sshd"]["self_check"], "same");
  EXPECT_EQ(rules_of(report["findings"]), std::vector<std::string>{"daemon-options"});
}

TEST_F(DaemonAsRoot, AFileThatIsNewerThanItsReadingIsNamed) {
  const auto later = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()) + 60;
  const std::array<timespec, 2> times = {timespec{later, 0}, timespec{later, 0}};
  ASSERT_EQ(utimensat(AT_FDCWD, (directory_.path() + "/conf").c_str(), times.data(), 0), 0);
  const auto report = Json::parse(run_sshaudit({"root", "--format", "json"}).out);
  EXPECT_EQ(rules_of(report["findings"]), (std::vector<std::string>{"config-newer", "daemon-options"}));
}

}  // namespace
}  // namespace sshaudit::e2e
