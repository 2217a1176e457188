// SPDX-License-Identifier: MIT
// Faults that keep sshd from accepting and that are for a person to look at: something of others is touched by any
// change, or what would be made readable is more than keys.
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "debian_etc.h"
#include "fix_tree_generator.h"

namespace sshaudit::e2e {
namespace {

struct Lot {
  AuditedSystem& system;
  Person& person;
  std::string line;  // with the client's key
};

constexpr Owner bob{stranger, stranger};

void replace_key_file(Lot& lot, const std::string& text, Owner owner, mode_t mode) {
  lot.system.remove(lot.person.key_file());
  lot.system.make_file(lot.person.key_file(), text, owner, mode);
}

void lead_to(Lot& lot, const std::string& target) {
  lot.system.remove(lot.person.key_file());
  lot.system.make_link(target, lot.person.key_file(), lot.person.owner());
}

std::string pool(const Lot& lot) { return "/srv/pool/" + lot.person.name; }

void second_name(Lot& lot) {
  const auto other = pool(lot) + "-root";
  lot.system.make_file(other, lot.line, root_owner, 0600);
  lot.system.remove(lot.person.key_file());
  if (link(lot.system.on_host(other).c_str(), lot.system.on_host(lot.person.key_file()).c_str()) != 0) {
    throw std::system_error(errno, std::generic_category(), "link " + other);
  }
}

void close_with_something_in_it(Lot& lot) {
  lot.system.make_file(lot.person.ssh() + "/secret", "of root\n", root_owner, 0644);
  lot.system.change_owner(lot.person.ssh(), root_owner);
}

void move_home(Lot& lot, const std::string& above, Owner owner, mode_t mode) {
  lot.system.make_directory(above, owner, mode);
  lot.system.move(lot.person.home, above + "/home");
  lot.person.home = above + "/home";
}

struct Row {
  const char* what;
  void (*make)(Lot&);
};

const std::vector<Row> rows = {
    {".ssh is bob's", [](Lot& l) { l.system.change_owner(l.person.ssh(), bob); }},
    {"home is bob's", [](Lot& l) { l.system.change_owner(l.person.home, bob); }},
    {"key file is bob's", [](Lot& l) { replace_key_file(l, l.line, bob, 0644); }},
    {"key file is a second name of root's file", second_name},
    {"key file in a directory for all",
     [](Lot& l) {
       l.system.make_directory(pool(l), root_owner, 0777);
       l.system.make_file(pool(l) + "/key", l.line, l.person.owner(), 0600);
       lead_to(l, pool(l) + "/key");
     }},
    {"key file of bob's home",
     [](Lot& l) {
       const auto key = "/home/bob/for-" + l.person.name;
       l.system.make_file(key, l.line, bob, 0666);
       lead_to(l, key);
     }},
    {"key file is a FIFO",
     [](Lot& l) {
       l.system.remove(l.person.key_file());
       l.system.make_fifo(l.person.key_file(), l.person.owner(), 0666);
     }},
    {"key file is a directory",
     [](Lot& l) {
       l.system.remove(l.person.key_file());
       l.system.make_directory(l.person.key_file(), l.person.owner(), 0777);
     }},
    {"key file is a link to nothing", [](Lot& l) { lead_to(l, "nothing"); }},
    {"shell is missing", [](Lot& l) { l.person.shell = "/opt/gone"; }},
    {"key file is setuid", [](Lot& l) { l.system.change_mode(l.person.key_file(), 04666); }},
    {"key file is setgid", [](Lot& l) { l.system.change_mode(l.person.key_file(), 02666); }},
    {"root's closed .ssh with something to read in it", close_with_something_in_it},
    {"root's closed key file with a private key",
     [](Lot& l) { replace_key_file(l, l.line + "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n", root_owner, 0600); }},
    {"root's closed key file with prose",
     [](Lot& l) { replace_key_file(l, "password: x\n" + l.line, root_owner, 0600); }},
    {"named key file that only root reads",
     [](Lot& l) {
       l.system.remove(l.person.key_file());
       l.system.make_file("/etc/ssh/central/" + l.person.name, l.line, root_owner, 0600);
     }},
    {"root's closed home below a directory for all",
     [](Lot& l) {
       move_home(l, pool(l), root_owner, 0777);
       l.system.change_owner(l.person.home, root_owner);
       l.system.change_mode(l.person.home, 0700);
     }},
    {"home below a closed directory", [](Lot& l) { move_home(l, pool(l), root_owner, 0700); }},
    {"key is in no line", [](Lot& l) { replace_key_file(l, key_line(7, "other"), l.person.owner(), 0600); }},
};

}  // namespace

FixTree make_left_alone(AuditedSystem& system, Person person, std::size_t number) {
  system.add_usual_home(person);
  const auto& row = rows.at(number % rows.size());
  Lot lot{system, person, ClientKeys::line("ed25519")};
  replace_key_file(lot, lot.line, person.owner(), 0600);
  row.make(lot);
  return {TreeKind::left_alone, person, row.what};
}

}  // namespace sshaudit::e2e
