// SPDX-License-Identifier: MIT
// What else lies in homes, as odd as it gets: nothing of it is for `fix` to touch.
#include <sys/acl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

#include "fix_tree_generator.h"

namespace sshaudit::e2e {
namespace {

using differential::Dice;

struct Yard {
  AuditedSystem& system;
  const Person& person;
  std::string directory;  // in which it is made
};

void require(bool done, const std::string& what) {
  if (!done) throw std::system_error(errno, std::generic_category(), what);
}

void file(Yard& yard, const std::string& name, mode_t mode, const std::string& text = "text\n") {
  yard.system.make_file(yard.directory + "/" + name, text, yard.person.owner(), mode);
}

void node(Yard& yard, const std::string& name, mode_t mode, dev_t device) {
  const auto path = yard.directory + "/" + name;
  require(mknod(yard.system.on_host(path).c_str(), mode, device) == 0, path);
  yard.system.change_owner(path, yard.person.owner());
  yard.system.change_mode(path, mode & 07777U);
}

void set_attribute(Yard& yard, const std::string& name, const std::string& value) {
  const auto path = yard.system.on_host(yard.directory + "/" + name);
  require(setxattr(path.c_str(), "user.origin", value.data(), value.size(), 0) == 0, path);
}

void second_name(Yard& yard, const std::string& of, const std::string& name) {
  const auto from = yard.system.on_host(yard.directory + "/" + of);
  require(link(from.c_str(), yard.system.on_host(yard.directory + "/" + name).c_str()) == 0, name);
}

void default_acl(Yard& yard, const std::string& name) {
  const std::unique_ptr<std::remove_pointer_t<acl_t>, int (*)(void*)> acl(
      acl_from_text("u::rwx,u:9001:rwx,g::rwx,m::rwx,o::rwx"), acl_free);
  const auto path = yard.system.on_host(yard.directory + "/" + name);
  require(acl && acl_set_file(path.c_str(), ACL_TYPE_DEFAULT, acl.get()) == 0, path);
}

void nested(Yard& yard) {
  const auto top = yard.directory + "/share";
  for (const auto* below : {"", "/deep", "/deep/deeper"}) {
    yard.system.make_directory(top + below, yard.person.owner(), 0777);
  }
  yard.system.make_file(top + "/deep/deeper/authorized_keys", key_line(1, "x"), yard.person.owner(), 0666);
  default_acl(yard, "share");
}

void with_entries(Yard& yard) {
  file(yard, "shared.txt", 0664);
  yard.system.set_acl(yard.directory + "/shared.txt", "u::rw-,u:9001:rw-,g::rw-,g:5000:rw-,m::rw-,o::---");
  set_attribute(yard, "shared.txt", std::string("a\0b\xFF", 4));
}

constexpr std::array anywhere = {
    +[](Yard& y) { file(y, "run.sh", 0777, "#!/bin/sh\n"); },
    +[](Yard& y) { file(y, "setuid", 06777); },
    +[](Yard& y) {
      file(y, "key.pem", 0666, "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n");
    },
    +[](Yard& y) { y.system.make_fifo(y.directory + "/fifo", y.person.owner(), 0666); },
    +[](Yard& y) { node(y, "socket", S_IFSOCK | 0777U, 0); },
    +[](Yard& y) {
      file(y, "one", 0666);
      second_name(y, "one", "other");
    },
    nested,
    with_entries,
    +[](Yard& y) { y.system.make_link("/etc/shadow", y.directory + "/to-shadow", y.person.owner()); },
    +[](Yard& y) { y.system.make_link("/etc", y.directory + "/to-etc", y.person.owner()); },
    +[](Yard& y) { y.system.make_link("../../nowhere", y.directory + "/to-nothing", y.person.owner()); },
    +[](Yard& y) { file(y, "na\nme\xFF", 0666); },
    +[](Yard& y) { file(y, "authorized_keys~", 0666, key_line(2, "old")); },
    +[](Yard& y) { file(y, "known_hosts", 0666); },
    +[](Yard& y) { file(y, "closed", 0000); },
};

constexpr std::array in_home = {
    +[](Yard& y) { y.system.make_file(y.directory + "/roots", "root's\n", root_owner, 0666); },
    +[](Yard& y) { node(y, "null", S_IFCHR | 0666U, makedev(1, 3)); },
    +[](Yard& y) {
      y.system.make_directory(y.directory + "/bobs", {stranger, stranger}, 0777);
    },
    +[](Yard& y) {
      y.system.make_directory(y.directory + "/nobodys", {nobodys_uid, nobodys_gid}, 02777);
    },
};

template <std::size_t size>
void draw(Yard yard, const std::array<void (*)(Yard&), size>& from, std::size_t percent, Dice& dice) {
  for (const auto& make : from) {
    if (dice.chance(percent)) make(yard);
  }
}

}  // namespace

void add_bystanders(AuditedSystem& system, const Person& person, bool has_ssh, Dice& dice) {
  draw({system, person, person.home}, anywhere, 12, dice);
  draw({system, person, person.home}, in_home, 12, dice);
  if (has_ssh) draw({system, person, person.ssh()}, anywhere, 6, dice);
}

}  // namespace sshaudit::e2e
