// SPDX-License-Identifier: MIT
// What the run opens while it looks at tricksters: nothing that the account may not read by itself, by whatever way it
// led there, and as root nothing of theirs at all.
#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "fuse_device.h"
#include "gather/fd.h"
#include "night.h"
#include "open_watch.h"
#include "tricked_host.h"

namespace sshaudit::e2e {
namespace {

constexpr uid_t first_person = 20000;
constexpr unsigned patience = 120;  // seconds; a net for a run that hangs

FileId id_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(stat(path.c_str(), &status), 0) << path;
  return {status.st_dev, status.st_ino};
}

OpenRules rules_for(const AuditedSystem& system) {
  OpenRules rules;
  std::ifstream passwd(system.on_host("/etc/passwd"));
  for (std::string line; std::getline(passwd, line);) {
    std::istringstream fields(line);
    std::string name;
    std::string uid;
    std::string gid;
    std::getline(std::getline(std::getline(std::getline(fields, name, ':'), uid, ':'), uid, ':'), gid, ':');
    const auto number = static_cast<uid_t>(std::stoul(uid));
    rules.accounts.emplace(number, static_cast<gid_t>(std::stoul(gid)));
    if (number >= first_person && number < 60000) rules.users.insert(number);
  }
  rules.not_as_root[id_of(system.on_host("/etc/shadow"))] = "/etc/shadow";
  rules.not_as_root[id_of(system.on_host("/root/secret"))] = "";
  return rules;
}

std::vector<AccountLine> report_in(int file) {
  std::string text(static_cast<std::size_t>(lseek(file, 0, SEEK_END)), '\0');
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(pread(file, text.data(), text.size(), 0), 0)));
  return account_lines(text);
}

class OpensAsRoot : public ::testing::Test {
 protected:
  OpensAsRoot() : rules_(rules_for(host_.system())), space_([&] { host_.play_inside(); }) {}

  uid_t uid_of(const std::string& user) const {
    const auto place = std::ranges::find(host_.order(), user) - host_.order().begin();
    return first_person + 1 + static_cast<uid_t>(place);
  }

  std::vector<std::string> faults_of(const std::function<void()>& body) {
    return watch_opens(rules_,
                       [&] {
                         space_.join();
                         body();
                         _exit(0);
                       })
        .faults;
  }

  TrickedHost host_;
  OpenRules rules_;
  HeldNamespace space_;
};

TEST_F(OpensAsRoot, NothingThatTheAccountMayNotRead) {
  if (!kernel_has_fuse()) GTEST_SKIP() << "this kernel has no FUSE";
  ASSERT_EQ(space_.errnum(), 0);
  const Fd program(open(SSHAUDIT_PROGRAM, O_PATH | O_CLOEXEC));
  const Fd report(memfd_create("report", MFD_CLOEXEC));
  const auto run = watch_opens(rules_, [&] {
    dup2(report.get(), STDOUT_FILENO);
    space_.join();
    std::array<const char*, 9> words = {"sshaudit", "--all-users",    "--deadline",   "6",    "--format",
                                        "ndjson",   "--sshd-version", debian_12_sshd, nullptr};
    alarm(patience);
    fexecve(program.get(), const_cast<char**>(words.data()), environ);
  });
  EXPECT_EQ(run.faults, std::vector<std::string>());
  EXPECT_TRUE(WIFEXITED(run.status) && WEXITSTATUS(run.status) == 2) << run.status;
  const auto lines = report_in(report.get());
  for (const auto& name : host_.honest()) {
    EXPECT_TRUE(run.readers.contains(uid_of(name))) << name << " was not looked at";
    const auto line = std::ranges::find(lines, name, &AccountLine::user);
    ASSERT_NE(line, lines.end());
    EXPECT_EQ(line->key_login, "accepted");
  }
  EXPECT_TRUE(run.readers.contains(0)) << "nobody has seen root's own opens";
}

const std::string file = "/home/honest01/.ssh/authorized_keys";

std::vector<std::string> said(uid_t by, uid_t of, const std::string& mode, const std::string& path) {
  return {fmt::format("uid {} opens, of uid {} with mode {}: {}", by, of, mode, path)};
}

std::function<void()> by_name(const std::string& path) {
  return [path] { open(path.c_str(), O_RDONLY | O_CLOEXEC); };
}

// What the test above would say, if there were anything to say.
TEST_F(OpensAsRoot, IsSeenWhereItHappens) {
  if (!kernel_has_fuse()) GTEST_SKIP() << "this kernel has no FUSE";
  ASSERT_EQ(space_.errnum(), 0);
  const auto honest = uid_of("honest01");
  EXPECT_EQ(faults_of(by_name(file)), said(0, honest, "0600", file));
  EXPECT_EQ(faults_of(by_name("/home/hard-link/.ssh/authorized_keys")),
            said(0, honest, "0600", "/home/hard-link/.ssh/authorized_keys"));
  EXPECT_EQ(faults_of(by_name("/root/secret")), said(0, 0, "0600", "/root/secret"));
  EXPECT_EQ(faults_of(by_name("/etc/shadow")), std::vector<std::string>());
  EXPECT_EQ(faults_of([&] {
              by_name("/etc/shadow")();
              by_name("/etc/shadow")();
            }),
            said(0, 0, "0640", "/etc/shadow"));
  const auto bound = std::string("/home/bind-shadow/.ssh/authorized_keys");
  EXPECT_EQ(faults_of(by_name(bound)), said(0, 0, "0640", bound));
  EXPECT_EQ(faults_of(by_name("/home/token-root/../../root/secret")).size(), 1U);
}

TEST_F(OpensAsRoot, IsSeenInAnAccountsName) {
  if (!kernel_has_fuse()) GTEST_SKIP() << "this kernel has no FUSE";
  ASSERT_EQ(space_.errnum(), 0);
  const auto honest = uid_of("honest01");
  const auto other = uid_of("fifo");
  // A change of identity that forgets the groups.
  EXPECT_EQ(faults_of([&] {
              struct stat status {};
              stat("/etc/shadow", &status);
              setgroups(1, &status.st_gid);
              setfsuid(other);
              by_name("/etc/shadow")();
            }),
            said(other, 0, "0640", "/etc/shadow"));
  EXPECT_EQ(faults_of([&] {
              setfsuid(honest);
              by_name(file)();
            }),
            std::vector<std::string>());
  // A failure is none, and neither is a descriptor that nothing can be read from.
  EXPECT_EQ(faults_of([&] {
              setfsuid(other);
              by_name(file)();
            }),
            std::vector<std::string>());
  EXPECT_EQ(faults_of([&] { open(file.c_str(), O_PATH | O_CLOEXEC); }), std::vector<std::string>());
}

}  // namespace
}  // namespace sshaudit::e2e
