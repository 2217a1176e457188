// SPDX-License-Identifier: MIT
// Twists of where the key file is, and of the modes, owners, lists and links on the way there.
#include <algorithm>
#include <array>

#include "differential/login_draft.h"

namespace sshaudit::differential {
namespace {

using Kind = StageNode::Kind;

constexpr uid_t other_uid = 2002;

// A name for AuthorizedKeysFile, and where the key file is then. "@" is the home, "$" the name of the account, "#" its
// uid; a directory that is empty leaves the key file in its usual place.
struct Place {
  const char* value;
  const char* directory;
  const char* file;
};
constexpr std::array places = {
    Place{"%h/.ssh/authorized_keys", "", ""},
    Place{".ssh/authorized_keys", "", ""},
    Place{"/srv/keys/%u", "/srv/keys", "/srv/keys/$"},
    Place{"/srv/keys/%u", "/srv/keys", "/srv/keys/$"},
    Place{"/srv/keys/%U", "/srv/keys", "/srv/keys/#"},
    Place{"/srv/keys/%u.d/keys", "/srv/keys/$.d", "/srv/keys/$.d/keys"},
    Place{"/etc/ssh/keys/%u .ssh/authorized_keys", "/etc/ssh/keys", "/etc/ssh/keys/$"},
    Place{".ssh/%u.keys", "@/.ssh", "@/.ssh/$.keys"},
    Place{"keys/mine", "@/keys", "@/keys/mine"},
    Place{"%h/keys/%u", "@/keys", "@/keys/$"},
    Place{".ssh/none-here .ssh/authorized_keys", "", ""},
    Place{".ssh/one .ssh/two .ssh/three", "@/.ssh", "@/.ssh/three"},
    Place{"none .ssh/authorized_keys", "", ""},
    Place{"none", "", ""},
    Place{".ssh/wrong", "", ""},
    Place{"/srv/keys/%u", "", ""},
    Place{"~/.ssh/authorized_keys", "", ""},
    Place{"%h/../%u/.ssh/authorized_keys", "", ""},
    Place{"/srv/keys/100%%", "/srv/keys", "/srv/keys/100%"},
    Place{"%x/keys", "", ""},
    Place{"\"/srv/my keys/%u\"", "/srv/my keys", "/srv/my keys/$"},
    Place{"/home/%u/.ssh/authorized_keys", "", ""},
};

std::string filled(const Draft& draft, const char* form) {
  std::string text;
  for (const char* at = form; *at != '\0'; ++at) {
    text += *at == '@'   ? draft.home
            : *at == '$' ? draft.name
            : *at == '#' ? std::to_string(draft.uid)
                         : std::string(1, *at);
  }
  return text;
}

void other_place(Draft& draft) {
  const auto& place = places.at(draft.dice.below(places.size()));
  const auto directory = filled(draft, place.directory);
  const bool possible = draft.file && (draft.house || !directory.starts_with(draft.home));
  if (*place.directory == '\0' || !possible) {
    draft.set("AuthorizedKeysFile", place.value);
    return;
  }
  draft.move_keys(directory, filled(draft, place.file), place.value);
  const auto above = directory.substr(0, directory.rfind('/'));
  if (above == "/srv/keys") draft.parents.insert(draft.parents.begin(), StageNode{above});
  if (draft.dice.chance(60)) draft.file->uid = draft.pick<uid_t>({0, draft.uid});
  if (draft.file->uid == 0) draft.file->mode = draft.pick<mode_t>({0644, 0644, 0600, 0640});
  draft.say(place.value);
}

void second_file(Draft& draft) {
  if (!draft.file || draft.has("AuthorizedKeysFile") || !draft.file->path.ends_with("authorized_keys")) return;
  const auto first = draft.file->path;
  draft.file->path += "2";
  const auto& other = draft.world.keys.keys[draft.scenario.key == 0 ? 1 : 0];
  switch (draft.dice.below(4)) {
    case 0:
      break;
    case 1:
      draft.after.push_back({first, Kind::file, 0600, draft.uid, draft.gid, "# empty\n"});
      break;
    case 2:
      draft.after.push_back({first, Kind::file, 0666, draft.uid, draft.gid, draft.key_words() + "\n"});
      break;
    default:
      draft.after.push_back({first, Kind::file, 0600, draft.uid, draft.gid, other.type + " " + other.base64 + "\n"});
      draft.lines_before.push_back("# of two files");
  }
  if (draft.dice.chance(25)) draft.set("AuthorizedKeysFile", ".ssh/authorized_keys");
}

// The node becomes a link, and what it was lies where the link leads.
void lead_away(Draft& draft, StageNode& node, const std::string& target) {
  StageNode link{node.path, Kind::link, 0777, draft.uid, draft.gid, target};
  node.path = target.starts_with('/') ? target : node.path.substr(0, node.path.rfind('/') + 1) + target;
  draft.after.push_back(link);
}

void file_is_link(Draft& draft) {
  if (!draft.file || !draft.house) return;
  const auto link_only = [&](const std::string& target) {
    draft.file->kind = Kind::link;
    draft.file->text = target;
  };
  switch (draft.dice.below(7)) {
    case 0:
      draft.before.push_back({"/srv/elsewhere", Kind::directory, draft.pick<mode_t>({0755, 0755, 0700, 0775, 0777}),
                              draft.pick<uid_t>({0, 0, draft.uid, other_uid})});
      lead_away(draft, *draft.file, "/srv/elsewhere/keys");
      break;
    case 1:
      lead_away(draft, *draft.file, draft.house->path + "/real-keys");
      break;
    case 2:
      lead_away(draft, *draft.file, "real-keys");
      break;
    case 3:
      lead_away(draft, *draft.file, "/srv/real-keys");
      break;
    case 4:
      link_only("/srv/none");
      break;
    case 5:
      link_only(draft.file->path);
      break;
    default:
      draft.after.push_back({"/srv/first", Kind::link, 0777, 0, 0, "/srv/second"});
      lead_away(draft, *draft.file, "/srv/second");
      draft.after.back().text = "/srv/first";
  }
  if (draft.dice.chance(40)) draft.house->mode = draft.pick<mode_t>({0777, 0775, 0755});
}

void directory_is_link(Draft& draft) {
  if (draft.parents.empty() || !draft.house) return;
  const auto path = draft.parents.back().path;
  const auto way = draft.dice.below(5);
  if (way >= 3) {
    draft.parents.back().kind = Kind::link;
    draft.parents.back().text = way == 3 ? "/srv/none" : path;
    draft.file.reset();
    return;
  }
  const auto target = way == 0 ? std::string("/srv/dot-ssh") : way == 1 ? draft.house->path + "/dot" : "/home/dot-ssh";
  draft.before.push_back({path, Kind::link, 0777, draft.uid, draft.gid, target});
  if (path.starts_with(draft.house->path + "/")) {
    draft.before.insert(draft.before.end() - 1, *draft.house);  // it has to be there before
  }
  draft.parents.back().path = target;
}

void other_kind(Draft& draft) {
  if (!draft.file) return;
  switch (draft.dice.below(6)) {
    case 0:
      draft.file->kind = Kind::directory;
      draft.file->mode = 0755;
      break;
    case 1:
      draft.file->kind = Kind::fifo;
      break;
    case 2:
      draft.has_key_line = false;
      break;
    case 3:
      if (draft.parents.empty() || draft.parents.back().path == "/srv/keys") break;
      draft.parents.back().kind = Kind::file;
      draft.parents.back().mode = 0644;
      draft.file.reset();
      break;
    case 4:
      draft.after.push_back({draft.file->path + draft.pick({".pub", ".bak", "s", "~"}), Kind::file, 0600, draft.uid,
                             draft.gid, draft.key_words() + "\n"});
      draft.file.reset();
      break;
    default:
      draft.file.reset();
  }
}

std::vector<StageNode*> nodes_of(Draft& draft) {
  std::vector<StageNode*> nodes;
  if (draft.house) nodes.push_back(&*draft.house);
  for (auto& parent : draft.parents) nodes.push_back(&parent);
  if (draft.file) nodes.push_back(&*draft.file);
  return nodes;
}

StageNode* any_node(Draft& draft) {
  const auto nodes = nodes_of(draft);
  return nodes.empty() ? nullptr : nodes[draft.dice.below(nodes.size())];
}

void odd_mode(Draft& draft) {
  auto* const node = any_node(draft);
  if (node == nullptr) return;
  const bool is_file = node->kind == Kind::file;
  node->mode = is_file ? draft.pick<mode_t>({0644, 0664, 0666, 0640, 0400, 0200, 0000, 0622, 0604, 0755, 0777, 0660})
                       : draft.pick<mode_t>({0755, 0711, 0700, 0750, 0777, 0775, 0770, 0757, 0000, 0600, 0500, 01777,
                                             02755, 0100, 0400, 02775, 0555});
  draft.say(fmt::format("{:04o} {}", node->mode, node->path));
}

void odd_owner(Draft& draft) {
  auto* const node = any_node(draft);
  if (node == nullptr) return;
  node->uid = draft.pick<uid_t>({0, 0, 0, other_uid, 65534, 5555});
  node->gid = draft.pick<gid_t>({0, draft.gid, draft.gid, 100, 3000});
  if (draft.dice.chance(60)) node->mode = node->kind == Kind::file ? 0644 : 0755;
  if (draft.dice.chance(50)) draft.add_other_account("bob", other_uid, other_uid);
}

// Modes that Debian takes where the group is private, and groups that are and that are not.
void group_writes(Draft& draft) {
  const auto nodes = nodes_of(draft);
  if (nodes.empty()) return;
  auto& group = draft.groups[0];
  const auto count = draft.dice.chance(50) ? nodes.size() : 1;
  const auto first = draft.dice.below(nodes.size());
  const auto of_group = draft.pick<gid_t>({draft.gid, draft.gid, draft.gid, draft.gid, draft.gid, 100, 3000, 0, 4711});
  for (std::size_t i = 0; i < count; ++i) {
    auto& node = *nodes[(first + i) % nodes.size()];
    node.mode = node.kind == Kind::file ? 0664 : 0775;
    node.gid = of_group;
  }
  if (draft.dice.chance(15)) nodes[first]->uid = draft.pick<uid_t>({0, 0, other_uid});
  switch (draft.dice.below(8)) {
    case 0:
      group.members = draft.name;
      break;
    case 1:
      group.members = draft.name + ",bob";
      draft.add_other_account("bob", other_uid, other_uid);
      break;
    case 2:
      group.members = draft.pick({"bob", "root", "nobody-there"});
      break;
    case 3:
      draft.add_other_account("bob", other_uid, draft.gid);
      break;
    case 4:
      draft.add_other_account("alias", draft.uid, draft.gid);
      break;
    case 5:
      draft.groups[2].members = draft.name;
      break;
    default:
      break;
  }
}

void has_acl(Draft& draft) {
  auto* const node = any_node(draft);
  if (node == nullptr || node->kind == Kind::link) return;
  const auto uid = draft.uid;
  const auto gid = draft.gid;
  const std::string user = fmt::format("u:{}", uid);
  const bool is_file = node->kind == Kind::file;
  const std::array<std::string, 8> lists = {fmt::format("u::rwx,u:{}:rwx,g::---,m::rwx,o::---", other_uid),
                                            fmt::format("u::rwx,u:{}:r-x,g::---,m::r-x,o::---", other_uid),
                                            fmt::format("u::rwx,u:{}:rwx,g::---,m::r-x,o::---", other_uid),
                                            fmt::format("u::rwx,{}:r-x,g::---,m::r-x,o::---", user),
                                            fmt::format("u::rwx,{}:---,g::r-x,m::r-x,o::r-x", user),
                                            fmt::format("u::rwx,g::---,g:{}:r-x,m::r-x,o::---", gid),
                                            fmt::format("u::rwx,{}:rwx,g::r-x,m::---,o::r-x", user),
                                            "u::rwx,g::rwx,g:3000:rwx,m::rwx,o::r-x"};
  node->acl = lists.at(draft.dice.below(lists.size()));
  if (is_file && draft.dice.chance(70)) std::ranges::replace(node->acl, 'x', '-');
  if (draft.dice.chance(50)) node->uid = draft.pick<uid_t>({0, 0, other_uid});
  draft.say(fmt::format("ACL {} {}", node->acl, node->path));
}

void odd_root(Draft& draft) {
  const auto path = draft.pick({"/home", "/srv", "/home", "/srv", "/etc/ssh"});
  draft.before.insert(draft.before.begin(),
                      StageNode{path, Kind::directory, draft.pick<mode_t>({0777, 0775, 0700, 0711, 0755, 01777}),
                                draft.pick<uid_t>({0, 0, 0, other_uid, draft.uid})});
  draft.say(path);
}

constexpr std::array twists = {
    Twist{"AuthorizedKeysFile", 14, other_place},
    Twist{"authorized_keys2", 5, second_file},
    Twist{"file is a link", 6, file_is_link},
    Twist{"directory is a link", 5, directory_is_link},
    Twist{"kind of file", 6, other_kind},
    Twist{"mode", 14, odd_mode},
    Twist{"owner", 9, odd_owner},
    Twist{"group writes", 12, group_writes},
    Twist{"ACL", 9, has_acl},
    Twist{"outer directory", 6, odd_root},
};

}  // namespace

std::span<const Twist> tree_twists() { return twists; }

}  // namespace sshaudit::differential
