// SPDX-License-Identifier: MIT
// `sshaudit enable`, `disable` and `status` where others have done something before, between, or meanwhile.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <system_error>

#include "cases.h"
#include "gather/fd.h"
#include "parse/sshd_version.h"
#include "wired_system.h"
#include "wiring/drop_in.h"

namespace sshaudit::e2e {
namespace {

const std::string drop_in = "/etc/ssh/sshd_config.d/50-sshaudit.conf";

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Fd locked(WiredSystem& wired, const std::string& directory) {
  Fd fd(open(wired.system().on_host(directory).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || flock(fd.get(), LOCK_EX | LOCK_NB) != 0) throw std::system_error(errno, std::generic_category(), "lock");
  return fd;
}

// Whether the process ignores the signals by which a terminal or a service manager ends it, once it has begun.
bool comes_to_ignore(pid_t process) {
  constexpr unsigned long wanted =
      1UL << (SIGHUP - 1) | 1UL << (SIGINT - 1) | 1UL << (SIGQUIT - 1) | 1UL << (SIGTERM - 1);
  for (int i = 0; i < 500; ++i) {
    const auto status = text_of("/proc/" + std::to_string(process) + "/status");
    const auto at = status.find("\nSigIgn:");
    if (at == std::string::npos) return false;
    if ((std::stoul(status.substr(at + 8), nullptr, 16) & wanted) == wanted) return true;
    usleep(10'000);
  }
  return false;
}

// Every user may open /etc/ssh, and lock it for ever.
TEST(WiringLaterAsRoot, NobodyElseCanHoldTheLock) {
  WiredSystem wired;
  const auto held = locked(wired, "/etc/ssh");
  EXPECT_EQ(wired.sshaudit("enable").exit_status, 0);
  EXPECT_EQ(wired.run({"/usr/bin/stat", "-c", "%A %U", "/var/lib/sshaudit"}).out, "drwx------ root\n");
  const auto ours = locked(wired, "/var/lib/sshaudit");
  const auto disable = wired.sshaudit("disable");
  EXPECT_EQ(disable.exit_status, 2);
  EXPECT_EQ(disable.out, "");
  EXPECT_NE(disable.err.find("another sshaudit enable or disable is at work"), std::string::npos) << disable.err;
  EXPECT_NE(wired.etc().count(drop_in), 0U);
}

TEST(WiringLaterAsRoot, WhatIsBegunIsFinished) {
  WiredSystem wired;
  const auto before = wired.etc();
  for (const std::string verb : {"enable", "disable"}) {
    if (verb == "enable") wired.system().make_directory("/var/lib/sshaudit", root_owner, 0700);
    auto held = locked(wired, "/var/lib/sshaudit");
    const auto started = start_sshaudit({verb}, [&] { wired.space().join(); });
    EXPECT_TRUE(comes_to_ignore(started.process)) << verb;
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) kill(started.process, number);
    held = Fd();
    EXPECT_EQ(finish(started).exit_status, 0) << verb;
  }
  EXPECT_EQ(difference(before, wired.etc()), "");
}

TEST(WiringLaterAsRoot, ASecondDisableTellsWhoWasNotTold) {
  WiredSystem wired;
  EXPECT_EQ(wired.sshaudit("enable").exit_status, 0);
  const auto image = wired.sshd_image();
  const auto path = wired.system().on_host("/etc/ssh/sshd_config");
  const auto text = text_of(path);
  std::ofstream(path, std::ios::app) << "Permit no\n";
  EXPECT_EQ(wired.sshaudit("disable").exit_status, 2);
  EXPECT_EQ(wired.sshaudit("disable").exit_status, 2);
  const auto status = wired.sshaudit("status");
  EXPECT_EQ(status.exit_status, 2);
  EXPECT_NE(status.out.find("sshd: one that runs may not have read that the logger is taken out: run sshaudit disable "
                            "again\n"),
            std::string::npos)
      << status.out;
  EXPECT_EQ(wired.sshd_image(), image);
  std::ofstream(path) << text;
  const auto again = wired.sshaudit("disable");
  EXPECT_EQ(again.err, "");
  EXPECT_EQ(again.out, fmt::format("sshd: {} is removed; sshd ({}) has read that\n", drop_in, wired.pid()));
  EXPECT_EQ(again.exit_status, 0);
  EXPECT_NE(wired.sshd_image(), image);
  EXPECT_EQ(wired.sshaudit("disable").out, "nothing is wired\n");
}

// Only starting it anew helps, and who has done that is not told again.
TEST(WiringLaterAsRoot, AnSshdThatCannotBeTold) {
  WiredSystem wired({.sshd = {"sshd", "-r"}});
  std::ofstream(wired.system().on_host(drop_in))
      << drop_in_text(wired.logger_program(), *parse_sshd_version("OpenSSH_9.2p1"));
  const auto disable = wired.sshaudit("disable");
  EXPECT_EQ(disable.exit_status, 2);
  EXPECT_EQ(disable.out, "sshd: " + drop_in + " is removed\n");
  EXPECT_EQ(disable.err,
            fmt::format("sshaudit: {} is removed; sshd ({}) cannot be reloaded: it was started as \"sshd\", "
                        "which is no absolute path, and would end itself\n"
                        "It runs the logger until it is started anew.\n",
                        drop_in, wired.pid()));
  EXPECT_EQ(wired.sshaudit("disable").exit_status, 2);
  wired.run({"/usr/bin/touch", "-d", "@1000000000", "/var/lib/sshaudit/sshd-has-not-read-the-removal"});
  const auto again = wired.sshaudit("disable");
  EXPECT_EQ(again.out, "nothing is wired\n");
  EXPECT_EQ(again.err, "");
  EXPECT_EQ(again.exit_status, 0);
  EXPECT_EQ(wired.run({"/bin/ls", "/var/lib/sshaudit"}).out, "");
}

TEST(WiringLaterAsRoot, ACommandBehindTheLoggerGetsItsPlaceBack) {
  WiredSystem wired;
  std::ofstream(wired.system().on_host("/etc/ssh/sshd_config.d/20-mine.conf"))
      << "AuthorizedKeysCommand " << wired.logger()
      << " --then-user nobody --then /usr/bin/sss_ssh_authorizedkeys  %u\nAuthorizedKeysCommandUser root\n";
  const auto before = wired.etc();
  const auto disable = wired.sshaudit("disable");
  EXPECT_EQ(disable.exit_status, 2);
  EXPECT_EQ(
      disable.err,
      "sshaudit: left alone: /etc/ssh/sshd_config.d/20-mine.conf:1 runs the logger, and was not put there by "
      "enable: the command behind its --then supplies keys. Put these two lines in the place of that one and its\n"
      "AuthorizedKeysCommandUser, check with sshd -t, and reload sshd:\n"
      "    AuthorizedKeysCommand /usr/bin/sss_ssh_authorizedkeys  %u\n"
      "    AuthorizedKeysCommandUser nobody\n");
  EXPECT_EQ(difference(before, wired.etc()), "");
}

TEST(WiringLaterAsRoot, ACommandThatCameAfterEnable) {
  WiredSystem wired;
  EXPECT_EQ(wired.sshaudit("enable").exit_status, 0);
  std::ofstream(wired.system().on_host("/etc/ssh/sshd_config.d/90-sssd.conf"))
      << "AuthorizedKeysCommand /usr/bin/sss_ssh_authorizedkeys %u\nAuthorizedKeysCommandUser nobody\n";
  const auto status = wired.sshaudit("status");
  EXPECT_EQ(status.exit_status, 2);
  EXPECT_NE(status.out.find(fmt::format(
                "sshd: /etc/ssh/sshd_config.d/90-sssd.conf:1 does not run, because {} comes first: "
                "/usr/bin/sss_ssh_authorizedkeys %u\n"
                "Have the logger stand before it: run sshaudit disable, put these two lines in the place of that one "
                "and its\nAuthorizedKeysCommandUser, check with sshd -t, and reload sshd:\n"
                "    AuthorizedKeysCommand {} --then-user nobody --then /usr/bin/sss_ssh_authorizedkeys %u\n"
                "    AuthorizedKeysCommandUser root\n",
                drop_in, wired.logger())),
            std::string::npos)
      << status.out;
}

// Escaped, a line is another one than it has to be.
TEST(WiringLaterAsRoot, ACommandThatCannotBeShown) {
  WiredSystem wired({.settings = "AuthorizedKeysCommand /bin/true \\\\x\nAuthorizedKeysCommandUser nobody\n"});
  const auto enable = wired.sshaudit("enable");
  EXPECT_EQ(enable.exit_status, 2);
  EXPECT_NE(enable.err.find(fmt::format("reload sshd:\n"
                                        "    AuthorizedKeysCommand {} --then-user nobody --then COMMAND\n"
                                        "    AuthorizedKeysCommandUser root\n"
                                        "with the command as it stands in /etc/ssh/sshd_config:2 for COMMAND\n",
                                        wired.logger())),
            std::string::npos)
      << enable.err;
}

TEST(WiringLaterAsRoot, WithoutProcNoDaemonIsSeen) {
  WiredSystem wired({.sshd = {}, .mounts = [] {
                       if (mount("tmpfs", "/proc", "tmpfs", 0, "mode=0755") != 0) {
                         throw std::system_error(errno, std::generic_category(), "mount a tmpfs on /proc");
                       }
                     }});
  const auto enable = wired.sshaudit("enable");
  EXPECT_EQ(enable.err, "");
  EXPECT_TRUE(enable.out.starts_with(fmt::format(
      "sshd: {} is written; without /proc it cannot be seen whether an sshd runs: reload it if one does\n", drop_in)))
      << enable.out;
  const auto status = wired.sshaudit("status");
  EXPECT_NE(status.out.find("sshd: without /proc it cannot be seen which of them runs\n"), std::string::npos)
      << status.out;
  const auto disable = wired.sshaudit("disable");
  EXPECT_EQ(disable.out.find(fmt::format(
                "sshd: {} is removed; without /proc it cannot be seen whether an sshd runs: reload it if one does\n",
                drop_in)),
            0U)
      << disable.out << disable.err;
}

TEST(WiringLaterAsRoot, TheLoggerIsInAPackage) {
  WiredSystem wired;
  wired.run({"/bin/rm", wired.logger_program()});
  const auto enable = wired.sshaudit("enable");
  EXPECT_EQ(enable.err,
            fmt::format("sshaudit: nothing is changed: {} is not installed (No such file or directory); its package is "
                        "libpam-sshaudit (Debian) or pam_sshaudit (RPM)\n",
                        wired.logger_program()));
  EXPECT_EQ(enable.exit_status, 2);
}

}  // namespace
}  // namespace sshaudit::e2e
