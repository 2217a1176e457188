// SPDX-License-Identifier: MIT
// Twists of the account itself: its name, its rows, its shell, its home, its groups.
#include <algorithm>
#include <array>

#include "differential/login_draft.h"

namespace sshaudit::differential {
namespace {

using Kind = StageNode::Kind;

constexpr const char* some_hash = "$y$j9T$aaaaaaaaaaaaaaaaaaaaaa$bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
constexpr uid_t other_uid = 2002;

void other_name(Draft& draft) {
  draft.name = draft.pick({"bob-2", "al.ice", "svc_web", "Alice", "alicealicealicealicealice", "a", "alice$"});
  draft.move_home("/home/" + draft.name);
}

void become_uid_0(Draft& draft, const std::string& name, const std::string& home) {
  draft.name = name;
  draft.move_home(home);
  draft.uid = 0;
  draft.gid = 0;
  for (auto& parent : draft.parents) parent.uid = parent.gid = 0;
  if (draft.file) draft.file->uid = draft.file->gid = 0;
  if (draft.house) draft.house->uid = draft.house->gid = 0;
  const auto value = draft.pick({"", "yes", "yes", "prohibit-password", "without-password", "forced-commands-only",
                                 "forced-commands-only", "no"});
  if (!value.empty()) draft.set("PermitRootLogin", value);
  if (value == "forced-commands-only" && draft.dice.chance(60)) draft.options = "command=\"/srv/bin/forced\"";
  if (draft.dice.chance(15)) draft.set("ForceCommand", "/srv/bin/forced");
}

void is_root(Draft& draft) { become_uid_0(draft, "root", "/root"); }
void is_second_root(Draft& draft) { become_uid_0(draft, "toor", "/home/toor"); }

// A shell that is there and works, but is none that any system has.
void add_own_shell(Draft& draft, mode_t mode, uid_t owner = 0) {
  draft.before.push_back({"/srv/shells", Kind::directory, 0755});
  draft.before.push_back({"/srv/shells/own", Kind::file, mode, owner, 0, "#!/bin/sh\nexec /bin/sh \"$@\"\n"});
  draft.shell = "/srv/shells/own";
}

void odd_shell(Draft& draft) {
  switch (draft.dice.below(9)) {
    case 0:
      add_own_shell(draft, draft.pick<mode_t>({0755, 0755, 0700, 0750, 0644, 0600, 0555, 0777, 0100}));
      break;
    case 1:
      add_own_shell(draft, 0700, draft.uid);
      break;
    case 2:
      draft.before.push_back({"/srv/link", Kind::link, 0777, 0, 0, draft.pick({"/bin/sh", "/bin/none", "/srv/link"})});
      draft.shell = "/srv/link";
      break;
    default:
      draft.shell =
          draft.pick({"/bin/zsh-none", "/usr/sbin/nologin", "/usr/sbin/nologin", "/usr/sbin/nologin",
                      "/usr/sbin/nologin", "/bin/false", "/bin/false", "/bin/true", "/usr/bin", "/bin/bash", "",
                      "/bin/sh ", "/bin/bash -l", "/etc/passwd", "sh", "/usr/bin/false", "/dev/null", "/bin/dash"});
  }
  draft.say("shell \"" + draft.shell + "\"");
}

void odd_password(Draft& draft) {
  if (!draft.shadow) return;
  draft.shadow->password =
      draft.pick({"!", "!!", "!*", "*", "", "x", "*LK*", "!$y$j9T$abc$def", some_hash, "!x", " !"});
  draft.use_pam = draft.dice.chance(40);
}

void expires(Draft& draft) {
  if (!draft.shadow) return;
  const auto today = draft.world.today;
  constexpr std::array<std::int64_t, 7> days = {-1, 0, 1, -400, 30, 1000, 0};
  draft.shadow->expire = draft.dice.chance(12) ? draft.pick({"0", "1", "-1", "99999"})
                                               : std::to_string(today + days.at(draft.dice.below(days.size())));
}

// Days before now, and the rest of the row; all around the limits.
void ages(Draft& draft) {
  if (!draft.shadow) return;
  auto& row = *draft.shadow;
  constexpr std::array<std::int64_t, 11> ago = {0, 1, 29, 30, 31, 39, 40, 41, 42, 400, -5};
  row.last_change = std::to_string(draft.world.today - ago.at(draft.dice.below(ago.size())));
  if (draft.dice.chance(20)) row.last_change = draft.pick({"0", "", "0"});
  row.max = draft.pick({"30", "30", "30", "30", "0", "1", "99999", "", "-1", "10000"});
  row.inactive = draft.pick({"", "", "10", "10", "10", "0", "-1", "1"});
  row.min = draft.pick({"0", "0", "0", "", "35", "60"});
  row.warn = draft.pick({"7", "7", "", "0", "60"});
  if (draft.dice.chance(30)) row.password = draft.pick({some_hash, "!", "!!", ""});
  draft.use_pam = draft.dice.chance(85);
}

void no_shadow_row(Draft& draft) {
  draft.shadow.reset();
  if (draft.dice.chance(25)) draft.passwd_field = draft.pick({"*", "!", some_hash, ""});
}

void password_in_passwd(Draft& draft) {
  draft.passwd_field = draft.pick({"*", "!", "!!", some_hash, "", "##alice", "!x", "x"});
  if (draft.dice.chance(30)) draft.shadow.reset();
}

void second_row(Draft& draft) {
  switch (draft.dice.below(4)) {
    case 0:
      draft.add_other_account("alias", draft.uid, draft.gid);  // the same uid
      break;
    case 1:
      draft.first_passwd = fmt::format("alias:x:{}:{}::/home/alias:/bin/sh\n", draft.uid, draft.gid);
      draft.other_shadow += "alias:!:19000:0:99999:7:::\n";
      break;
    case 2:
      draft.other_passwd += fmt::format("{}:x:{}:{}::/home/second:/bin/none\n", draft.name, other_uid, other_uid);
      break;
    default:
      if (draft.name == "root") break;
      draft.first_passwd = fmt::format("{}:x:{}:{}::/home/first:/bin/sh\n", draft.name, other_uid, other_uid);
  }
}

void odd_group(Draft& draft) {
  switch (draft.dice.below(4)) {
    case 0:
      draft.gid = 4711;  // of no group
      break;
    case 1:
      draft.gid = 100;
      break;
    case 2:
      draft.gid = 4711;
      draft.groups[2].members = draft.name;
      break;
    default:
      draft.groups[0].name = "alices";
  }
}

void without_home(Draft& draft, const std::string& field) {
  draft.home = field;
  draft.house.reset();
  draft.parents.clear();
  draft.file.reset();
  if (draft.dice.chance(60)) {
    draft.file = StageNode{"", Kind::file, 0644, 0, 0};
    draft.move_keys("/srv/keys", "/srv/keys/" + draft.name, "/srv/keys/%u");
  }
}

// The home lies elsewhere, and what passwd names leads there.
void home_is_link(Draft& draft) {
  const auto target = draft.pick({"/srv/homes/one", "/srv/homes/one", "/home/real", "/srv/homes/none"});
  const auto field = draft.home;
  draft.add_directory("/srv/homes", draft.pick<mode_t>({0755, 0755, 0755, 0777}));
  draft.before.push_back({field, Kind::link, 0777, 0, 0, target});
  draft.move_home(target);
  draft.home = field;
  if (target.ends_with("none")) {
    draft.house.reset();
    draft.parents.clear();
    draft.file.reset();
  }
}

void odd_home(Draft& draft) {
  switch (draft.dice.below(7)) {
    case 0:
      without_home(draft, draft.pick({"/", "", "/nonexistent", "/home/missing", "relative"}));
      break;
    case 1:
      home_is_link(draft);
      break;
    case 2:
      draft.house->uid = draft.pick<uid_t>({0, 0, other_uid, 65534, 5555});
      draft.house->mode = 0755;
      break;
    case 3:
      draft.home += draft.pick({"/", "/.", "//", "/../" + draft.home.substr(draft.home.rfind('/') + 1), "/.ssh/.."});
      break;
    default: {
      const auto path = draft.pick({"/home/al ice", "/home/al[i]ce", "/home/al%uice", "/home/al\\ice", "/home/\xC3\xA4",
                                    "/home/\xE4", "/home/a*", "/srv/alice", "/home/group/alice", "/home/\"alice\""});
      if (path.starts_with("/home/group")) draft.add_directory("/home/group", draft.pick<mode_t>({0755, 0775, 0777}));
      draft.move_home(path);
    }
  }
  draft.say("home \"" + draft.home + "\"");
}

constexpr std::array twists = {
    Twist{"another name", 3, other_name},
    Twist{"root", 8, is_root},
    Twist{"a second uid 0", 4, is_second_root},
    Twist{"shell", 18, odd_shell},
    Twist{"password field", 7, odd_password},
    Twist{"expiry", 8, expires},
    Twist{"ageing", 11, ages},
    Twist{"no shadow row", 3, no_shadow_row},
    Twist{"password in passwd", 3, password_in_passwd},
    Twist{"another row", 3, second_row},
    Twist{"primary group", 4, odd_group},
    Twist{"home", 11, odd_home},
};

}  // namespace

std::span<const Twist> account_twists() { return twists; }

}  // namespace sshaudit::differential
