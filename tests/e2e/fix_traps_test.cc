// SPDX-License-Identifier: MIT
// Homes with something in them that root must not change, one trap each: what `fix` says, how it ends, and that nothing
// is different afterwards.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "fix_arena.h"

namespace sshaudit::e2e {
namespace {

void must(bool done, const std::string& what) {
  if (!done) throw std::system_error(errno, std::generic_category(), what);
}

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The lines that begin so.
std::string lines_with(const std::string& beginning, const std::string& text) {
  std::istringstream lines(text);
  std::string found;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(beginning)) found += line + "\n";
  }
  return found;
}

class FixTrapsAsRoot : public ::testing::Test {
 protected:
  FixTrapsAsRoot() : system_(directory_.path()), alice_(system_.add_usual_person("alice", mallory_id)) {
    system_.add_usual_person("bob", neighbour_id);
    system_.write_databases();
  }

  AuditRun run(const std::vector<std::string>& words, const std::function<void()>& mounts = {}) {
    return run_sshaudit(words, [&] {
      enter(system_);
      if (mounts) mounts();
    });
  }
  AuditRun fix(const std::function<void()>& mounts = {}) {
    return run({"fix", "--yes", "--content", "--sshd-version", debian_12_sshd, "alice"}, mounts);
  }

  // Owner, mode, number of names, time of the last change, text.
  std::string state(const std::string& path) const {
    struct stat status {};
    must(lstat(system_.on_host(path).c_str(), &status) == 0, path);
    std::ostringstream text;
    text << std::oct << status.st_mode << std::dec << " " << status.st_uid << ":" << status.st_gid << " links "
         << status.st_nlink << " inode " << status.st_ino << " changed " << status.st_ctim.tv_sec << "."
         << status.st_ctim.tv_nsec;
    if (S_ISREG(status.st_mode)) text << " " << text_of(system_.on_host(path));
    return text.str();
  }

  // Nothing at all is done, without or with words about it.
  void expect_left_alone(const std::vector<std::string>& paths, const std::function<void()>& mounts = {}) {
    std::vector<std::string> before;
    for (const auto& path : paths) before.push_back(state(path));
    const auto run = fix(mounts);
    EXPECT_EQ(lines_with("alice: changed", run.out), "");
    EXPECT_EQ(run.exit_status, 1) << run.out << run.err;
    for (std::size_t i = 0; i < paths.size(); ++i) EXPECT_EQ(state(paths[i]), before[i]) << paths[i];
    said_ = run.out + run.err;
  }
  void expect_said(const std::string& words) const { EXPECT_NE(said_.find(words), std::string::npos) << said_; }

  void replace_key_file(const std::string& text, Owner owner, mode_t mode) {
    system_.remove(alice_.key_file());
    system_.make_file(alice_.key_file(), text, owner, mode);
  }

  // Root's, with keys in it, so that there is a reason to give it to the account.
  void make_closed_ssh() {
    system_.remove(alice_.ssh());
    system_.make_directory(alice_.ssh(), root_owner, 0700);
    system_.make_file(alice_.key_file(), key_line(1, "one"), root_owner, 0600);
  }

  TemporaryDirectory directory_;
  AuditedSystem system_;
  Person alice_;
  std::string said_;
};

TEST_F(FixTrapsAsRoot, WithoutATrapItIsRepaired) {
  replace_key_file(broken_text(), alice_.owner(), 0666);
  const auto run = fix();
  EXPECT_EQ(run.exit_status, 0) << run.out << run.err;
  EXPECT_EQ(lines_with("alice: changed", run.out),
            "alice: changed: /home/alice/.ssh/authorized_keys: 0666 alice:alice -> 0664 alice:alice\n"
            "alice: changed: /home/alice/.ssh/authorized_keys: new text\n");
}

TEST_F(FixTrapsAsRoot, KeyFileOfRootHasAnotherName) {
  system_.make_file("/home/elsewhere", broken_text(), root_owner, 0666);
  system_.remove(alice_.key_file());
  must(link(system_.on_host("/home/elsewhere").c_str(), system_.on_host(alice_.key_file()).c_str()) == 0, "link");
  expect_left_alone({"/home/elsewhere"});
}

TEST_F(FixTrapsAsRoot, KeyFileOfSomebodyElseHasAnotherName) {
  system_.remove(alice_.key_file());
  must(link(system_.on_host("/home/bob/.ssh/authorized_keys").c_str(), system_.on_host(alice_.key_file()).c_str()) == 0,
       "link");
  expect_left_alone({"/home/bob/.ssh/authorized_keys"});
}

TEST_F(FixTrapsAsRoot, KeyFileIsMountedThere) {
  system_.make_file("/home/elsewhere", broken_text(), alice_.owner(), 0666);
  expect_left_alone({"/home/elsewhere", alice_.key_file()}, [&] {
    must(mount("/home/elsewhere", alice_.key_file().c_str(), nullptr, MS_BIND, nullptr) == 0, "bind");
  });
}

TEST_F(FixTrapsAsRoot, SshIsMountedThere) {
  system_.make_directory("/home/elsewhere", alice_.owner(), 0777);
  system_.make_file("/home/elsewhere/authorized_keys", broken_text(), alice_.owner(), 0666);
  expect_left_alone({"/home/elsewhere", "/home/elsewhere/authorized_keys", alice_.ssh()}, [&] {
    must(mount("/home/elsewhere", alice_.ssh().c_str(), nullptr, MS_BIND, nullptr) == 0, "bind");
  });
}

TEST_F(FixTrapsAsRoot, KeyIsNotAddedToWhatIsMountedThere) {
  system_.make_directory("/home/elsewhere", alice_.owner(), 0755);
  const auto before = state("/home/elsewhere");
  const auto key = key_line(1, "added");
  const auto run = run_sshaudit({"add-key", "--sshd-version", debian_12_sshd, "alice"}, [&] {
    enter(system_);
    must(mount("/home/elsewhere", alice_.ssh().c_str(), nullptr, MS_BIND, nullptr) == 0, "bind");
    const int fd = memfd_create("key", 0);
    must(write(fd, key.data(), key.size()) > 0 && lseek(fd, 0, SEEK_SET) == 0 && dup2(fd, STDIN_FILENO) == 0, "key");
  });
  EXPECT_EQ(run.exit_status, 2);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.err, "sshaudit: not added: something else is mounted there: /home/alice/.ssh\n");
  EXPECT_EQ(state("/home/elsewhere"), before);
}

// The account's own home may well be one.
TEST_F(FixTrapsAsRoot, HomeIsAMountOfItsOwn) {
  system_.change_mode(alice_.key_file(), 0666);
  system_.move(alice_.home, "/srv/alice");
  system_.make_directory(alice_.home, root_owner, 0755);
  const auto run = fix([&] { must(mount("/srv/alice", alice_.home.c_str(), nullptr, MS_BIND, nullptr) == 0, "bind"); });
  EXPECT_EQ(run.exit_status, 0) << run.out << run.err;
  EXPECT_EQ(lines_with("alice: changed", run.out),
            "alice: changed: /home/alice/.ssh/authorized_keys: 0666 alice:alice -> 0664 alice:alice\n");
}

TEST_F(FixTrapsAsRoot, ClosedDirectoryOfRootIsGiven) {
  make_closed_ssh();
  const auto run = fix();
  EXPECT_EQ(run.exit_status, 0) << run.out << run.err;
  EXPECT_EQ(lines_with("alice: changed", run.out),
            "alice: changed: /home/alice/.ssh: 0700 root:root -> 0700 alice:root\n"
            "alice: changed: /home/alice/.ssh/authorized_keys: 0600 root:root -> 0600 alice:root\n");
}

TEST_F(FixTrapsAsRoot, SecretsOfRootAreRenamedToSsh) {
  make_closed_ssh();
  system_.make_file(alice_.ssh() + "/notes", "secret\n", root_owner, 0644);
  expect_left_alone({alice_.ssh(), alice_.ssh() + "/notes"});
  expect_said("not given to alice: there are files of others in it that the account cannot reach now");
}

TEST_F(FixTrapsAsRoot, ProgramOfRootIsRenamedWithItsDirectory) {
  make_closed_ssh();
  system_.make_file(alice_.ssh() + "/become-root", "", root_owner, 04711);
  expect_left_alone({alice_.ssh(), alice_.ssh() + "/become-root"});
  expect_said("not given to alice: there are files of others in it that the account cannot reach now");
}

TEST_F(FixTrapsAsRoot, WhatIsBelowASecretDirectoryStaysSecret) {
  make_closed_ssh();
  system_.make_directory(alice_.ssh() + "/deep", root_owner, 0711);
  system_.make_file(alice_.ssh() + "/deep/notes", "secret\n", root_owner, 0644);
  expect_left_alone({alice_.ssh(), alice_.ssh() + "/deep"});
  expect_said("not given to alice: there are files of others in it that the account cannot reach now");
}

TEST_F(FixTrapsAsRoot, SecretOfRootIsRenamedToAKeyFile) {
  replace_key_file("password = secret\n", root_owner, 0600);
  expect_left_alone({alice_.key_file()});
  expect_said("not given to alice: there is more in it than public keys");
}

// Root has given the file its name, but not the directory.
TEST_F(FixTrapsAsRoot, SecretOfRootIsRenamedWithItsDirectory) {
  system_.remove(alice_.ssh());
  system_.make_directory(alice_.ssh(), root_owner, 0755);
  system_.make_file(alice_.key_file(), "password = secret\n", root_owner, 0600);
  expect_left_alone({alice_.ssh(), alice_.key_file()});
  expect_said("not given to alice: there is more in it than public keys");
}

TEST_F(FixTrapsAsRoot, PublicKeysOfRootAreGiven) {
  replace_key_file(key_line(1, "one"), root_owner, 0600);
  const auto run = fix();
  EXPECT_EQ(run.exit_status, 0) << run.out << run.err;
  EXPECT_EQ(lines_with("alice: changed", run.out),
            "alice: changed: /home/alice/.ssh/authorized_keys: 0600 root:root -> 0600 alice:root\n");
}

TEST_F(FixTrapsAsRoot, KeyFileIsSetUserId) {
  replace_key_file(broken_text(), alice_.owner(), 04777);
  expect_left_alone({alice_.key_file()});
}

TEST_F(FixTrapsAsRoot, TextOfASetUserIdFileOfRootStays) {
  replace_key_file(broken_text(), root_owner, 04755);
  std::string before = state(alice_.key_file());
  const auto run = fix();
  EXPECT_EQ(lines_with("alice: changed", run.out), "") << run.out << run.err;
  EXPECT_EQ(state(alice_.key_file()), before);
}

TEST_F(FixTrapsAsRoot, KeyFileIsImmutable) {
  replace_key_file(broken_text(), alice_.owner(), 0666);
  const auto file = system_.on_host(alice_.key_file());
  if (std::system(("chattr +i '" + file + "' 2>/dev/null").c_str()) != 0) {
    GTEST_SKIP() << "chattr +i has no effect on the file system of the test: " << file;
  }
  expect_left_alone({alice_.key_file()});
  EXPECT_EQ(std::system(("chattr -i '" + file + "'").c_str()), 0);
  expect_said("has the flag +i (immutable)");
}

// --- the records -----------------------------------------------------------------------------------------------------

class FixRecordsAsRoot : public FixTrapsAsRoot {
 protected:
  void expect_refused(const std::string& error) {
    system_.change_mode(alice_.key_file(), 0666);
    const auto before = state(alice_.key_file());
    const auto run = fix();
    EXPECT_EQ(run.exit_status, 2) << run.out;
    EXPECT_EQ(run.err, "sshaudit: nothing is changed, since it cannot be recorded: " + error);
    EXPECT_EQ(state(alice_.key_file()), before);
  }
};

TEST_F(FixRecordsAsRoot, StateDirectoryIsALink) {
  system_.make_directory("/var/elsewhere", root_owner, 0700);
  system_.make_link("/var/elsewhere", "/var/lib/sshaudit");
  expect_refused("open: /var/lib/sshaudit: Not a directory\n");
}

TEST_F(FixRecordsAsRoot, RecordDirectoryIsALink) {
  system_.make_directory("/var/elsewhere", root_owner, 0700);
  system_.make_directory("/var/lib/sshaudit", root_owner, 0755);
  system_.make_link("/var/elsewhere", "/var/lib/sshaudit/undo");
  expect_refused("open: /var/lib/sshaudit/undo: Not a directory\n");
}

TEST_F(FixRecordsAsRoot, OthersMayWriteTheRecords) {
  system_.make_directory("/var/lib/sshaudit", root_owner, 0755);
  system_.make_directory("/var/lib/sshaudit/undo", root_owner, 0777);
  expect_refused("the state directory has to belong to root, who alone may write it: /var/lib/sshaudit/undo\n");
}

TEST_F(FixRecordsAsRoot, RecordsBelongToSomebodyElse) {
  system_.make_directory("/var/lib/sshaudit", alice_.owner(), 0755);
  expect_refused("the state directory has to belong to root, who alone may write it: /var/lib/sshaudit\n");
}

}  // namespace
}  // namespace sshaudit::e2e
