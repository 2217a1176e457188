// SPDX-License-Identifier: MIT
#include "gather/identity.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>

#include "gather/accounts.h"
#include "gather/look_ups.h"

namespace sshaudit {
namespace {

// What becomes of root is tried in a process of its own.
bool holds_in_child(const std::function<bool()>& check) {
  const pid_t child = fork();
  if (child == 0) _exit(check() ? 0 : 1);
  int status = 1;
  waitpid(child, &status, 0);
  return status == 0;
}

TEST(IdentityAsRoot, RootIsGivenUpForGood) {
  ASSERT_EQ(geteuid(), 0U) << "run this as root";
  EXPECT_TRUE(holds_in_child([] {
    if (!give_up_root({2001, 2002, {2003, 2004}})) return false;
    uid_t real = 0;
    uid_t effective = 0;
    uid_t saved = 0;
    getresuid(&real, &effective, &saved);
    std::array<gid_t, 8> groups{};
    const int count = getgroups(static_cast<int>(groups.size()), groups.data());
    const bool is_it = real == 2001 && effective == 2001 && saved == 2001 && file_access_uid() == 2001 &&
                       getgid() == 2002 && getegid() == 2002 && count == 2 && groups[0] == 2003 && groups[1] == 2004;
    return is_it && setuid(0) != 0 && seteuid(0) != 0 && setgid(0) != 0 && access("/etc/shadow", R_OK) != 0;
  }));
}

TEST(IdentityAsRoot, WhoIsNotRootGivesUpNothing) {
  ASSERT_EQ(geteuid(), 0U) << "run this as root";
  EXPECT_TRUE(holds_in_child([] {
    if (setresuid(65534, 65534, 65534) != 0) return false;
    return !give_up_root({2001, 2001, {}});
  }));
}

TEST(IdentityAsRoot, RootStaysRoot) {
  ASSERT_EQ(geteuid(), 0U) << "run this as root";
  EXPECT_TRUE(holds_in_child([] { return give_up_root({0, 0, {}}) && geteuid() == 0; }));
}

TEST(IdentityAsRoot, OneShadowEntryIsFoundByAnotherProcess) {
  ASSERT_EQ(geteuid(), 0U) << "run this as root";
  for (const std::string name : {"root", "daemon", "no-such-account"}) {
    const auto here = find_shadow(name);
    const auto apart = find_shadow_apart(name);
    ASSERT_TRUE(here && apart) << name;
    EXPECT_EQ(*here, *apart) << name;
  }
  EXPECT_TRUE(holds_in_child([] {
    if (setresuid(65534, 65534, 65534) != 0) return false;
    const auto apart = find_shadow_apart("daemon");  // systemd knows root without the file
    return !apart && apart.error().errnum == EACCES;
  }));
}

}  // namespace
}  // namespace sshaudit
