// SPDX-License-Identifier: MIT
#include "differential/login_draft.h"

#include <algorithm>
#include <array>

namespace sshaudit::differential {
namespace {

using Kind = StageNode::Kind;

constexpr const char* sshd_pam_end =
    "session optional pam_keyinit.so force revoke\n"
    "@include common-session\n"
    "session optional pam_motd.so noupdate\n"
    "session optional pam_mail.so standard noenv\n"
    "session required pam_limits.so\n"
    "session required pam_env.so\n"
    "@include common-password\n";

constexpr const char* debian_common_account =
    "account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so\n"
    "account requisite pam_deny.so\n"
    "account required pam_permit.so\n";

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

}  // namespace

Draft::Draft(std::uint64_t seed, const LoginWorld& the_world) : dice(seed), world(the_world) {
  do {
    scenario.key = dice.below(world.keys.keys.size());
  } while (key().type == "ssh-dss" || (scenario.key == 2 && dice.chance(60)));  // 1024 bits: some of the time
  scenario.client = dice.chance(80) ? "127.0.0.1" : "127.0.0.2";
  use_pam = dice.chance(60);
  groups = {{"alice", gid, ""}, {"users", 100, ""}, {"ssh-users", 3000, ""}, {"staff", 50, ""}};
  house = StageNode{home, Kind::directory, dice.chance(50) ? 0755U : 0700U, uid, gid};
  parents = {StageNode{home + "/.ssh", Kind::directory, 0700, uid, gid}};
  file = StageNode{home + "/.ssh/authorized_keys", Kind::file, 0600, uid, gid};
  account_stack = {"account required pam_nologin.so", "@include common-account"};
  common_account = debian_common_account;
}

void Draft::set(const std::string& keyword, const std::string& value) {
  std::erase_if(settings, [&](const auto& one) { return one.first == keyword; });
  settings.emplace_back(keyword, value);
}

bool Draft::has(const std::string& keyword) const {
  return std::ranges::any_of(settings, [&](const auto& one) { return one.first == keyword; });
}

void Draft::move_home(const std::string& path) {
  const auto moved = [&](std::string& old) {
    if (old.starts_with(home + "/")) old = path + old.substr(home.size());
  };
  for (auto& parent : parents) moved(parent.path);
  if (file) moved(file->path);
  if (house) house->path = path;
  home = path;
}

void Draft::move_keys(const std::string& directory, const std::string& file_name, const std::string& value) {
  const bool at_home = directory.starts_with(home + "/");
  parents = {StageNode{directory, Kind::directory, 0755, at_home ? uid : 0, at_home ? gid : 0}};
  if (file) file->path = file_name;
  set("AuthorizedKeysFile", value);
}

void Draft::add_file(const std::string& path, const std::string& text, mode_t mode) {
  before.push_back({path, Kind::file, mode, 0, 0, text});
}

void Draft::add_directory(const std::string& path, mode_t mode, uid_t owner, gid_t of_group) {
  before.push_back({path, Kind::directory, mode, owner, of_group});
}

void Draft::add_other_account(const std::string& other, uid_t its_uid, gid_t its_gid) {
  other_passwd += fmt::format("{}:x:{}:{}::/home/{}:/bin/sh\n", other, its_uid, its_gid, other);
  other_shadow += fmt::format("{}:*:19000:0:99999:7:::\n", other);
}

namespace {

std::string passwd_of(const Draft& draft) {
  std::string text = draft.first_passwd;
  if (draft.name != "root") text += "root:x:0:0::/root:/bin/sh\n";
  return text +
         "sshd:x:101:65534::/run/sshd:/usr/sbin/nologin\nnobody:x:65534:65534::/nonexistent:/usr/sbin/nologin\n" +
         fmt::format("{}:{}:{}:{}::{}:{}\n", draft.name, draft.passwd_field, draft.uid, draft.gid, draft.home,
                     draft.shell) +
         draft.other_passwd;
}

std::string shadow_of(const Draft& draft) {
  std::string text = "sshd:!:19000::::::\nnobody:*:19000:0:99999:7:::\n";
  if (draft.name != "root") text += "root:*:19000:0:99999:7:::\n";
  if (draft.shadow) {
    const auto& row = *draft.shadow;
    text += fmt::format("{}:{}:{}:{}:{}:{}:{}:{}:\n", draft.name, row.password, row.last_change, row.min, row.max,
                        row.warn, row.inactive, row.expire);
  }
  return text + draft.other_shadow;
}

std::string group_of(const Draft& draft) {
  std::string text = "root:x:0:\nnogroup:x:65534:\n";
  for (const auto& one : draft.groups) text += fmt::format("{}:x:{}:{}\n", one.name, one.gid, one.members);
  return text;
}

std::string config_of(const Draft& draft) {
  auto text = fmt::format(
      "HostKey {}/authority\nPidFile none\nLogLevel DEBUG3\nKbdInteractiveAuthentication no\n"
      "PrintMotd no\nSubsystem sftp internal-sftp\nUsePAM {}\n",
      draft.world.directory, draft.use_pam ? "yes" : "no");
  for (const auto& [keyword, value] : draft.settings) text += keyword + " " + value + "\n";
  return text + joined(draft.match_lines);
}

void add_pam(const Draft& draft, std::vector<StageNode>& nodes) {
  const auto add = [&](const std::string& name, const std::string& text) {
    nodes.push_back({"/etc/pam.d/" + name, Kind::file, 0644, 0, 0, text});
  };
  add("common-auth",
      "auth [success=1 default=ignore] pam_unix.so nullok\nauth requisite pam_deny.so\n"
      "auth required pam_permit.so\n");
  add("common-account", draft.common_account);
  add("common-session",
      "session [default=1] pam_permit.so\nsession requisite pam_deny.so\n"
      "session required pam_permit.so\nsession required pam_unix.so\n");
  add("common-password",
      "password [success=1 default=ignore] pam_unix.so obscure yescrypt\n"
      "password requisite pam_deny.so\npassword required pam_permit.so\n");
  add("other", "@include common-auth\n@include common-account\n@include common-password\n@include common-session\n");
  if (draft.has_pam_file) add("sshd", "@include common-auth\n" + joined(draft.account_stack) + sshd_pam_end);
}

std::string key_text_of(const Draft& draft) {
  if (!draft.whole_text.empty()) return draft.whole_text;
  auto lines = draft.lines_before;
  if (draft.has_key_line) {
    lines.push_back(draft.options + (draft.options.empty() ? "" : " ") + draft.key_words() + " somebody@example.org");
  }
  lines.insert(lines.end(), draft.lines_after.begin(), draft.lines_after.end());
  return joined(lines);
}

}  // namespace

LoginScenario Draft::finish() {
  scenario.user = name;
  scenario.passwd = passwd_of(*this);
  scenario.shadow = shadow_of(*this);
  scenario.group = group_of(*this);
  scenario.config = config_of(*this);
  scenario.is_only_key = lines_before.empty() && lines_after.empty() && whole_text.empty() &&
                         options.find("cert-authority") == std::string::npos;
  auto& nodes = scenario.nodes;
  nodes = before;
  if (house) nodes.push_back(*house);
  nodes.insert(nodes.end(), parents.begin(), parents.end());
  if (file && file->kind == Kind::file) {
    file->text = key_text_of(*this);
    if (spoil) file->text = spoil(file->text);
  }
  if (file) nodes.push_back(*file);
  nodes.insert(nodes.end(), after.begin(), after.end());
  add_pam(*this, nodes);
  nodes.push_back({"/srv/bin/forced", Kind::file, 0755, 0, 0, fmt::format("#!/bin/sh\necho {}\n", session_mark)});
  return std::move(scenario);
}

const std::vector<Twist>& all_twists() {
  static const std::vector<Twist> all = [] {
    std::vector<Twist> made;
    for (const auto part : {account_twists(), tree_twists(), line_twists(), setting_twists(), pam_twists()}) {
      made.insert(made.end(), part.begin(), part.end());
    }
    return made;
  }();
  return all;
}

namespace {

std::size_t twist_by_weight(Dice& dice) {
  std::size_t sum = 0;
  for (const auto& one : all_twists()) sum += static_cast<std::size_t>(one.weight);
  auto left = dice.below(sum);
  for (std::size_t i = 0;; ++i) {
    const auto weight = static_cast<std::size_t>(all_twists()[i].weight);
    if (left < weight) return i;
    left -= weight;
  }
}

}  // namespace

LoginScenario generate_login(std::uint64_t seed, const LoginWorld& world) {
  Draft draft(seed, world);
  const auto mood = draft.dice.below(100);
  const std::size_t count = mood < 6 ? 0 : mood < 40 ? 1 : mood < 75 ? 2 : mood < 92 ? 3 : 4 + draft.dice.below(3);
  std::vector<std::size_t> chosen;
  while (chosen.size() < count) {
    const auto one = twist_by_weight(draft.dice);
    if (std::ranges::find(chosen, one) == chosen.end()) chosen.push_back(one);
  }
  std::ranges::sort(chosen);
  for (const auto one : chosen) {
    draft.say(all_twists()[one].name);
    all_twists()[one].apply(draft);
  }
  return draft.finish();
}

namespace {

std::string described(const StageNode& node) {
  constexpr std::array kinds = {"directory", "file", "link", "fifo", "bind"};
  auto text = fmt::format("  {:04o} {}:{} {} {}", node.mode, node.uid, node.gid,
                          kinds.at(static_cast<std::size_t>(node.kind)), node.path);
  if (!node.acl.empty()) text += "  ACL " + node.acl;
  if (node.kind == Kind::link || node.kind == Kind::bind) text += " -> " + node.text;
  return text + "\n";
}

std::string indented(const std::string& text) {
  std::string made = "  | ";
  for (const char one : text) {
    const auto byte = static_cast<unsigned char>(one);
    if (byte == '\n') {
      made += "\n  | ";
    } else if (byte < ' ' || byte > '~') {
      made += fmt::format("\\x{:02x}", byte);
    } else {
      made += static_cast<char>(byte);
    }
  }
  return made + "\n";
}

}  // namespace

std::string describe(const LoginScenario& scenario) {
  auto text = fmt::format("{} with key {} {} from {}\ntwists: {}\npasswd\n{}shadow\n{}group\n{}sshd_config\n{}tree\n",
                          scenario.user, scenario.key, scenario.certificate, scenario.client,
                          fmt::join(scenario.twists, ", "), indented(scenario.passwd), indented(scenario.shadow),
                          indented(scenario.group), indented(scenario.config));
  for (const auto& node : scenario.nodes) {
    const bool is_stock = node.path.starts_with("/etc/pam.d/common-") || node.path == "/etc/pam.d/other";
    if (is_stock) continue;
    text += described(node);
    if (node.kind == Kind::file) text += indented(node.text.substr(0, 4000));
  }
  return text;
}

}  // namespace sshaudit::differential
