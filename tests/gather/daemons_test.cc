// SPDX-License-Identifier: MIT
// Against made-up trees of proc(5), whose pids no kernel gives out, and against a real sshd.
#include "gather/daemons.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <csignal>
#include <ctime>
#include <functional>

#include "gather/fd.h"
#include "gather/scratch_directory.h"
#include "gather/subprocess.h"

namespace sshaudit {
namespace {

using namespace std::string_literals;
using namespace std::chrono_literals;

constexpr pid_t first_pid = 1'000'000'000;
constexpr std::int64_t boot = 1'700'000'000;
const std::string listener = "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups\0"s;

struct Process {
  std::string cmdline = listener;
  pid_t parent = 1;
  std::string comm = "sshd";
  std::string uids = "0\t0\t0\t0";
  std::string exe = "/usr/sbin/sshd";
  std::string mounts = "20 1 8:1 / / rw - ext4 /dev/sda1 rw\n21 20 8:1 /srv /srv rw - ext4 /dev/sda1 rw\n";
  std::string mount_namespace = "mnt:[4026531841]";
  std::string name = "sshd";  // in stat
};

class Proc {
 public:
  Proc() {
    add_as("self", {});
    scratch_.file("stat", "cpu  1 2 3\nintr 1 2 3\nbtime " + std::to_string(boot) + "\nprocesses 7\n");
    scratch_.directory("sys");
    scratch_.file("1000000099", "no directory\n");
  }

  void add(int number, const Process& process) const { add_as(std::to_string(first_pid + number), process); }
  void remove(int number, const std::string& file) const {
    std::filesystem::remove(scratch_.path(std::to_string(first_pid + number) + "/" + file));
  }
  std::vector<Daemon> daemons() const { return gather_daemons(scratch_.path()); }
  std::vector<int> numbers() const {
    std::vector<int> numbers;
    for (const auto& daemon : daemons()) numbers.push_back(daemon.pid - first_pid);
    return numbers;
  }
  const ScratchDirectory& scratch() const { return scratch_; }

 private:
  void add_as(const std::string& directory, const Process& process) const {
    scratch_.directory(directory + "/ns");
    scratch_.file(directory + "/comm", process.comm + "\n");
    scratch_.file(directory + "/cmdline", process.cmdline);
    scratch_.file(directory + "/status", "Name:\tsshd\nUmask:\t0022\nUid:\t" + process.uids + "\nGid:\t7\t7\t7\t7\n");
    scratch_.file(directory + "/mountinfo", process.mounts);
    scratch_.file(directory + "/stat", "7 (" + process.name + ") S " + std::to_string(process.parent) +
                                           " 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 " +
                                           std::to_string(100 * sysconf(_SC_CLK_TCK)) + " 15863808 1750 18446744\n");
    scratch_.link(directory + "/exe", process.exe);
    scratch_.link(directory + "/ns/mnt", process.mount_namespace);
  }

  ScratchDirectory scratch_;
};

TEST(Daemons, InOrderOfPid) {
  const Proc proc;
  for (const int number : {10, 9, 100, 1}) proc.add(number, {});
  EXPECT_EQ(proc.numbers(), (std::vector<int>{1, 9, 10, 100}));
}

TEST(Daemons, HowItWasStartedAndWhen) {
  const Proc proc;
  proc.add(1, {.cmdline = "/usr/sbin/sshd\0-f\0/etc/ssh/other\0-o\0UsePAM=no\0"s, .name = "a) S 9 (b) c"});
  const auto daemons = proc.daemons();
  ASSERT_EQ(daemons.size(), 1U);
  EXPECT_EQ(daemons[0].command, (DaemonCommand{"/usr/sbin/sshd", "/etc/ssh/other", {"UsePAM=no"}, {}, true}));
  EXPECT_EQ(daemons[0].loaded, boot + 100);
  EXPECT_FALSE(daemons[0].own_mounts);
}

TEST(Daemons, NotEveryProcessThatSaysSo) {
  const Proc proc;
  proc.add(1, {.comm = "sshd-session"});
  proc.add(2, {.uids = "1000\t1000\t1000\t1000"});
  proc.add(3, {.uids = "1000\t0\t0\t0"});
  proc.add(4, {.exe = "/usr/bin/su"});
  proc.add(5, {.cmdline = "sshd: alice [priv]\0"s});
  proc.add(6, {.cmdline = ""});
  proc.add(7, {.uids = ""});
  EXPECT_EQ(proc.numbers(), std::vector<int>{});
}

TEST(Daemons, AProgramThatWasReplaced) {
  const Proc proc;
  proc.add(1, {.exe = "/usr/sbin/sshd (deleted)"});
  proc.add(2, {.exe = "/usr/sbin/sshd;5f3e0a1b (deleted)"});
  EXPECT_EQ(proc.numbers(), (std::vector<int>{1, 2}));
}

TEST(Daemons, ThoseOfContainersAreLeftOut) {
  const Proc proc;
  proc.add(1, {.mounts = "20 1 0:50 / / rw - overlay overlay rw\n", .mount_namespace = "mnt:[4026532000]"});
  proc.add(2, {.mounts = "20 1 8:1 /var/lib/machines/x / rw - ext4 /dev/sda1 rw\n"});
  proc.add(3, {.mounts = "21 20 8:1 /srv /srv rw - ext4 /dev/sda1 rw\n"});
  EXPECT_EQ(proc.numbers(), std::vector<int>{});
}

TEST(Daemons, MountsOfItsOwnAreTold) {
  const Proc proc;
  proc.add(1, {.mount_namespace = "mnt:[4026532000]"});
  const auto daemons = proc.daemons();
  ASSERT_EQ(daemons.size(), 1U);
  EXPECT_TRUE(daemons[0].own_mounts);
}

TEST(Daemons, RootsThatAreNoMountPoints) {
  const Proc proc;
  const std::string other_mounts = "21 20 0:5 / /proc rw - proc proc rw\n";
  proc.scratch().file("self/mountinfo", other_mounts);
  proc.scratch().directory("jail");
  proc.scratch().link("self/root", proc.scratch().path("jail"));
  for (const int number : {1, 2, 3}) proc.add(number, {.mounts = other_mounts});
  proc.scratch().link("1000000001/root", proc.scratch().path());
  proc.scratch().link("1000000002/root", proc.scratch().path("jail"));
  proc.add(4, {});
  EXPECT_EQ(proc.numbers(), (std::vector<int>{2, 3}));
}

TEST(Daemons, WhatMayNotBeSeenIsTakenToBeAsHere) {
  const Proc proc;
  proc.add(1, {});
  for (const auto* file : {"exe", "ns/mnt", "mountinfo"}) proc.remove(1, file);
  const auto daemons = proc.daemons();
  ASSERT_EQ(daemons.size(), 1U);
  EXPECT_FALSE(daemons[0].own_mounts);
}

TEST(Daemons, AProcessMayEndAtAnyMoment) {
  const Proc proc;
  int number = 0;
  for (const auto* file : {"comm", "status", "cmdline", "stat"}) {
    proc.add(++number, {});
    proc.remove(number, file);
  }
  EXPECT_EQ(proc.numbers(), std::vector<int>{});
  EXPECT_TRUE(gather_daemons(proc.scratch().path("sys")).empty());
  EXPECT_TRUE(gather_daemons(proc.scratch().path("none")).empty());
}

TEST(Daemons, AConnectionLooksLikeItsListener) {
  const Proc proc;
  proc.add(1, {});
  proc.add(2, {.cmdline = "sshd: /usr/sbin/sshd -D [listener] 1 of 10-100 startups\0"s, .parent = first_pid + 1});
  proc.add(3, {.cmdline = "/usr/sbin/sshd\0-p\0002222\0"s, .parent = first_pid + 1});
  EXPECT_EQ(proc.numbers(), (std::vector<int>{1, 3}));
}

class DaemonsPidFile : public testing::Test {
 protected:
  void SetUp() override {
    proc_.add(1, {.cmdline = "/usr/sbin/sshd\0-o\0PidFile="s + file_ + '\0'});
    write(std::to_string(first_pid + 1) + "\n", boot + 200);
  }
  void write(const std::string& text, std::int64_t time) const {
    proc_.scratch().file("pid", text);
    const std::array<timespec, 2> times = {timespec{time, 0}, timespec{time, 0}};
    ASSERT_EQ(utimensat(AT_FDCWD, file_.c_str(), times.data(), 0), 0);
  }
  std::int64_t loaded() const { return proc_.daemons().at(0).loaded; }

  Proc proc_;
  std::string file_ = proc_.scratch().path("pid");
};

TEST_F(DaemonsPidFile, TellsTheLastReload) { EXPECT_EQ(loaded(), boot + 200); }

TEST_F(DaemonsPidFile, OfAnEarlierProcess) {
  write(std::to_string(first_pid + 1) + "\n", boot + 50);
  EXPECT_EQ(loaded(), boot + 100);
}

TEST_F(DaemonsPidFile, OfAnotherProcess) {
  for (const auto& text : {std::to_string(first_pid + 10) + "\n", std::to_string(first_pid + 1) + "0\n", ""s, "\n"s}) {
    write(text, boot + 200);
    EXPECT_EQ(loaded(), boot + 100) << text;
  }
}

TEST_F(DaemonsPidFile, ThatIsNoFile) {
  std::filesystem::remove(file_);
  EXPECT_EQ(loaded(), boot + 100);
  ASSERT_EQ(mkfifo(file_.c_str(), 0600), 0);
  EXPECT_EQ(loaded(), boot + 100);
}

class DaemonsAsRoot : public DaemonsPidFile {
 protected:
  void SetUp() override {
    ASSERT_EQ(geteuid(), 0U) << "this test has to be run by root";
    DaemonsPidFile::SetUp();
  }
};

TEST_F(DaemonsAsRoot, APidFileOfSomebodyElse) {
  ASSERT_EQ(chown(file_.c_str(), 12345, 12345), 0);
  EXPECT_EQ(loaded(), boot + 100);
}

in_port_t free_port(sockaddr_in& address) {
  const Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (bind(fd.get(), any, size) != 0 || getsockname(fd.get(), any, &size) != 0) std::abort();
  return ntohs(address.sin_port);
}

// An sshd that listens on a port of 127.0.0.1.
class RunningSshd {
 public:
  RunningSshd() {
    mkdir("/run/sshd", 0755);  // sshd insists on it; a package's service makes it
    const auto key = scratch_.path("key");
    if (!run_program({"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key}, 30s)) std::abort();
    scratch_.file("config", "HostKey " + key + "\nListenAddress 127.0.0.1\nUsePAM no\n");
    port_ = free_port(address_);
    std::vector<std::string> words = {"/usr/sbin/sshd", "-D", "-p", std::to_string(port_), "-f", config(), "-o"};
    words.insert(words.end(), {"PidFile=" + pid_file(), "-o", "AllowUsers a b", "-E", scratch_.path("log")});
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    if (posix_spawn(&pid_, argv[0], nullptr, nullptr, argv.data(), environ) != 0) std::abort();
  }
  RunningSshd(const RunningSshd&) = delete;
  RunningSshd& operator=(const RunningSshd&) = delete;
  ~RunningSshd() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  pid_t pid() const { return pid_; }
  std::string config() const { return scratch_.path("config"); }
  std::string pid_file() const { return scratch_.path("pid"); }
  int port() const { return port_; }

  // A connection that has been answered, so that a process of its own serves it.
  Fd connect_to() const {
    Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const timeval patience{10, 0};
    setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    char byte = 0;
    const bool answered = connect(fd.get(), reinterpret_cast<const sockaddr*>(&address_), sizeof address_) == 0 &&
                          recv(fd.get(), &byte, 1, 0) == 1;
    return answered ? std::move(fd) : Fd();
  }

 private:
  ScratchDirectory scratch_;
  sockaddr_in address_{};
  int port_ = 0;
  pid_t pid_ = 0;
};

// The listeners that were started with this file.
std::vector<Daemon> started_with(const std::string& config) {
  auto daemons = gather_daemons();
  std::erase_if(daemons, [&](const Daemon& daemon) { return daemon.command.config_file != config; });
  return daemons;
}

bool within_ten_seconds(const std::function<bool()>& holds) {
  for (int i = 0; i < 200; ++i) {
    if (holds()) return true;
    usleep(50'000);
  }
  return false;
}

// Until it has begun to listen: a title stands where its arguments were, and a pid file is there.
testing::AssertionResult has_settled(const RunningSshd& sshd, Daemon& daemon) {
  const bool settled = within_ten_seconds([&] {
    if (access(sshd.pid_file().c_str(), F_OK) != 0) return false;
    const auto found = started_with(sshd.config());
    if (found.size() != 1 || found[0].command.exact) return false;
    daemon = found[0];
    return true;
  });
  return settled ? testing::AssertionSuccess() : testing::AssertionFailure() << "it is not there in time";
}

TEST_F(DaemonsAsRoot, ARealOneIsFoundAndItsReloadIsSeen) {
  const RunningSshd sshd;
  Daemon daemon;
  ASSERT_TRUE(has_settled(sshd, daemon));
  EXPECT_EQ(daemon.pid, sshd.pid());
  const std::vector<std::string> options = {"Port " + std::to_string(sshd.port()), "PidFile=" + sshd.pid_file(),
                                            "AllowUsers a b"};
  EXPECT_EQ(daemon.command, (DaemonCommand{"/usr/sbin/sshd", sshd.config(), options, {sshd.port()}, false}));
  EXPECT_FALSE(daemon.own_mounts);

  std::filesystem::remove(sshd.pid_file());
  ASSERT_EQ(kill(sshd.pid(), SIGHUP), 0);
  Daemon reloaded;
  ASSERT_TRUE(has_settled(sshd, reloaded));
  EXPECT_EQ(reloaded.pid, daemon.pid);
  EXPECT_EQ(reloaded.command, daemon.command);
  struct stat status {};
  ASSERT_EQ(stat(sshd.pid_file().c_str(), &status), 0);
  EXPECT_EQ(reloaded.loaded, status.st_mtim.tv_sec);
  EXPECT_GE(reloaded.loaded, daemon.loaded);
}

TEST_F(DaemonsAsRoot, AConnectionOfARealOneIsNone) {
  const RunningSshd sshd;
  Daemon daemon;
  ASSERT_TRUE(has_settled(sshd, daemon));
  const auto connection = sshd.connect_to();
  ASSERT_TRUE(connection);
  const auto found = started_with(sshd.config());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].pid, sshd.pid());
}

}  // namespace
}  // namespace sshaudit
