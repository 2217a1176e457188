// SPDX-License-Identifier: MIT
// Owners, modes and ACLs of single files and directories: what is wrong and can be mended, and what is odd and well.
#include <algorithm>
#include <span>

#include "fix_tree_generator.h"

namespace sshaudit::e2e {
namespace {

using Modes = std::vector<mode_t>;

enum class By { account, root, nobody };
enum class Of { own, crowd, root, nobody };

constexpr unsigned writes = 1;          // for others: sshd minds where it looks
constexpr unsigned shuts_out = 2;       // the account may not search or read it
constexpr unsigned is_strangers = 4;    // the owner is one that sshd does not trust
constexpr unsigned hides = 8;           // shuts out, and the account is not the owner
constexpr unsigned takes_no_file = 16;  // in it the account can make no file, once it is mended
constexpr unsigned forgiven = 32;       // sshd takes the group for the account's own

// "@" in an ACL is the account's uid.
struct Row {
  const char* what;
  By owner;
  Of group;
  Modes modes;
  unsigned effects;
  const char* acl = "";
};

const std::vector<Row> directory_faults = {
    {"crowd writes", By::account, Of::crowd, {0775, 0770, 0720, 02775, 02770, 01775, 03775}, writes},
    {"others write", By::account, Of::own, {0777, 0757, 0703, 0702, 0707, 01777, 03777, 02757}, writes},
    {"root's group writes", By::account, Of::root, {0775, 0730, 02775}, writes},
    {"unknown group writes", By::account, Of::nobody, {0775, 0771}, writes},
    {"no search", By::account, Of::own, {0600, 0640, 0644, 0200, 02600, 01644}, shuts_out},
    {"no search, no write", By::account, Of::own, {0000, 0400, 0055, 0444, 02000}, shuts_out | takes_no_file},
    {"no search, others write", By::account, Of::own, {0666, 0602, 0622, 01666}, shuts_out | writes},
    {"no search, crowd writes", By::account, Of::crowd, {0660, 0620}, shuts_out | writes},
    {"root's alone", By::root, Of::root, {0700, 0750, 0600}, shuts_out | hides},
    {"root's alone, nothing", By::root, Of::root, {0000, 0500}, shuts_out | hides | takes_no_file},
    {"root's alone, own group", By::root, Of::own, {0700, 02700}, shuts_out | hides},
    {"root's, others write", By::root, Of::root, {0777, 0757, 03777}, writes},
    {"root's, crowd's", By::root, Of::crowd, {0770, 02770}, shuts_out | hides | writes},
    {"nobody's", By::nobody, Of::nobody, {0755, 0711}, is_strangers},
    {"nobody's, own group", By::nobody, Of::own, {0755, 0750}, is_strangers},
    {"nobody's alone", By::nobody, Of::nobody, {0700, 0750}, is_strangers | shuts_out | hides},
    {"nobody's, others write", By::nobody, Of::nobody, {0777, 01777, 02777}, is_strangers | writes},
    {"entry writes", By::account, Of::crowd, {0755, 02755}, writes, "u::rwx,u:9001:rwx,g::r-x,m::rwx,o::r-x"},
    {"entries write", By::account, Of::crowd, {0755}, writes, "u::rwx,u:9001:-w-,g::rwx,g:5000:rwx,m::rwx,o::---"},
    {"mask writes", By::account, Of::crowd, {0755}, writes, "u::rwx,u:9001:r-x,g::r-x,m::rwx,o::r-x"},
    {"mask hides entry", By::account, Of::crowd, {01755}, writes, "u::rwx,u:9001:rwx,g::rwx,m::-w-,o::---"},
    {"entry and others write", By::account, Of::own, {0755}, writes, "u::rwx,u:9001:rwx,g::r-x,m::rwx,o::rwx"},
    {"entry writes, forgiven", By::account, Of::own, {0755}, forgiven, "u::rwx,u:9001:rwx,g::r-x,m::rwx,o::---"},
    {"crowd's entry, forgiven", By::account, Of::own, {0755}, forgiven, "u::rwx,g::rwx,g:5000:rwx,m::rwx,o::r-x"},
    {"no search by ACL", By::account, Of::own, {0755}, shuts_out, "u::rw-,u:9001:r-x,g::r-x,m::r-x,o::---"},
    {"root's, own entry", By::root, Of::root, {0755}, writes, "u::rwx,u:@:rwx,g::---,m::rwx,o::---"},
    {"nobody's, own entry", By::nobody, Of::nobody, {0755}, is_strangers, "u::rwx,u:@:r-x,g::---,m::r-x,o::---"},
};

const std::vector<Row> file_faults = {
    {"crowd writes", By::account, Of::crowd, {0664, 0660, 0620, 01664, 0770}, writes},
    {"others write", By::account, Of::own, {0666, 0606, 0602, 0646, 01666, 0777}, writes},
    {"root's group writes", By::account, Of::root, {0664}, writes},
    {"unknown group writes", By::account, Of::nobody, {0664}, writes},
    {"entry writes", By::account, Of::crowd, {0644}, writes, "u::rw-,u:9001:rw-,g::r--,m::rw-,o::r--"},
    {"entries write", By::account, Of::crowd, {0644}, writes, "u::rw-,u:9001:-w-,g::rwx,g:5000:rw-,m::rwx,o::---"},
    {"mask writes", By::account, Of::crowd, {0644}, writes, "u::r--,u:9001:r--,g::r--,m::rw-,o::---"},
    {"entry and others write", By::account, Of::own, {0644}, writes, "u::rw-,u:9001:rw-,g::r--,m::rw-,o::rw-"},
};

// Behind those above: not for a file that lies outside the home.
const std::vector<Row> home_file_faults = {
    {"no read", By::account, Of::own, {0000, 0200, 0044, 0300, 01000}, shuts_out},
    {"no read, others write", By::account, Of::own, {0066, 0222, 0006}, shuts_out | writes},
    {"no read, crowd writes", By::account, Of::crowd, {0060, 0264}, shuts_out | writes},
    {"no read by ACL", By::account, Of::own, {0644}, shuts_out, "u::-w-,u:9001:r--,g::r--,m::r--,o::---"},
    {"root's alone", By::root, Of::root, {0600, 0640, 0400, 0000}, shuts_out | hides},
    {"root's, own group", By::root, Of::own, {0600}, shuts_out | hides},
    {"root's, crowd's", By::root, Of::crowd, {0660}, shuts_out | hides | writes},
    {"root's, others write", By::root, Of::root, {0666, 0646, 01666}, writes},
    {"root's, own entry", By::root, Of::root, {0644}, writes, "u::rw-,u:@:rw-,g::---,m::rw-,o::---"},
    {"nobody's", By::nobody, Of::nobody, {0644, 0444}, is_strangers},
    {"nobody's, own group", By::nobody, Of::own, {0640, 0644}, is_strangers},
    {"nobody's alone", By::nobody, Of::nobody, {0600, 0640}, is_strangers | shuts_out | hides},
    {"nobody's, others write", By::nobody, Of::nobody, {0666}, is_strangers | writes},
    {"entry writes, forgiven", By::account, Of::own, {0644}, forgiven, "u::rw-,u:9001:rw-,g::r--,m::rw-,o::---"},
};

const std::vector<Row> named_file_faults = {
    {"root's, others write", By::root, Of::root, {0666, 0646}, writes},
    {"root's, crowd writes", By::root, Of::crowd, {0664}, writes},
    {"root's, own entry", By::root, Of::root, {0644}, writes, "u::rw-,u:@:rw-,g::---,m::rw-,o::---"},
};

const std::vector<Row> odd_directories = {
    {"", By::account, Of::own, {0700, 0755, 0750, 0711, 0775, 0770, 02755, 02775, 01755}, 0},
    {"", By::account, Of::crowd, {0755, 02750}, 0},
    {"", By::root, Of::root, {0755, 0711, 01755}, 0},
    {"", By::account, Of::own, {0755}, 0, "u::rwx,u:9001:r-x,g::r-x,m::r-x,o::---"},
};

const std::vector<Row> odd_files = {
    {"", By::account, Of::own, {0600, 0644, 0400, 0664, 0660, 0444, 0700, 01600}, 0},
    {"", By::account, Of::crowd, {0640, 0644}, 0},
    {"", By::root, Of::root, {0644, 0444}, 0},
    {"", By::account, Of::own, {0644}, 0, "u::rw-,u:9001:r--,g::r--,m::r--,o::---"},
};

uid_t uid_of(By owner, const Person& person) {
  return owner == By::account ? person.uid : owner == By::root ? 0 : nobodys_uid;
}

gid_t gid_of(Of group, const Person& person) {
  if (group == Of::own) return person.gid;
  return group == Of::crowd ? crowd : group == Of::root ? 0 : nobodys_gid;
}

void make(TreeNode& node, const Row& row, const Person& person, differential::Dice& dice) {
  node.owner = {uid_of(row.owner, person), gid_of(row.group, person)};
  node.mode = row.modes.at(dice.below(row.modes.size()));
  node.acl = row.acl;
  if (const auto at = node.acl.find('@'); at != std::string::npos) {
    node.acl.replace(at, 1, std::to_string(person.uid));
  }
}

std::vector<Row> faults_for(TreeNode::Place place) {
  if (place == TreeNode::Place::directory || place == TreeNode::Place::passed_by) return directory_faults;
  auto rows = file_faults;
  const auto* more = place == TreeNode::Place::key_file     ? &home_file_faults
                     : place == TreeNode::Place::named_file ? &named_file_faults
                                                            : nullptr;
  if (more != nullptr) rows.insert(rows.end(), more->begin(), more->end());
  return rows;
}

}  // namespace

NodeFault break_node(TreeNode& node, const Person& person, bool is_behind_link, differential::Dice& dice) {
  auto rows = faults_for(node.place);
  if (is_behind_link) std::erase_if(rows, [](const Row& row) { return row.owner != By::account; });
  const auto& row = rows.at(dice.below(rows.size()));
  make(node, row, person, dice);
  const auto has = [&](unsigned effect) { return (row.effects & effect) != 0; };
  const bool is_looked_at = node.place != TreeNode::Place::passed_by;
  return {.what = node.path + ": " + row.what,
          .refuses = has(shuts_out) || (is_looked_at && (has(writes) || has(is_strangers))),
          .is_hidden = has(hides) && !node.is_directory(),
          .takes_no_file = has(takes_no_file)};
}

void vary_node(TreeNode& node, const Person& person, differential::Dice& dice) {
  const auto& rows = node.is_directory() ? odd_directories : odd_files;
  const auto& row = rows.at(dice.below(rows.size()));
  make(node, row, person, dice);
}

}  // namespace sshaudit::e2e
