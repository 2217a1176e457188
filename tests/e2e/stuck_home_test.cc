// SPDX-License-Identifier: MIT
// An account mounts a file system of its own over ~/.ssh, whose program never answers. Other users' processes, sshd's
// too, are turned away from it at once; the account's wait for good, and nothing can end them.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/fuse.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <thread>

#include "fuse_device.h"
#include "refusal_log.h"

namespace sshaudit::e2e {
namespace {

void must(bool done, const char* what) {
  if (!done) throw std::system_error(errno, std::generic_category(), what);
}

// Says that it is there, and nothing more.
[[noreturn]] void serve(int fuse) {
  std::array<char, 65536> request{};
  fuse_in_header head{};
  if (read(fuse, request.data(), request.size()) < static_cast<ssize_t>(sizeof head)) _exit(1);
  std::memcpy(&head, request.data(), sizeof head);
  struct {
    fuse_out_header head;
    fuse_init_out init;
  } answer{};
  answer.head.len = sizeof answer;
  answer.head.unique = head.unique;
  answer.init.major = FUSE_KERNEL_VERSION;
  answer.init.minor = FUSE_KERNEL_MINOR_VERSION;
  answer.init.max_write = 4096;
  if (write(fuse, &answer, sizeof answer) != static_cast<ssize_t>(sizeof answer)) _exit(1);
  while (read(fuse, request.data(), request.size()) >= 0) {  // who asks for what has been taken cannot be ended
  }
  _exit(0);
}

pid_t mount_stuck(const std::string& path) {
  const int fuse = open_fuse();
  const auto id = std::to_string(alice_id);
  const auto options = "fd=" + std::to_string(fuse) + ",rootmode=40000,user_id=" + id + ",group_id=" + id;
  must(fuse >= 0 && mount("stuck", path.c_str(), "fuse", 0, options.c_str()) == 0, "mount fuse");
  const pid_t server = fork();
  must(server >= 0, "fork");
  if (server == 0) serve(fuse);
  close(fuse);
  return server;
}

// Processes of a program in this mount namespace. The kernel cuts names to 15 characters.
int count_of(const std::string& name) {
  std::error_code error;
  const auto here = std::filesystem::read_symlink("/proc/self/ns/mnt");
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "comm");
    std::string comm;
    const bool is_it = std::getline(file, comm) && comm == name;
    if (is_it && std::filesystem::read_symlink(entry.path() / "ns/mnt", error) == here) ++count;
  }
  return count;
}

// In a namespace of its own: how many are stuck after three logins.
int stuck_after_logins(const AuditedSystem& system, const LogCapture& capture) {
  must(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0, "PR_SET_CHILD_SUBREAPER");
  enter_debian(system, {});
  const pid_t server = mount_stuck("/home/alice/.ssh");
  capture.take_over();
  LoginAttempt attempt{.user = "alice", .keys = {ClientKeys::file("ed25519")}};
  const auto command = std::string(logger_path) + " --deadline=5 %u %U %h %t %f %k";
  attempt.sshd_options = {"AuthorizedKeysCommand=" + command, "AuthorizedKeysCommandUser=root", "UsePAM=no"};
  for (int i = 0; i < 3; ++i) timed_login(attempt, "/var");
  while (count_of("sshaudit-log-re") > 0) {
    while (waitpid(-1, nullptr, WNOHANG) > 0) {
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  const int stuck = count_of("sshaudit-explai");
  kill(server, SIGKILL);
  while (waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
  }
  return stuck;
}

TEST(LockoutAsRoot, AStuckHomeKeepsOneProcessAtMost) {
  if (!kernel_has_fuse()) GTEST_SKIP() << "this kernel has no FUSE";
  const TemporaryDirectory directory;
  AuditedSystem system(directory.path());
  install_logger(system);
  Scene scene{system, system.person("alice", alice_id)};
  build(scene, [](Scene&) {});
  LogCapture capture(system);
  ClientKeys::file("ed25519");
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    alarm(120);
    try {
      _exit(stuck_after_logins(system, capture));
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
      _exit(100);
    }
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 1);
  const std::vector<std::string> lines(
      3,
      "sshaudit: key login refused: user=alice: the reason was not found within 5 s: a file system or a name service "
      "does not answer");
  EXPECT_EQ(capture.lines(), lines);
}

}  // namespace
}  // namespace sshaudit::e2e
