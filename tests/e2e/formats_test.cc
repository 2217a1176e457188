// SPDX-License-Identifier: MIT
// What monitoring reads of a run: Prometheus, Nagios, and the system's log.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "log_capture.h"
#include "policy_system.h"

namespace sshaudit::e2e {
namespace {

using FormatsAsRoot = PolicySystem;

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return std::move(text).str();
}

TEST_F(FormatsAsRoot, PrometheusFileIsForTheCollector) {
  system_.make_directory("/var/lib/metrics", root_owner, 0755);
  const auto written =
      run({"--all-users", "--format", "prometheus", "-o", "/var/lib/metrics/sshaudit.prom"}, [] { umask(077); });
  EXPECT_EQ(written.exit_status, 1);
  EXPECT_EQ(written.out + written.err, "");
  const auto path = system_.on_host("/var/lib/metrics/sshaudit.prom");
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0644U);
  const std::filesystem::directory_iterator left(system_.on_host("/var/lib/metrics"));
  EXPECT_EQ(std::distance(left, {}), 1);
  const auto text = text_of(path);
  for (const std::string line :
       {"sshaudit_accounts{key_login=\"accepted\"} 1", "sshaudit_accounts{key_login=\"refused\"} 1",
        "sshaudit_findings{severity=\"error\"} 1", "sshaudit_findings_by_rule{rule=\"home-writable\"} 1",
        "sshaudit_waived_findings 0", "sshaudit_complete 1"}) {
    EXPECT_NE(text.find("\n" + line + "\n"), std::string::npos) << line << " is not in\n" << text;
  }
  EXPECT_EQ(text.find("carol"), std::string::npos);
}

TEST_F(FormatsAsRoot, NagiosHasItsOwnExitStatus) {
  const std::string numbers = "accounts=" + accounts() + ";;;0 accepted=1;;;0 refused=1;;;0 closes=0;;;0 none=" +
                              std::to_string(AuditedSystem::own_accounts().size()) + ";;;0 unknown=0;;;0 ";
  const auto critical = run({"--all-users", "--format", "nagios"});
  EXPECT_EQ(critical.exit_status, 2);
  EXPECT_EQ(critical.err, "");
  const auto bar = critical.out.find(" | ");
  EXPECT_EQ(critical.out.substr(0, bar),
            "SSHAUDIT CRITICAL - key login is refused for 1 account (of " + accounts() + "); 1 error");
  EXPECT_EQ(critical.out.substr(bar + 3, numbers.size()), numbers);
  EXPECT_TRUE(critical.out.ends_with(
      " waived=0;;;0\ncarol: error home-writable: /home/carol is 0757 carol:carol, writable by everyone\n"))
      << critical.out;
  write_policy(waiver());
  const auto ok = run({"--all-users", "--format=nagios"});
  EXPECT_EQ(ok.exit_status, 0);
  EXPECT_TRUE(ok.out.starts_with("SSHAUDIT OK - key login is refused for 1 account (of " + accounts() +
                                 "); no errors or warnings, 1 waived | "));
  EXPECT_EQ(std::ranges::count(ok.out, '\n'), 1);
  write_policy(waiver("2020-01-01"));
  EXPECT_EQ(run({"alice", "--format", "nagios"}).exit_status, 1);
}

TEST_F(FormatsAsRoot, NagiosIsToldWhatFailed) {
  struct Row {
    std::vector<std::string> arguments;
    std::string out;
  };
  const std::vector<Row> rows = {
      {{"--format", "nagios", "nobody-here"}, "SSHAUDIT UNKNOWN - no such account: nobody-here\n"},
      {{"--format", "nagios", "a|b"}, "SSHAUDIT UNKNOWN - no such account: a\\x7cb\n"},
      {{"--format=nagios", "--all-users", "carol"}, "SSHAUDIT UNKNOWN - --all-users takes no USER\n"},
      {{"--format", "nagios", "--jobs", "x", "carol"}, "SSHAUDIT UNKNOWN - --jobs: Value x not in range 1 to 256\n"},
      {{"--format", "nagios", "keys"}, "SSHAUDIT UNKNOWN - --format prometheus and nagios go with an audit only\n"},
  };
  for (const auto& row : rows) {
    const auto failed = run(row.arguments);
    EXPECT_EQ(failed.exit_status, 3) << row.out;
    EXPECT_EQ(failed.out, row.out);
    EXPECT_EQ(failed.err, "");
  }
  write_policy("jobs = 0\n");
  const auto failed = run({"--all-users", "--format", "nagios"});
  EXPECT_EQ(failed.out, "SSHAUDIT UNKNOWN - /etc/sshaudit/sshaudit.toml:1:8: jobs: 0 is not in 1 to 256\n");
  EXPECT_EQ(failed.exit_status, 3);
}

// The lines of a log, without time, process and duration.
std::vector<std::string> without_times(const std::vector<std::string>& messages) {
  const std::regex form("^(<[0-9]+>)[A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8} (sshaudit)\\[[0-9]+\\]: (.*; )[0-9]+ s$");
  std::vector<std::string> lines;
  for (const auto& message : messages) lines.push_back(std::regex_replace(message, form, "$1$2: $3N s"));
  return lines;
}

TEST_F(FormatsAsRoot, LogHasALineForEachRunOverAll) {
  LogCapture capture(system_);
  const auto with_log = [&] { capture.take_over(); };
  EXPECT_EQ(run({"--all-users"}, with_log).exit_status, 1);
  EXPECT_EQ(run({"--all-users", "--format", "json", "-o", "/var/report"}, with_log).exit_status, 1);
  EXPECT_EQ(run({"carol"}, with_log).exit_status, 1);
  EXPECT_EQ(run({"keys", "--all-users"}, with_log).exit_status, 1);
  EXPECT_EQ(run({"--root", system_.root(), "--all-users"}, with_log).exit_status, 1);
  EXPECT_EQ(run({"--all-users", "nobody"}, with_log).exit_status, 2);
  run({"--all-users"}, [&] {
    capture.take_over();
    if (setgid(2001) != 0 || setuid(2001) != 0) _exit(1);
  });
  write_policy(waiver());
  EXPECT_EQ(run({"--all-users"}, with_log).exit_status, 0);
  const auto audited = "audited " + accounts() + " accounts: 1 accepted, 1 refused, " +
                       std::to_string(AuditedSystem::own_accounts().size()) + " without keys; ";
  const std::vector<std::string> expected = {"<37>sshaudit: " + audited + "1 error; N s",
                                             "<37>sshaudit: " + audited + "1 error; N s",
                                             "<38>sshaudit: " + audited + "no errors or warnings, 1 waived; N s"};
  EXPECT_EQ(without_times(capture.messages()), expected);
}

void fill(const std::string& path) {
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const auto* const to = reinterpret_cast<const sockaddr*>(&address);
  while (sendto(fd, "x", 1, 0, to, sizeof address) == 1) {
  }
  if (errno != EAGAIN) _exit(1);
}

// run_sshaudit() would kill a run that waits.
TEST_F(FormatsAsRoot, LogThatTakesNothingIsNotWaitedFor) {
  const LogCapture capture(system_, false);
  const auto all = run({"--all-users", "-q"}, [&] {
    capture.take_over();
    fill("/dev/log");
  });
  EXPECT_EQ(all.out, carols_block);
  EXPECT_EQ(all.exit_status, 1);
}

}  // namespace
}  // namespace sshaudit::e2e
