// SPDX-License-Identifier: MIT
// Accounts with homes that chance has broken in ways that `sshaudit fix --content` mends, among accounts that are well
// and accounts that it has to leave alone. What sshd says to each is worked out from what was made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "audited_system.h"
#include "differential/dice.h"

namespace sshaudit::e2e {

enum class TreeKind {
  refused,    // by sshd, until it is mended
  dangerous,  // accepted, though somebody else could put a key there, or though a line is dead
  well,
  left_alone,  // refused, and nothing that a program should change
};

struct FixTree {
  TreeKind kind = TreeKind::well;
  Person person;
  std::string what;  // is wrong, in words
};

// What every such system has, beside the accounts with trees. Written once, before the first tree.
constexpr uid_t stranger = 9001;  // "bob", who can log in
constexpr gid_t crowd = 5000;     // a group with two members, "bob" and "carol"
constexpr uid_t nobodys_uid = 4999998;
constexpr gid_t nobodys_gid = 4999999;
constexpr auto key_files_setting = "AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/central/%u\n";
void make_surroundings(AuditedSystem& system);

// One file or directory that leads to the key, as it will be made.
struct TreeNode {
  enum class Place {
    directory,  // between key file and home, or the home: sshd looks at it
    passed_by,  // a link in it leads elsewhere: sshd does not look at its mode, but has to come through
    key_file,
    named_file,   // a key file outside the home that sshd_config names for the account alone
    linked_file,  // the account's own key file outside the home
  };
  std::string path;
  Place place = Place::directory;
  Owner owner;
  mode_t mode = 0;
  std::string acl = {};

  bool is_directory() const { return place == Place::directory || place == Place::passed_by; }
};

// What makes a node wrong does to the login and to `fix`.
struct NodeFault {
  std::string what;
  bool refuses = false;
  bool is_hidden = false;      // the account cannot read the file, which is another's
  bool takes_no_file = false;  // a directory in which the account can make no file once it is mended
};

// Breaks the node in a way that can be mended, or makes it odd in a way that is well. What lies behind a link of the
// account's own stays its own: nothing else is given to it.
NodeFault break_node(TreeNode& node, const Person& person, bool is_behind_link, differential::Dice& dice);
void vary_node(TreeNode& node, const Person& person, differential::Dice& dice);

struct KeyText {
  std::string text;
  std::string what;  // is wrong; empty when nothing is
  bool refuses = false;
  bool has_dead_line = false;
};

// The text of a key file with the line of the client's key in it.
KeyText well_text(const std::string& line, differential::Dice& dice);
KeyText broken_text(const std::string& line, differential::Dice& dice);

// Files in the home, and in its .ssh when it has one, that have nothing to do with the login.
void add_bystanders(AuditedSystem& system, const Person& person, bool has_ssh, differential::Dice& dice);

// A tree with a fault that no program should mend; `number` goes through all there are. Adds no row.
FixTree make_left_alone(AuditedSystem& system, Person person, std::size_t number);

// A tree of the kind, with its rows. `number` is different for each.
FixTree make_tree(AuditedSystem& system, TreeKind kind, std::size_t number, std::uint64_t seed);

}  // namespace sshaudit::e2e
