// SPDX-License-Identifier: MIT
// Twists of sshd_config.
#include <algorithm>
#include <array>

#include "differential/login_draft.h"

namespace sshaudit::differential {
namespace {

using Kind = StageNode::Kind;

std::string user_pattern(Draft& draft) {
  const auto& name = draft.name;
  return draft.pick({name,
                     name,
                     name,
                     name.substr(0, 1) + "*",
                     "*",
                     name + "@127.0.0.1",
                     name + "@127.0.0.0/8",
                     name + "@10.0.0.0/8",
                     "*@127.*",
                     std::string("bob"),
                     std::string("ALICE"),
                     name + ",bob",
                     "!" + name,
                     std::string("!bob"),
                     name + "@!127.0.0.2,127.*",
                     "?" + name.substr(1),
                     "root",
                     name + "@localhost",
                     name + "@127.0.0.2",
                     "ali?e",
                     "*@*",
                     std::to_string(draft.uid)});
}

std::string group_pattern(Draft& draft) {
  const auto& own = draft.groups[0].name;
  return draft.pick({own, own, std::string("ssh-users"), std::string("ssh-users"), std::string("staff"),
                     std::string("users"), std::string("*"), "!" + own, own.substr(0, 2) + "*", own + ",staff",
                     std::to_string(draft.gid), std::string("root"), std::string("SSH-users"), std::string("ssh-*")});
}

template <class Pattern>
std::string some_patterns(Draft& draft, Pattern pattern) {
  std::string text = pattern(draft);
  while (draft.dice.chance(35)) text += " " + pattern(draft);
  return text;
}

void join_groups(Draft& draft) {
  const bool listed = draft.dice.chance(50);
  if (listed) draft.groups[2].members = draft.groups[2].members.empty() ? draft.name : "bob," + draft.name;
  if (draft.dice.chance(15)) draft.groups[3].members = draft.name;
}

void user_lists(Draft& draft) {
  const auto keyword = draft.pick({"AllowUsers", "AllowUsers", "DenyUsers"});
  draft.add(keyword, some_patterns(draft, user_pattern));
  if (draft.dice.chance(20)) draft.add(keyword, some_patterns(draft, user_pattern));
  if (draft.dice.chance(15)) draft.add("DenyUsers", some_patterns(draft, user_pattern));
}

void group_lists(Draft& draft) {
  join_groups(draft);
  const auto keyword = draft.pick({"AllowGroups", "AllowGroups", "DenyGroups"});
  draft.add(keyword, some_patterns(draft, group_pattern));
  if (draft.dice.chance(20)) draft.add("DenyGroups", some_patterns(draft, group_pattern));
}

void methods(Draft& draft) {
  draft.set("AuthenticationMethods",
            draft.pick({"any", "publickey", "publickey", "publickey,password", "password", "publickey password",
                        "password publickey", "publickey,publickey", "password,publickey",
                        "publickey,password publickey", "keyboard-interactive", "publickey,keyboard-interactive",
                        "publickey,keyboard-interactive publickey", "publickey,none", "hostbased publickey"}));
  if (draft.dice.chance(25)) draft.set("PasswordAuthentication", draft.pick({"no", "yes"}));
  if (draft.dice.chance(15)) draft.add("HostbasedAuthentication", "yes");
}

void algorithms(Draft& draft) {
  draft.set(
      "PubkeyAcceptedAlgorithms",
      draft.pick({"+ssh-rsa", "-ssh-ed25519", "ssh-ed25519", "rsa-sha2-*", "ssh-rsa", "^ssh-ed25519", "-rsa*",
                  "ecdsa-sha2-nistp256,ssh-ed25519", "-rsa-sha2-512", "-*ed25519*,rsa-sha2-256", "ssh-*,rsa-*,ecdsa-*",
                  "rsa-sha2-512", "-ecdsa*", "ssh-ed25519-cert-v01@openssh.com,rsa-sha2-512-cert-v01@openssh.com",
                  "-*-cert-v01@openssh.com"}));
}

void rsa_size(Draft& draft) { draft.set("RequiredRSASize", draft.pick({"2048", "3072", "1024", "4096", "2049"})); }

void revoked(Draft& draft) {
  const auto& keys = draft.world.keys.keys;
  const auto& other = keys[(draft.scenario.key + 1) % keys.size()];
  const auto others = "# gone\n" + other.type + " " + other.base64 + " old\n";
  draft.set("RevokedKeys", "/srv/revoked");
  switch (draft.dice.below(10)) {
    case 0:
      draft.set("RevokedKeys", draft.pick({"none", "/srv/none-here"}));
      break;
    case 1:
      draft.add_file("/srv/revoked", others + draft.key_words() + "\n");
      break;
    case 2:
      draft.add_file("/srv/revoked", others + "garbage here\n");
      break;
    case 3:
      draft.add_file("/srv/revoked", draft.world.revoked_lists[draft.scenario.key]);
      break;
    case 4:
    case 5:
      draft.add_file("/srv/revoked", draft.world.revoked_lists[(draft.scenario.key + 1) % keys.size()]);
      break;
    case 6:
      draft.add_file("/srv/revoked", draft.pick({"", "\n\n", "SSHKRL\n", "# only\n"}));
      break;
    case 7:
      draft.before.push_back({"/srv/revoked", Kind::directory});
      break;
    case 8:
      draft.add_file("/srv/revoked", draft.world.authority + "\n");
      break;
    default:
      draft.add_file("/srv/revoked", others, draft.pick<mode_t>({0600, 0666, 0000}));
  }
}

void not_strict(Draft& draft) {
  draft.set("StrictModes", "no");
  if (draft.house) draft.house->mode = 0777;
  if (draft.file) draft.file->mode = draft.pick<mode_t>({0666, 0600, 0000, 0644});
}

// A root with a shell in it, and one without.
void add_jails(Draft& draft) {
  draft.before.push_back({"/srv/jail"});
  draft.before.push_back({"/srv/jail/usr", Kind::bind, 0755, 0, 0, "/usr"});
  for (const auto& name : {"bin", "lib", "lib64"}) {
    draft.before.push_back({fmt::format("/srv/jail/{}", name), Kind::link, 0777, 0, 0, fmt::format("usr/{}", name)});
  }
  draft.before.push_back({"/srv/empty"});
  draft.before.push_back({"/srv/jail-link", Kind::link, 0777, 0, 0, "/srv/jail"});
  draft.before.push_back({"/srv/open", Kind::directory, 0775});
  draft.before.push_back({"/srv/open/jail"});
}

void changed_root(Draft& draft) {
  add_jails(draft);
  const auto value = draft.pick({"/srv/jail", "/srv/jail", "/srv/jail", "/srv/jail", "/srv/jail-link", "/srv/empty",
                                 "/srv/empty", "/srv/open/jail", "/srv/open", "/srv/none-here", "%h", "/home/%u",
                                 "none", "/srv/jail/", "/srv/../srv/jail", "/etc/passwd", "/", "NONE"});
  draft.set("ChrootDirectory", value);
  auto& jail = *std::ranges::find(draft.before, "/srv/jail", &StageNode::path);
  if (value.starts_with("/srv/jail") && draft.dice.chance(30)) {
    jail.mode = draft.pick<mode_t>({0775, 0777, 0700, 0711, 0755});
    jail.uid = draft.pick<uid_t>({0, 0, draft.uid});
    jail.gid = draft.pick<gid_t>({0, draft.gid});
  }
  if ((value == "%h" || value == "/home/%u") && draft.house && draft.dice.chance(60)) {
    draft.house->uid = 0;
    draft.house->mode = 0755;
  }
  if (draft.dice.chance(50)) draft.set("ForceCommand", "internal-sftp");
  draft.say(value);
}

void forced(Draft& draft) {
  draft.set("ForceCommand", draft.pick({"/srv/bin/forced", "/srv/bin/forced and words", "/srv/bin/missing",
                                        "internal-sftp", "internal-sftp -u 0022", "none", "/srv/bin/not-executable",
                                        "/bin/echo the-session-works", "echo the-session-works", "/srv/bin", "NONE"}));
  draft.add_file("/srv/bin/not-executable", "#!/bin/sh\necho no\n", 0644);
}

std::string match_body(Draft& draft) {
  if (draft.dice.chance(20)) return draft.pick({"AllowUsers ", "DenyUsers "}) + some_patterns(draft, user_pattern);
  if (draft.dice.chance(20)) return draft.pick({"AllowGroups ", "DenyGroups "}) + some_patterns(draft, group_pattern);
  return draft.pick({"PubkeyAuthentication no",
                     "PubkeyAuthentication yes",
                     "AuthorizedKeysFile .ssh/authorized_keys",
                     "AuthorizedKeysFile /srv/keys/%u",
                     "AuthorizedKeysFile none",
                     "PermitRootLogin yes",
                     "PermitRootLogin no",
                     "AuthenticationMethods publickey",
                     "AuthenticationMethods publickey,password",
                     "AuthenticationMethods any",
                     "ForceCommand /srv/bin/forced",
                     "ForceCommand /srv/bin/missing",
                     "ForceCommand none",
                     "ForceCommand internal-sftp",
                     "ChrootDirectory none",
                     "ChrootDirectory /srv/none-here",
                     "PubkeyAcceptedAlgorithms -ssh-ed25519",
                     "PubkeyAcceptedAlgorithms ssh-ed25519,rsa-*,ecdsa-*",
                     "RevokedKeys none",
                     "PasswordAuthentication no",
                     "RequiredRSASize 4096",
                     "X11Forwarding no",
                     "TrustedUserCAKeys none"});
}

void match(Draft& draft) {
  join_groups(draft);
  const auto& name = draft.name;
  const auto& own = draft.groups[0].name;
  const auto blocks = 1 + draft.dice.below(2);
  for (std::size_t i = 0; i < blocks; ++i) {
    const auto criteria = draft.pick({"User " + name,
                                      "User " + name,
                                      "User *,!bob",
                                      "User bob",
                                      "User *,!" + name,
                                      "Group ssh-users",
                                      "Group ssh-users",
                                      "Group " + own,
                                      "Group *,!ssh-users",
                                      "Group " + own + ",!ssh-users",
                                      std::string("Address 127.0.0.0/8"),
                                      std::string("Address 127.0.0.2"),
                                      std::string("Address 10.0.0.0/8"),
                                      std::string("Address *,!127.0.0.1"),
                                      std::string("Host 127.*"),
                                      std::string("All"),
                                      "User " + name + " Address 127.0.0.0/8",
                                      "User " + name + " Group staff",
                                      "User \"" + name + "\"",
                                      "LocalAddress 192.0.2.99",
                                      "Group root",
                                      "User !" + name});
    draft.match_lines.push_back("Match " + criteria);
    const auto count = 1 + draft.dice.below(2);
    for (std::size_t j = 0; j < count; ++j) draft.match_lines.push_back("  " + match_body(draft));
  }
}

// One that supplies the key, or does not.
void keys_command(Draft& draft) {
  if (draft.dice.chance(75)) draft.has_key_line = false;
  draft.scenario.has_keys_command = true;
  draft.scenario.runs_keys_command = draft.dice.chance(50);
  const auto prints = "echo '" + draft.key_words() + "'\n";
  const auto body = draft.pick(
      {prints, prints, prints, prints + "exit 1\n", std::string(), "test \"$1\" = " + draft.name + " && " + prints,
       "echo garbage\n" + prints, "echo 'no-ptty " + draft.key_words() + "'\n", "kill -9 $$\n", prints + "exit 255\n",
       "echo 'command=\"/srv/bin/forced\" " + draft.key_words() + "'\n", "test \"$(id -un)\" = nobody && " + prints});
  draft.add_file("/srv/bin/keys", "#!/bin/sh\n" + body,
                 draft.pick<mode_t>({0755, 0755, 0755, 0755, 0755, 0755, 0777, 0775, 0644, 0700}));
  if (draft.dice.chance(8)) draft.before.back().uid = draft.uid;
  draft.set("AuthorizedKeysCommand",
            draft.pick({"/srv/bin/keys", "/srv/bin/keys %u", "/srv/bin/keys %u", "/srv/bin/keys %u",
                        "/srv/bin/keys %u %h %U", "/srv/bin/none-here %u", "/srv/bin/keys %u %x"}));
  draft.set("AuthorizedKeysCommandUser", draft.pick({"nobody", "nobody", "nobody", "root", "missing", "%u"}));
}

void no_public_keys(Draft& draft) { draft.set("PubkeyAuthentication", "no"); }

void authorities(Draft& draft) {
  draft.add("TrustedUserCAKeys", draft.pick({"/srv/none-here", "/etc/passwd", "none"}));
}

void broken(Draft& draft) {
  draft.add(draft.pick({"NoSuchKeyword", "StrictModes", "AllowUsers", "AuthenticationMethods", "RequiredRSASize"}),
            draft.pick({"maybe", "alice@127.0.0.1/8", "-1", "any publickey", "yes"}));
}

void root_login(Draft& draft) {
  if (draft.has("PermitRootLogin")) return;
  draft.set("PermitRootLogin", draft.pick({"no", "yes", "prohibit-password", "forced-commands-only"}));
}

void harmless(Draft& draft) {
  const auto line =
      draft.pick({"MaxSessions 2", "X11Forwarding yes", "PermitUserRC no", "AllowTcpForwarding no",
                  "PasswordAuthentication no", "UseDNS no", "PermitTTY no", "Banner none", "Compression no",
                  "MaxAuthTries 3", "AcceptEnv LANG LC_*", "PrintLastLog no", "DisableForwarding yes"});
  const auto blank = line.find(' ');
  if (!draft.has(line.substr(0, blank))) draft.add(line.substr(0, blank), line.substr(blank + 1));
}

constexpr std::array twists = {
    Twist{"harmless setting", 5, harmless},
    Twist{"PermitRootLogin", 3, root_login},
    Twist{"PubkeyAuthentication", 2, no_public_keys},
    Twist{"AuthenticationMethods", 7, methods},
    Twist{"PubkeyAcceptedAlgorithms", 7, algorithms},
    Twist{"RequiredRSASize", 5, rsa_size},
    Twist{"RevokedKeys", 7, revoked},
    Twist{"StrictModes no", 4, not_strict},
    Twist{"lists of users", 12, user_lists},
    Twist{"lists of groups", 9, group_lists},
    Twist{"Match", 15, match},
    Twist{"ChrootDirectory", 14, changed_root},
    Twist{"ForceCommand", 17, forced},
    Twist{"AuthorizedKeysCommand", 7, keys_command},
    Twist{"TrustedUserCAKeys", 2, authorities},
    Twist{"faulty configuration", 2, broken},
};

}  // namespace

std::span<const Twist> setting_twists() { return twists; }

}  // namespace sshaudit::differential
