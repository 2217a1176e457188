// SPDX-License-Identifier: MIT
// The rows of one account, out of files that are this process's own.
#include "gather/local_accounts.h"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include <functional>

#include "gather/scratch_directory.h"
#include "private_mounts.h"

namespace sshaudit {
namespace {

// In a process with mounts of its own, where these are the host's files. `check` says whether all is as it should be.
void with_files(const std::string& passwd, const std::string& group, const std::function<bool()>& check) {
  ASSERT_EQ(geteuid(), 0U) << "this test has to be run by root";
  ScratchDirectory scratch;
  scratch.file("passwd", passwd);
  scratch.file("group", group);
  scratch.file("shadow", "alice:!:20000::::::\n");
  scratch.file("nsswitch.conf", "passwd: files systemd\ngroup:files\n");
  const pid_t child = fork();
  if (child == 0) {
    bool ready = enter_private_mounts();
    for (const std::string name : {"passwd", "group", "shadow", "nsswitch.conf"}) {
      ready = ready && mount(scratch.path(name).c_str(), ("/etc/" + name).c_str(), nullptr, MS_BIND, nullptr) == 0;
    }
    _exit(!ready ? 2 : check() ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0) << "2: no mounts of its own";
}

const std::string passwd =
    "root:x:0:0::/root:/bin/sh\nmalice:x:1003:1003::/home/malice:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n"
    "bob:x:1001:50::/home/alice/inner/:/bin/sh\ncarol:x:1002:60::/home/carol:/bin/sh\n";
const std::string group = "root:x:0:\nalice:x:1000:\nstaff:x:50:carol,alice\nother:x:60:malice\n";

AccountEvidence evidence_of(mode_t mode, gid_t gid) {
  AccountEvidence evidence;
  evidence.account = {"alice", 1000, 1000, "/home/alice", "/bin/sh"};
  PathComponent component;
  component.path = "/home/alice";
  component.status.mode = mode;
  component.status.uid = 1000;
  component.status.gid = gid;
  evidence.home.end = WalkEnd::found;
  evidence.home.components = {component};
  return evidence;
}

std::string names_of(const UserDatabase& database) {
  std::string names;
  for (const auto& account : database.accounts) names += account.name + " ";
  for (const auto& one : database.groups) names += one.name + " ";
  return names;
}

TEST(LocalAccountsAsRoot, HaveTheAccountAndItsGroups) {
  with_files(passwd, group, [] {
    const auto local = LocalAccounts::open("alice");
    return local && names_of(local->own_rows()) == "root alice alice staff " &&
           local->own_rows().shadow.at("alice").password == PasswordField::locked;
  });
}

TEST(LocalAccountsAsRoot, AreSilentWhereNothingIsWrong) {
  with_files(passwd, group, [] {
    auto local = LocalAccounts::open("alice");
    local->add_ids_of(evidence_of(0040755, 60));
    return names_of(local->database()) == "root alice alice staff ";
  });
}

// bob is in staff by its gid, and his home lies in that of alice: no command may be given there.
TEST(LocalAccountsAsRoot, KnowWhoCanWriteAndWhoLivesThere) {
  with_files(passwd, group, [] {
    auto local = LocalAccounts::open("alice");
    local->add_ids_of(evidence_of(0040775, 50));
    return names_of(local->database()) == "alice bob root staff alice ";
  });
}

TEST(LocalAccountsAsRoot, DoNotKnowStrangersAndHalfANameIsNone) {
  with_files(passwd, group,
             [] { return !LocalAccounts::open("lice") && !LocalAccounts::open("") && !LocalAccounts::open("ali"); });
}

// Rows that lie across the pieces in which the files are read.
TEST(LocalAccountsAsRoot, AreFoundWhereverTheyStand) {
  std::string many;
  for (int i = 0; i < 40000; ++i)
    many += "u" + std::to_string(i) + ":x:" + std::to_string(5000 + i) + ":7::/h:/bin/sh\n";
  with_files("root:x:0:0::/root:/bin/sh\n" + many + passwd, group, [] {
    bool all = true;
    for (const int at : {0, 1, 5957, 5958, 5959, 17000, 39999}) {
      const auto name = "u" + std::to_string(at);
      const auto local = LocalAccounts::open(name);
      all = all && local && local->own_rows().accounts.back().name == name &&
            local->own_rows().accounts.back().uid == static_cast<uid_t>(5000 + at);
    }
    return all && LocalAccounts::open("alice");
  });
}

}  // namespace
}  // namespace sshaudit
