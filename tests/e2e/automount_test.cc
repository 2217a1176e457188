// SPDX-License-Identifier: MIT
// Homes that an automounter would mount on demand. Nobody answers the automounter here, so whatever looks a name up in
// its directory hangs: an audit of thousands of homes must neither hang nor mount them all.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>
#include <system_error>

#include "audited_system.h"

namespace sshaudit::e2e {
namespace {

constexpr auto automounted = "/home/auto";

void require(bool done, const char* what) {
  if (!done) throw std::system_error(errno, std::generic_category(), what);
}

// Mounts an autofs whose daemon is this process group, which never answers. The pipe for its questions stays open.
void mount_autofs(const std::string& path) {
  std::array<int, 2> questions{};
  require(pipe(questions.data()) == 0, "pipe");
  require(setpgid(0, 0) == 0, "setpgid");
  const auto options =
      "fd=" + std::to_string(questions[1]) + ",pgrp=" + std::to_string(getpgrp()) + ",minproto=5,maxproto=5,indirect";
  require(mount("nobody", path.c_str(), "autofs", 0, options.c_str()) == 0, "mount autofs");
}

// A process that does nothing but keep a mount namespace with the autofs in it.
class AutofsKeeper {
 public:
  // The autofs is seen at `automounted`: of the host when `inside`, else below the system's root.
  AutofsKeeper(const AuditedSystem& system, bool inside) {
    std::array<int, 2> ready{};
    require(pipe(ready.data()) == 0, "pipe");
    process_ = fork();
    require(process_ >= 0, "fork");
    if (process_ == 0) keep(system, inside, ready[1]);
    close(ready[1]);
    require(read(ready[0], &errnum_, sizeof errnum_) == sizeof errnum_, "wait for the mount");
    close(ready[0]);
  }
  AutofsKeeper(const AutofsKeeper&) = delete;
  AutofsKeeper& operator=(const AutofsKeeper&) = delete;
  ~AutofsKeeper() {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }

  int errnum() const { return errnum_; }  // why there is none; 0 when there is

  void join() const {
    const int space = open((of_process() + "ns/mnt").c_str(), O_RDONLY | O_CLOEXEC);
    const int root = open((of_process() + "root").c_str(), O_PATH | O_CLOEXEC);  // setns(2) leaves a changed root
    require(space >= 0 && root >= 0 && setns(space, CLONE_NEWNS) == 0, "setns");
    require(fchdir(root) == 0 && chroot(".") == 0, "enter the root");
    close(root);
    close(space);
  }

  std::string mounts() const {
    std::ifstream file(of_process() + "mountinfo");
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::string of_process() const { return "/proc/" + std::to_string(process_) + "/"; }

  [[noreturn]] static void keep(const AuditedSystem& system, bool inside, int ready) {
    int errnum = 0;
    try {
      enter(system);
      mount_autofs(inside ? automounted : system.on_host(automounted));
    } catch (const std::system_error& error) {
      errnum = error.code().value();
    }
    if (write(ready, &errnum, sizeof errnum) != sizeof errnum) _exit(1);
    while (true) pause();
  }

  pid_t process_ = -1;
  int errnum_ = 0;
};

// Whether a look-up in the autofs is still waiting after half a second.
bool look_up_hangs(const AutofsKeeper& keeper, const std::string& path) {
  const pid_t child = fork();
  if (child == 0) {
    keeper.join();
    struct stat status {};
    _exit(stat(path.c_str(), &status) == 0 ? 0 : 1);
  }
  for (int i = 0; i < 50; ++i) {
    if (waitpid(child, nullptr, WNOHANG) == child) return false;
    poll(nullptr, 0, 10);
  }
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  return true;
}

class AutomountAsRoot : public ::testing::TestWithParam<bool> {};

TEST_P(AutomountAsRoot, IsNeverTriggered) {
  const bool inside = GetParam();
  const TemporaryDirectory directory;
  AuditedSystem system(directory.path());
  system.make_directory(automounted, root_owner, 0755);
  auto dave = system.person("dave", 1001);  // his home would have to be mounted
  dave.home = std::string(automounted) + "/dave";
  system.add_row(dave);
  system.add_group("dave", dave.gid);
  const auto mallory = system.add_usual_person("mallory", 1002);  // and this one only says so
  system.remove(mallory.ssh());
  system.make_link(std::string(automounted) + "/bait", mallory.ssh(), mallory.owner());
  system.add_usual_person("alice", 1003);
  system.write_databases();

  const AutofsKeeper keeper(system, inside);
  if (keeper.errnum() == ENODEV) GTEST_SKIP() << "this kernel has no autofs";
  ASSERT_EQ(keeper.errnum(), 0);
  ASSERT_TRUE(look_up_hangs(keeper, inside ? dave.home : system.on_host(dave.home))) << "the trap is not set";

  const auto before = keeper.mounts();
  std::vector<std::string> arguments = {"--all-users", "--format", "ndjson", "--sshd-version", debian_12_sshd};
  if (!inside) arguments.insert(arguments.end(), {"--root", system.root()});
  const auto run = run_sshaudit(arguments, [&] { keeper.join(); });
  EXPECT_EQ(run.exit_status, 2) << run.err;
  EXPECT_EQ(keeper.mounts(), before);

  ReportLines expected = {{"dave", "unknown", "path-unseen", dave.home},
                          {"mallory", "unknown", "path-unseen", std::string(automounted) + "/bait"},
                          {"alice", "accepted", "", ""}};
  for (const auto& name : AuditedSystem::own_accounts()) expected.push_back({name, "none", "", ""});
  if (!inside) expected.push_back({"-", "-", "self-check-missing", "/etc/ssh/sshd_config"});
  EXPECT_EQ(difference(expected, report_lines(run.out)), "");
}

const auto name_of = [](const auto& info) { return std::string(info.param ? "Inside" : "Outside"); };
INSTANTIATE_TEST_SUITE_P(Host, AutomountAsRoot, ::testing::Values(true, false), name_of);

}  // namespace
}  // namespace sshaudit::e2e
