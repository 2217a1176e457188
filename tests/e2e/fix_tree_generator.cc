// SPDX-License-Identifier: MIT
#include "fix_tree_generator.h"

#include <sys/stat.h>
#include <sys/xattr.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "debian_etc.h"

namespace sshaudit::e2e {
namespace {

using differential::Dice;
using Place = TreeNode::Place;

struct Link {
  std::string path;
  std::string target;
};

// The way to the key of one account: directories from the home on, and the key file at the end.
struct Draft {
  Person person;
  std::vector<TreeNode> nodes;
  std::vector<Link> links;
  KeyText text;
  bool refuses = false;
  bool can_be_mended = true;
  std::string what;
};

void add_directory(Draft& draft, const std::string& path, Place place = Place::directory) {
  draft.nodes.push_back({path, place, draft.person.owner(), 0755});
}

void add_file(Draft& draft, const std::string& path, Place place = Place::key_file) {
  draft.nodes.push_back({path, place, draft.person.owner(), 0600});
}

void usual(Draft& draft, Dice&) {
  add_directory(draft, draft.person.home);
  add_directory(draft, draft.person.ssh());
  add_file(draft, draft.person.key_file());
}

void file_behind_link(Draft& draft, Dice& dice) {
  const auto& home = draft.person.home;
  add_directory(draft, home);
  add_directory(draft, draft.person.ssh(), Place::passed_by);
  add_directory(draft, home + "/keys");
  add_file(draft, home + "/keys/laptop.pub");
  draft.links.push_back({draft.person.key_file(), (dice.chance(50) ? ".." : home) + "/keys/laptop.pub"});
}

void directory_behind_link(Draft& draft, Dice& dice) {
  const auto& home = draft.person.home;
  add_directory(draft, home);
  add_directory(draft, home + "/dotfiles");
  add_directory(draft, home + "/dotfiles/ssh");
  add_file(draft, home + "/dotfiles/ssh/authorized_keys");
  draft.links.push_back({draft.person.ssh(), (dice.chance(50) ? "" : home + "/") + "dotfiles/ssh"});
}

void file_outside(Draft& draft, Dice&) {
  add_directory(draft, draft.person.home, Place::passed_by);
  add_directory(draft, draft.person.ssh(), Place::passed_by);
  add_file(draft, "/etc/ssh/keys/" + draft.person.name, Place::linked_file);
  draft.links.push_back({draft.person.key_file(), draft.nodes.back().path});
}

void named_file(Draft& draft, Dice&) { add_file(draft, "/etc/ssh/central/" + draft.person.name, Place::named_file); }

constexpr std::array layouts = {usual, usual, usual, file_behind_link, directory_behind_link, file_outside, named_file};

void break_one(Draft& draft, TreeNode& node, Dice& dice) {
  const bool is_on_the_way = node.path == draft.person.home || node.path == draft.person.ssh();
  const auto fault = break_node(node, draft.person, !draft.links.empty() && !is_on_the_way, dice);
  draft.refuses = draft.refuses || fault.refuses;
  draft.what += (draft.what.empty() ? "" : "; ") + fault.what;
  const bool is_last_directory = draft.nodes.size() > 1 && &node == &*(draft.nodes.end() - 2);
  const bool has_text = !draft.text.what.empty();
  if (has_text && fault.is_hidden && draft.text.has_dead_line) draft.can_be_mended = false;
  if (has_text && fault.takes_no_file && is_last_directory) draft.can_be_mended = false;
}

// What root or nobody shows to others in a directory that the account cannot enter, it is not shown by `fix`.
bool shows_what_was_hidden(const Draft& draft) {
  for (std::size_t i = 1; i + 2 < draft.nodes.size(); ++i) {
    const auto& above = draft.nodes[i];
    const auto& below = draft.nodes[i + 1];
    const bool is_in_it = below.path.starts_with(above.path + "/");
    constexpr mode_t others_read = S_IRGRP | S_IROTH;
    constexpr mode_t others_enter = S_IROTH | S_IXOTH;
    const bool is_open = above.acl.empty() && (above.mode & others_enter) == others_enter;
    const bool is_given = above.owner.uid != draft.person.uid && !is_open;
    const bool is_shown =
        below.owner.uid != draft.person.uid && (!below.acl.empty() || (below.mode & others_read) != 0);
    if (is_in_it && is_given && is_shown) return true;
  }
  return false;
}

// A file of root's to which a link of the account's leads may be any of root's: `fix` does not write it.
bool is_roots_text_behind_link(const Draft& draft) {
  return draft.text.refuses && !draft.links.empty() && draft.nodes.back().owner.uid == 0;
}

void make_all_roots(Draft& draft) {
  for (auto& node : draft.nodes) {
    node.owner = root_owner;
    node.mode = node.is_directory() ? 0700 : 0600;
  }
  draft.what = "all is root's alone";
  draft.refuses = true;
}

void break_some(Draft& draft, Dice& dice) {
  const bool has_content = draft.nodes.back().place == Place::key_file;
  if (has_content && draft.links.empty() && dice.chance(10)) return make_all_roots(draft);
  auto faults = 1 + dice.below(4);
  if (has_content && dice.chance(faults * 15)) {
    draft.text = broken_text(ClientKeys::line("ed25519"), dice);
    draft.refuses = draft.text.refuses;
    draft.what = draft.text.what;
    --faults;
  }
  std::vector<TreeNode*> left;
  for (auto& node : draft.nodes) left.push_back(&node);
  for (; faults > 0 && !left.empty(); --faults) {
    const auto drawn = left.begin() + static_cast<std::ptrdiff_t>(dice.below(left.size()));
    break_one(draft, **drawn, dice);
    left.erase(drawn);
  }
}

Draft drawn_once(const Person& person, TreeKind kind, Dice& dice) {
  Draft draft{.person = person};
  layouts.at(dice.below(layouts.size()))(draft, dice);
  draft.text = well_text(ClientKeys::line("ed25519"), dice);
  for (auto& node : draft.nodes) {
    const bool may_be_odd = node.place != Place::linked_file && dice.chance(kind == TreeKind::well ? 80 : 30);
    if (may_be_odd) vary_node(node, person, dice);
  }
  if (kind != TreeKind::well) break_some(draft, dice);
  return draft;
}

Draft drawn(const Person& person, TreeKind kind, Dice& dice) {
  while (true) {
    auto draft = drawn_once(person, kind, dice);
    const bool is_it = draft.refuses == (kind == TreeKind::refused);
    if (!is_it || !draft.can_be_mended || is_roots_text_behind_link(draft)) continue;
    if (!shows_what_was_hidden(draft)) return draft;
  }
}

void set_attribute(AuditedSystem& system, const std::string& path) {
  constexpr std::string_view value = "kept";
  if (setxattr(system.on_host(path).c_str(), "user.origin", value.data(), value.size(), 0) != 0) {
    throw std::system_error(errno, std::generic_category(), "set attribute of " + path);
  }
}

// Owners, modes and ACLs come last, so that what lies below can be made.
void write(AuditedSystem& system, const Draft& draft, Dice& dice) {
  const auto& person = draft.person;
  const bool has_home = draft.nodes.front().path == person.home;
  if (!has_home) system.make_directory(person.home, person.owner(), 0755);
  for (const auto& node : draft.nodes) {
    if (node.is_directory()) system.make_directory(node.path, root_owner, 0700);
    if (!node.is_directory()) system.make_file(node.path, draft.text.text, root_owner, 0600);
    if (dice.chance(20)) set_attribute(system, node.path);
  }
  for (const auto& link : draft.links) system.make_link(link.target, link.path, person.owner());
  // Bystanders of others would not be shown to the account, and so the directory not be given to it.
  const auto is_ssh = [&](const TreeNode& node) { return node.path == person.ssh() && node.owner.uid == person.uid; };
  add_bystanders(system, person, std::ranges::any_of(draft.nodes, is_ssh), dice);
  for (const auto& node : draft.nodes) {
    system.change_owner(node.path, node.owner);
    system.change_mode(node.path, node.mode);
    if (!node.acl.empty()) system.set_acl(node.path, node.acl);
  }
}

std::string name_of(std::size_t number) {
  std::array<char, 16> name{};
  std::snprintf(name.data(), name.size(), "tree%05zu", number);
  return name.data();
}

}  // namespace

void make_surroundings(AuditedSystem& system) {
  const auto bob = system.add_usual_person("bob", stranger);
  const auto carol = system.add_usual_person("carol", stranger + 1);
  system.add_group("crowd", crowd, {bob.name, carol.name});
  for (const auto* path : {"/srv/homes", "/srv/pool", "/etc/ssh/keys", "/etc/ssh/central"}) {
    system.make_directory(path, root_owner, 0755);
  }
}

FixTree make_tree(AuditedSystem& system, TreeKind kind, std::size_t number, std::uint64_t seed) {
  Dice dice(seed * 1'000'003 + number);
  auto person = system.person(name_of(number), static_cast<uid_t>(20000 + number));
  if (dice.chance(40)) person.home = "/srv/homes/" + person.name;
  FixTree tree{kind, person, ""};
  if (kind == TreeKind::left_alone) {
    tree = make_left_alone(system, person, number);
  } else {
    const auto draft = drawn(person, kind, dice);
    write(system, draft, dice);
    tree.what = draft.what;
  }
  system.add_row(tree.person);
  system.add_group(tree.person.name, tree.person.gid);
  return tree;
}

}  // namespace sshaudit::e2e
