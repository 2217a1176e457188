// SPDX-License-Identifier: MIT
// File systems in the home, what they remember of a file, and processes of the account that are busy meanwhile.
#include <fcntl.h>
#include <grp.h>
#include <linux/fs.h>
#include <sys/acl.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <system_error>

#include "many_homes_file_system.h"
#include "odd_file_system.h"
#include "tricks.h"

namespace sshaudit::e2e {
namespace {

void must(bool done, const std::string& what) {
  if (!done) throw std::system_error(errno, std::generic_category(), what);
}

void nothing(AuditedSystem&, const Person&) {}

void give_to(const std::string& path, const Person& person, mode_t mode) {
  must(lchown(path.c_str(), person.uid, person.gid) == 0 && chmod(path.c_str(), mode) == 0, path);
}

void write_usual_key(const Person& person) {
  std::ofstream(person.key_file()) << key_line(person.uid, "mounted");
  give_to(person.key_file(), person, 0600);
}

void mount_tmpfs(const Person& person, unsigned long flags = 0) {
  must(mount("tmpfs", person.ssh().c_str(), "tmpfs", MS_NOSUID | MS_NODEV | flags, "mode=0700,size=20m") == 0, "tmpfs");
  give_to(person.ssh(), person, 0700);
}

void on_tmpfs(const Person& person) {
  mount_tmpfs(person);
  write_usual_key(person);
}

void link_on_nosymfollow(const Person& person) {
  constexpr unsigned long nosymfollow = 256;  // MS_NOSYMFOLLOW, Linux 5.10
  mount_tmpfs(person, nosymfollow);
  const auto file = person.ssh() + "/keys";
  std::ofstream(file) << key_line(person.uid, "mounted");
  give_to(file, person, 0600);
  must(symlink("keys", person.key_file().c_str()) == 0, "link");
}

auto bind_of(const std::string& what) {
  return [what](const Person& person) {
    must(mount(what.c_str(), person.ssh().c_str(), nullptr, MS_BIND, nullptr) == 0, "bind " + what);
  };
}

void shadow_as_key_file(const Person& person) {
  must(mount("/etc/shadow", person.key_file().c_str(), nullptr, MS_BIND, nullptr) == 0, "bind /etc/shadow");
}

void proc_as_ssh(const Person& person) {
  must(mount("proc", person.ssh().c_str(), "proc", 0, nullptr) == 0, "mount proc");
}

void overlay(const Person& person) {
  mount_tmpfs(person);
  for (const auto* name : {"/lower", "/upper", "/work"}) {
    must(mkdir((person.ssh() + name).c_str(), 0700) == 0, name);
    give_to(person.ssh() + name, person, 0700);
  }
  std::ofstream(person.ssh() + "/lower/authorized_keys") << key_line(person.uid, "lower");
  give_to(person.ssh() + "/lower/authorized_keys", person, 0600);
  const auto options =
      "lowerdir=" + person.ssh() + "/lower,upperdir=" + person.ssh() + "/upper,workdir=" + person.ssh() + "/work";
  must(mount("overlay", person.ssh().c_str(), "overlay", 0, options.c_str()) == 0, "overlay");
}

// The owner has used up all blocks and all names that he may have, on a real file system.
void full(const Person& person) {
  must(mount("tmpfs", person.ssh().c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "mode=0700,size=64k,nr_inodes=8") == 0,
       "tmpfs");
  give_to(person.ssh(), person, 0700);
  write_usual_key(person);
  std::ofstream(person.ssh() + "/fill") << std::string(1UL << 20U, 'x');
  for (int i = 0; i < 8; ++i) std::ofstream(person.ssh() + "/" + std::to_string(i)) << "";
  struct statvfs status {};
  must(statvfs(person.ssh().c_str(), &status) == 0 && status.f_bavail == 0 && status.f_favail == 0, "fill");
}

auto with_quota(Oddity oddity) {
  return [oddity](const Person& person) {
    mount_odd_home(person.home, {.oddity = oddity, .key_text = key_line(person.uid, "quota"), .owner = person.uid});
  };
}

auto own_file_system(bool is_for_all, Silence silence) {
  return [=](const Person& person) {
    mount_many_homes(person.ssh(), {.silence = silence, .mounted_by = person.uid, .is_for_all = is_for_all});
  };
}

auto flagged(int flag) {
  return [flag](const Person& person) {
    on_tmpfs(person);
    const int fd = open(person.key_file().c_str(), O_RDONLY | O_CLOEXEC);
    must(fd >= 0 && ioctl(fd, FS_IOC_SETFLAGS, &flag) == 0, "set a flag");
    close(fd);
  };
}

void thousand_entries(const Person& person) {
  on_tmpfs(person);
  std::string text = "u::rw,g::-,o::-,m::rw";
  for (int i = 0; i < 1000; ++i) text += ",u:" + std::to_string(50'000 + i) + ":rw";
  acl_t acl = acl_from_text(text.c_str());
  must(acl != nullptr && acl_set_file(person.key_file().c_str(), ACL_TYPE_ACCESS, acl) == 0, "set an ACL");
  acl_free(acl);
}

void attributes(const Person& person) {
  on_tmpfs(person);
  const std::string value(60'000, '\x1b');
  must(setxattr(person.key_file().c_str(), "user.\x1b[2J", value.data(), value.size(), 0) == 0, "set an attribute");
}

void many_mounts(const Person& person) {
  for (int i = 0; i < 300; ++i) on_tmpfs(person);
}

// A process of the account that does this over and over, until its parent ends it.
void keep_at(const Person& person, const std::function<void()>& act) {
  const pid_t parent = getpid();
  const pid_t process = fork();
  must(process >= 0, "fork");
  if (process > 0) return;
  const bool is_account = setgroups(0, nullptr) == 0 && setresgid(person.gid, person.gid, person.gid) == 0 &&
                          setresuid(person.uid, person.uid, person.uid) == 0;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (!is_account || getppid() != parent) _exit(1);
  while (true) act();
}

auto swapped_with(const std::string& target) {
  return [target](const Person& person) {
    const auto other = person.home + "/other";
    must(symlink(target.c_str(), other.c_str()) == 0, "link");
    keep_at(person, [&] { renameat2(AT_FDCWD, other.c_str(), AT_FDCWD, person.ssh().c_str(), RENAME_EXCHANGE); });
  };
}

void swapped_key_file(const Person& person) {
  const auto other = person.ssh() + "/other";
  must(symlink("/root/secret", other.c_str()) == 0, "link");
  keep_at(person, [&] { renameat2(AT_FDCWD, other.c_str(), AT_FDCWD, person.key_file().c_str(), RENAME_EXCHANGE); });
}

void growing(const Person& person) {
  keep_at(person, [&] {
    const int fd = open(person.key_file().c_str(), O_WRONLY | O_CLOEXEC);
    auto line = key_line(person.uid, "again");
    for (int i = 0; i < 5000 && write(fd, line.data(), line.size()) > 0; ++i) line = "# one line more\n";
    if (ftruncate(fd, 0) != 0) _exit(1);
    close(fd);
  });
}

// Whoever opens the file has to wait until the lease is given back, which the kernel enforces after 45 s.
void lease(const Person& person) {
  keep_at(person, [&] {
    std::signal(SIGIO, SIG_IGN);
    static const int fd = open(person.key_file().c_str(), O_RDWR | O_CLOEXEC);
    fcntl(fd, F_SETLEASE, F_WRLCK);
    usleep(1000);
  });
}

void locks(const Person& person) {
  keep_at(person, [&] {
    const int fd = open(person.key_file().c_str(), O_RDWR | O_CLOEXEC);
    struct flock all {};
    all.l_type = F_WRLCK;
    if (flock(fd, LOCK_EX) == 0 && fcntl(fd, F_SETLK, &all) == 0) pause();
    _exit(1);
  });
}

// What is seen of a home that changes all the while.
const std::set<std::string> at_some_moment = {"accepted",
                                              "none",
                                              "none key-file-empty",
                                              "refused path-unsearchable",
                                              "refused key-file-unreadable",
                                              "unknown path-unseen",
                                              "unknown key-file-changed"};

}  // namespace

// Long because it is a table.
std::vector<Trick> tricks_with_mounts() {
  return {
      {"tmpfs", {"accepted"}, nothing, on_tmpfs},
      {"nosymfollow", {"refused path-unresolvable"}, nothing, link_on_nosymfollow},
      {"bind-victim", {"refused path-unsearchable"}, nothing, bind_of("/home/honest01/.ssh")},
      {"bind-root", {"none"}, nothing, bind_of("/root")},
      {"bind-shadow", {"refused key-file-unreadable"}, nothing, shadow_as_key_file},
      {"proc-mount", {"unknown path-unseen"}, nothing, proc_as_ssh},
      {"overlay", {"accepted"}, nothing, overlay},
      {"own-silent", {"refused path-unsearchable"}, nothing, own_file_system(false, Silence::unread)},
      {"silent-for-all", {"unknown account-timeout"}, nothing, own_file_system(true, Silence::unread)},
      {"taken-for-all", {"unknown account-timeout"}, nothing, own_file_system(true, Silence::taken)},
      {"full", {"accepted"}, nothing, full},
      {"quota", {"accepted"}, nothing, with_quota(Oddity::over_quota)},
      {"quota-for-all", {"unknown path-unseen"}, nothing, with_quota(Oddity::all_quota)},
      {"immutable", {"accepted key-file-immutable"}, nothing, flagged(FS_IMMUTABLE_FL)},
      {"append-only", {"accepted key-file-immutable"}, nothing, flagged(FS_APPEND_FL)},
      {"acl", {"accepted acl-writable"}, nothing, thousand_entries},
      {"attributes", {"accepted"}, nothing, attributes},
      {"many-mounts", {"accepted"}, nothing, many_mounts},
      {"swap-victim", at_some_moment, nothing, swapped_with("/home/honest01/.ssh")},
      {"swap-root", at_some_moment, nothing, swapped_with("/root")},
      {"swap-key-file", at_some_moment, nothing, swapped_key_file},
      {"growing", at_some_moment, nothing, growing},
      {"lease", {"unknown path-unseen"}, nothing, lease},
      {"locks", {"accepted"}, nothing, locks},
  };
}

}  // namespace sshaudit::e2e
