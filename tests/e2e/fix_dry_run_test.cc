// SPDX-License-Identifier: MIT
// Call by call (strace): without --yes and without an answer, `fix` opens nothing for writing and changes nothing. What
// it starts, such as sshd -T, is another program from its execve(2) on and is not judged: sshd opens /dev/null for
// writing, for one. All that sshaudit does itself is, also in a new process before it becomes another program, and also
// what the kernel refuses. Its standard output and error are given to it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <system_error>

#include "mendable_system.h"

namespace sshaudit::e2e {
namespace {

using Words = std::vector<std::string>;

constexpr auto program = "/opt/sshaudit-under-trace";
constexpr auto traces = "/var/trace";

const std::set<std::string> changing_calls = {
    "chmod",    "fchmod",    "fchmodat",  "fchmodat2",   "chown",        "lchown",       "fchown",         "fchownat",
    "setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr", "mkdir",          "mkdirat",
    "mknod",    "mknodat",   "rmdir",     "rename",      "renameat",     "renameat2",    "link",           "linkat",
    "unlink",   "unlinkat",  "symlink",   "symlinkat",   "truncate",     "ftruncate",    "fallocate",      "utime",
    "utimes",   "futimesat", "utimensat", "creat",       "mount",        "umount2",      "copy_file_range"};

// One process a file, as strace -ff writes them.
class WriteWatch {
 public:
  explicit WriteWatch(std::string prefix) : prefix_(std::move(prefix)) {}

  void read(const std::string& process) {
    std::ifstream file(prefix_ + process);
    if (!file) faults.push_back("no trace of process " + process);
    std::smatch match;
    for (std::string line; std::getline(file, line);) {
      if (!std::regex_match(line, match, form_)) continue;
      const std::string call = match[1];
      const std::string rest = match[2];
      ++calls;
      if (call == "clone" || call == "clone3" || call == "fork" || call == "vfork") {
        if (std::regex_search(rest, match, std::regex("= ([0-9]+)$"))) read(match[1]);
      } else if (call == "execve" && rest.ends_with("= 0") && !rest.starts_with("\"" + std::string(program) + "\"")) {
        std::regex_search(rest, match, std::regex("^\"([^\"]*)\""));
        started.insert(match[1]);
        return;
      } else if (is_fault(call, rest)) {
        faults.push_back(line);
      }
    }
  }

  std::vector<std::string> faults;
  std::set<std::string> started;
  std::size_t calls = 0;

 private:
  static bool is_fault(const std::string& call, const std::string& rest) {
    if (changing_calls.contains(call)) return true;
    if (call != "open" && call != "openat" && call != "openat2") return false;
    static const std::regex writes("O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND|O_TMPFILE");
    return rest.find(", \"/dev/null\", ") == std::string::npos && std::regex_search(rest, writes);
  }

  const std::string prefix_;
  const std::regex form_{"^([a-z0-9_]+)\\((.*)$"};
};

struct Watched {
  AuditRun run;
  std::vector<std::string> faults;
  std::set<std::string> started;
  std::size_t calls = 0;
};

// The process that strace has started itself.
std::string first_process(const std::string& directory) {
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    std::ifstream file(entry.path());
    std::string line;
    std::getline(file, line);
    if (line.starts_with("execve(\"" + std::string(program))) return entry.path().extension().string().substr(1);
  }
  return "which is the first";
}

class FixDryRunAsRoot : public ::testing::Test {
 protected:
  FixDryRunAsRoot() {
    auto& system = mendable.system();
    system.make_directory(traces, root_owner, 0700);
    std::filesystem::copy_file(SSHAUDIT_PROGRAM, system.on_host(program));
    system.make_directory("/home/bob/.ssh/old", {stranger_id, stranger_id}, 0777);
    system.change_mode("/home/bob", 0777);
  }

  Picture picture() const {
    auto picture = mendable.picture();
    std::erase_if(picture, [](const auto& entry) { return entry.first.starts_with(traces); });
    return picture;
  }

  Watched watch(const Words& arguments) {
    Words command = {"strace", "-ff",
                     "-s",     "300",
                     "-E",     "ASAN_OPTIONS=detect_leaks=0",
                     "-o",     std::string(traces) + "/t",
                     "-e",     "trace=%file,%desc,%creds,%process",
                     program};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const auto run = run_with_input({}, "", [&] {
      enter_debian(mendable.system(), {});
      std::vector<char*> argv;
      for (auto& word : command) argv.push_back(word.data());
      argv.push_back(nullptr);
      execv("/usr/bin/strace", argv.data());
      throw std::system_error(errno, std::generic_category(), "strace");
    });
    const auto directory = mendable.system().on_host(traces);
    WriteWatch watch(directory + "/t.");
    watch.read(first_process(directory));
    return {run, watch.faults, watch.started, watch.calls};
  }

  void expect_nothing_written(const Words& arguments, int exit_status, const std::string& err) {
    const auto before = picture();
    const auto watched = watch(arguments);
    EXPECT_EQ(watched.faults, std::vector<std::string>());
    EXPECT_GT(watched.calls, 500U);  // all was looked at
    EXPECT_TRUE(watched.started.contains("/usr/sbin/sshd"));
    EXPECT_EQ(watched.run.exit_status, exit_status);
    EXPECT_EQ(watched.run.err, err);
    EXPECT_NE(watched.run.out.find("/home/alice/.ssh"), std::string::npos) << watched.run.out;
    EXPECT_EQ(changes(before, picture()), "");
    EXPECT_FALSE(std::filesystem::exists(mendable.system().on_host("/var/lib/sshaudit")));
  }

  MendableSystem mendable;
};

TEST_F(FixDryRunAsRoot, DryRunOpensNothingForWriting) {
  expect_nothing_written({"fix", "--dry-run", "--content", "--all-users"}, 1, "");
}

TEST_F(FixDryRunAsRoot, ScriptOpensNothingForWriting) {
  expect_nothing_written({"fix", "--script", "--all-users"}, 1, "");
}

TEST_F(FixDryRunAsRoot, WithoutAnAnswerNothingIsOpenedForWriting) {
  expect_nothing_written({"fix", "--content", "alice"}, 2,
                         "sshaudit: nothing is changed: there is no terminal to ask on (--yes does it without)\n");
}

// What the same look finds where something is changed.
TEST_F(FixDryRunAsRoot, TheLookFindsChanges) {
  const auto watched = watch({"fix", "--yes", "--content", "alice"});
  std::set<std::string> calls;
  for (const auto& line : watched.faults) calls.insert(line.substr(0, line.find('(')));
  const std::set<std::string> expected = {"chmod",  "fchown",    "fchownat", "fsetxattr", "mkdirat",
                                          "openat", "renameat2", "setxattr", "unlinkat"};
  EXPECT_EQ(calls, expected);
  EXPECT_EQ(watched.run.err, "");
}

}  // namespace
}  // namespace sshaudit::e2e
