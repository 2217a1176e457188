// SPDX-License-Identifier: MIT
// Homes that an automounter would mount on demand. Nobody answers the automounter here, so whatever looks a name up in
// its directory hangs: an audit of thousands of homes must neither hang nor mount them all.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "audited_system.h"
#include "held_namespace.h"

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

// Whether a look-up in the autofs is still waiting after half a second.
bool look_up_hangs(const HeldNamespace& keeper, const std::string& path) {
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

  const HeldNamespace keeper([&] {
    enter(system);
    mount_autofs(inside ? automounted : system.on_host(automounted));
  });
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
