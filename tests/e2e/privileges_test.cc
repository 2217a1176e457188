// SPDX-License-Identifier: MIT
// What the logger does with the rights of root, call by call (strace): nothing below a home, and nothing with the
// record of the connection, whose keys the client has chosen, but append to it.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>

#include "cases.h"
#include "log_capture.h"

namespace sshaudit::e2e {
namespace {

constexpr auto tracer = "/opt/traced-sshd";
constexpr auto trace_file = "/var/trace";

struct Process {
  bool is_ours = false;     // the logger, or what it starts
  bool is_account = false;  // for good
};

// What of a trace is not as it has to be, and how much of it there was to see.
struct Verdict {
  std::vector<std::string> faults;
  std::size_t opened_as_account = 0;  // below the home
  std::size_t read_as_account = 0;    // of the record
};

class TraceReader {
 public:
  // Where processes take turns, a call comes in two lines.
  void read(const std::string& line) {
    std::smatch match;
    if (std::regex_match(line, match, begun_)) {
      if (!processes_.contains(match[1])) processes_[match[1]] = parent_of_new();
      begun_calls_[match[1]] = match[2];
    } else if (std::regex_match(line, match, ended_)) {
      const std::string pid = match[1];
      const auto call = begun_calls_.extract(pid);
      if (call) read_whole(pid + " " + call.mapped() + std::string(match[2]));
    } else {
      read_whole(line);
    }
  }

  Verdict verdict;

 private:
  void read_whole(const std::string& line) {
    std::smatch match;
    if (!std::regex_match(line, match, form_)) return;
    if (!processes_.contains(match[1])) processes_[match[1]] = parent_of_new();
    auto& process = processes_[match[1]];
    const std::string call = match[2];
    const std::string rest = match[3];
    if (call == "execve") {
      const bool is_program = std::regex_search(rest, std::regex("^\"[^\"]*/sshaudit-(log|explain)-refusal\""));
      process.is_ours = process.is_ours || is_program;
    } else if (call == "clone" || call == "clone3" || call == "fork" || call == "vfork") {
      note_child(process, rest);
    } else if (process.is_ours) {
      judge(call, rest, line, process);
    }
  }

  // A child may be heard of before its parent's call has ended.
  Process parent_of_new() const {
    Process parent;
    for (const auto& [pid, call] : begun_calls_) {
      const bool is_making = call.starts_with("clone") || call.starts_with("fork") || call.starts_with("vfork");
      if (is_making && processes_.at(pid).is_ours) parent = processes_.at(pid);
    }
    return parent;
  }

  void note_child(const Process& parent, const std::string& rest) {
    std::smatch match;
    if (!std::regex_search(rest, match, std::regex("= ([0-9]+)$"))) return;
    auto& child = processes_[match[1]];
    child.is_ours = child.is_ours || parent.is_ours;
    child.is_account = child.is_account || parent.is_account;
  }

  void judge(const std::string& call, const std::string& rest, const std::string& line, Process& process) {
    const bool failed = std::regex_search(rest, std::regex("\\) += -1 "));
    if (call.starts_with("setresuid") && !failed) {
      if (process.is_account) verdict.faults.push_back("changes again: " + line);
      process.is_account = rest.starts_with("2001, 2001, 2001");
    }
    const bool opens = call == "openat" || call == "open" || call == "openat2";
    const bool is_in_home = std::regex_search(rest, std::regex("= [0-9]+</home/alice/"));
    if (opens && is_in_home) {
      if (!process.is_account) verdict.faults.push_back("opens as root: " + line);
      ++verdict.opened_as_account;
    }
    const bool is_record = std::regex_search(rest, std::regex("^[0-9]+</run/sshaudit/[0-9]+-[0-9]+>"));
    if ((call == "read" || call == "pread64") && is_record) {
      if (!process.is_account) verdict.faults.push_back("reads as root: " + line);
      ++verdict.read_as_account;
    }
  }

  const std::regex form_{"^([0-9]+) +([a-z0-9_]+)\\((.*)$"};
  const std::regex begun_{"^([0-9]+) +(.*) <unfinished \\.\\.\\.>$"};
  const std::regex ended_{"^([0-9]+) +<\\.\\.\\. [a-z0-9_]+ resumed>(.*)$"};
  std::map<std::string, Process> processes_;
  std::map<std::string, std::string> begun_calls_;  // by process
};

void expect_no_root_in_home(const std::string& title, const std::function<void(Scene&)>& make) {
  SCOPED_TRACE(title);
  const TemporaryDirectory directory;
  AuditedSystem system(directory.path());
  install_logger(system);
  Scene scene{system, system.person("alice", alice_id)};
  build(scene, [&](Scene& s) {
    s.account_line += module_lines();
    s.system.make_file(tracer,
                       std::string("#!/bin/sh\nexec strace -f -y -s 200 -e trace=%file,%process,read,pread64,setresuid "
                                   "-o ") +
                           trace_file + " /usr/sbin/sshd \"$@\"\n",
                       root_owner, 0755);
    make(s);
  });
  LogCapture capture(system);
  const LoginAttempt attempt{
      .user = "alice",
      .keys = {ClientKeys::file("ed25519")},
      .sshd_options = {"AuthorizedKeysCommand=" + logger_command(), "AuthorizedKeysCommandUser=root"},
      .sshd = tracer};
  log_in(attempt, [&] {
    enter_debian(system, scene.mounts);
    capture.take_over();
  });
  std::ifstream trace(system.on_host(trace_file));
  TraceReader reader;
  for (std::string line; std::getline(trace, line);) reader.read(line);
  EXPECT_EQ(reader.verdict.faults, std::vector<std::string>());
  EXPECT_GT(reader.verdict.opened_as_account, 0U);
  EXPECT_EQ(capture.lines().size(), 1U);
}

TEST(PrivilegesAsRoot, NothingBelowAHomeIsOpenedByRoot) {
  const std::string file = "/home/alice/.ssh/authorized_keys";
  expect_no_root_in_home("by command", [&](Scene& s) { s.system.change_mode(file, 0666); });
  expect_no_root_in_home("option", [&](Scene& s) { s.write_keys("from=\"192.0.2.9\" " + s.own_line()); });
  expect_no_root_in_home("account", [](Scene& s) { s.shadow_rest = "19700:0:99999:7::18000:"; });
  expect_no_root_in_home("session", [](Scene& s) { s.person.shell = "/usr/sbin/nologin"; });
}

}  // namespace
}  // namespace sshaudit::e2e
