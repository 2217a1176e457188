// SPDX-License-Identifier: MIT
// Faults of owners, modes and kinds of what leads to the key file.
#include <string>

#include "cases.h"

namespace sshaudit::e2e {
namespace {

const std::string bad = "Authentication refused: bad ownership or modes for ";
const std::string home = "/home/alice";
const std::string ssh = home + "/.ssh";
const std::string key_file = ssh + "/authorized_keys";

// A file system of its own over the home, with her key in it.
void make_volume(Scene& scene) {
  const auto& person = scene.person;
  const auto line = scene.own_line();
  scene.mounts.push_back([person, line] {
    mount_here("tmpfs", person.home, 0, "mode=0777");
    run_tool({"/usr/bin/install", "-d", "-m", "0700", "-o", std::to_string(person.uid), "-g",
              std::to_string(person.gid), person.ssh()});
    run_tool({"/bin/sh", "-c", "printf '%s' \"$1\" >\"$2\" && chown \"$3\" \"$2\" && chmod 0600 \"$2\"", "sh", line,
              person.key_file(), std::to_string(person.uid)});
  });
}

// Long because it is a table.
std::vector<Case> writable() {
  return {
      {"C05",
       "home 0770 of a class",
       [](Scene& s) {
         s.system.change_owner(home, {s.person.uid, class_group});
         s.system.change_mode(home, 0770);
       },
       {"refused", {{"home-writable", home}}, {}},
       {"refused", "key-file", "home-writable"},
       {"refused", bad + "directory /home/alice\r\n"},
       "K"},
      {"C05",
       "home 0777",
       [](Scene& s) { s.system.change_mode(home, 0777); },
       {"refused", {{"home-writable", home}}, {}},
       {"refused", "key-file", "home-writable"},
       {"refused", bad + "directory /home/alice\r\n"},
       "K"},
      {"C07",
       "key file 0666",
       [](Scene& s) { s.system.change_mode(key_file, 0666); },
       {"refused", {{"key-file-writable", key_file}}, {}},
       {"refused", "key-file", "key-file-writable"},
       {"refused", bad + "file /home/alice/.ssh/authorized_keys\r\n"},
       "K"},
      {"C07",
       "key file 0664 of a class",
       [](Scene& s) {
         s.system.change_owner(key_file, {s.person.uid, class_group});
         s.system.change_mode(key_file, 0664);
       },
       {"refused", {{"key-file-writable", key_file}}, {}},
       {"refused", "key-file", "key-file-writable"},
       {"refused", bad + "file /home/alice/.ssh/authorized_keys\r\n"},
       "K"},
      {"C18",
       ".ssh 0777",
       [](Scene& s) { s.system.change_mode(ssh, 0777); },
       {"refused", {{"ssh-dir-writable", ssh}}, {}},
       {"refused", "key-file", "ssh-dir-writable"},
       {"refused", bad + "directory /home/alice/.ssh\r\n"},
       "K"},
      {"C18",
       ".ssh 0600",
       [](Scene& s) { s.system.change_mode(ssh, 0600); },
       {"refused", {{"path-unsearchable", ssh}}, {}},
       {"refused", "key-file", "path-unsearchable"},
       {"refused", "Could not open user 'alice' authorized keys '/home/alice/.ssh/authorized_keys': Permission denied"},
       "K"},
      {"C32",
       "home of a NAS 0777",
       [](Scene& s) {
         s.system.remove(home);
         s.system.make_directory("/var/services", root_owner, 0755);
         s.system.make_directory("/var/services/homes", root_owner, 0755);
         s.person.home = "/var/services/homes/alice";
         s.system.add_usual_home(s.person);
         s.write_keys(s.own_line());
         s.system.change_mode(s.person.home, 0777);
       },
       {"refused", {{"home-writable", "/var/services/homes/alice"}}, {}},
       {"refused", "key-file", "home-writable"},
       {"refused", bad + "directory /var/services/homes/alice\r\n"},
       "K"},
      {"C42",
       "volume over home 0777",
       make_volume,
       {"refused", {{"home-is-volume", home}, {"home-writable", home}}, {}},
       {"refused", "key-file", "home-writable"},
       {"refused", bad + "directory /home/alice\r\n"},
       "K"},
      {"C56",
       "chmod -R 0777 on home",
       [](Scene& s) {
         for (const auto& path : {home, ssh, key_file}) s.system.change_mode(path, 0777);
       },
       {"refused", {{"home-writable", home}, {"key-file-writable", key_file}, {"ssh-dir-writable", ssh}}, {}},
       {"refused", "key-file", "key-file-writable"},
       {"refused", bad + "file /home/alice/.ssh/authorized_keys\r\n"},
       "K"},
  };
}

// Long because it is a table.
std::vector<Case> owned_by_others() {
  return {
      {"C11",
       ".ssh 0700 of root",
       [](Scene& s) { s.system.change_owner(ssh, root_owner); },
       {"refused", {{"path-unsearchable", ssh}}, {}},
       {"refused", "key-file", "path-unsearchable"},
       {"refused", "Could not open user 'alice' authorized keys '/home/alice/.ssh/authorized_keys': Permission denied"},
       "K"},
      {"C11",
       "key file 0600 of root",
       [](Scene& s) { s.system.change_owner(key_file, root_owner); },
       {"refused", {{"key-file-unreadable", key_file}}, {}},
       {"refused", "key-file", "key-file-unreadable"},
       {"refused", "Could not open user 'alice' authorized keys '/home/alice/.ssh/authorized_keys': Permission denied"},
       "K"},
      {"C12",
       "home of an orphan uid",
       [](Scene& s) {
         s.system.change_owner(home, {14, 50});
       },
       {"refused", {{"home-owner", home}}, {}},
       {"refused", "key-file", "home-owner"},
       {"refused", bad + "directory /home/alice\r\n"},
       "K"},
      {"C13",
       "key file of another uid, outside of home",
       [](Scene& s) {
         s.move_keys_to("/etc/authorized_keys/alice", {stranger_id, stranger_id}, 0644);
       },
       {"refused", {{"key-file-owner", "/etc/authorized_keys/alice"}}, {}},
       {"refused", "key-file", "key-file-owner"},
       {"refused", bad + "file /etc/authorized_keys/alice\r\n"},
       "K"},
      {"C55",
       "tree of nobody after an id shift",
       [](Scene& s) {
         for (const auto& path : {home, ssh, key_file}) s.system.change_owner(path, {65534, 65534});
         s.system.change_mode(ssh, 0755);
         s.system.change_mode(key_file, 0644);
       },
       {"refused", {{"home-owner", home}, {"key-file-owner", key_file}, {"ssh-dir-owner", ssh}}, {}},
       {"refused", "key-file", "key-file-owner"},
       {"refused", bad + "file /home/alice/.ssh/authorized_keys\r\n"},
       "K"},
  };
}

// Long because it is a table.
std::vector<Case> outside_of_home() {
  return {
      {"C10",
       "central directory 0700 of root",
       [](Scene& s) {
         s.move_keys_to("/etc/ssh/keys/alice", root_owner, 0644);
         s.system.change_mode("/etc/ssh/keys", 0700);
       },
       {"refused", {{"path-unsearchable", "/etc/ssh/keys"}}, {}},
       {"refused", "key-file", "path-unsearchable"},
       {"refused", "Could not open user 'alice' authorized keys '/etc/ssh/keys/alice': Permission denied"},
       "K"},
      {"C10",
       "central directory of the last user",
       [](Scene& s) {
         s.move_keys_to("/etc/ssh/keys/alice", s.person.owner(), 0600);
         s.system.change_owner("/etc/ssh/keys", {stranger_id, stranger_id});
       },
       {"refused", {{"parent-owner", "/etc/ssh/keys"}}, {}},
       {"refused", "key-file", "parent-owner"},
       {"refused", bad + "directory /etc/ssh/keys\r\n"},
       "K"},
      {"C10",
       "parent of the central directory 0775",
       [](Scene& s) {
         s.move_keys_to("/etc/ssh/keys/alice", root_owner, 0644);
         s.system.change_owner("/etc/ssh", {0, class_group});
         s.system.change_mode("/etc/ssh", 0775);
       },
       {"refused", {{"parent-writable", "/etc/ssh"}}, {}},
       {"refused", "key-file", "parent-writable"},
       {"refused", bad + "directory /etc/ssh\r\n"},
       "K"},
      {"C31",
       "key file linked to a store that a group writes",
       [](Scene& s) {
         s.system.make_directory("/opt/store", {0, class_group}, 01775);
         s.system.move(key_file, "/opt/store/keys");
         s.system.change_owner("/opt/store/keys", root_owner);
         s.system.change_mode("/opt/store/keys", 0444);
         s.system.make_link("/opt/store/keys", key_file, s.person.owner());
       },
       {"refused", {{"parent-writable", "/opt/store"}}, {}},
       {"refused", "key-file", "parent-writable"},
       {"refused", bad + "directory /opt/store\r\n"},
       "K"},
      {"C36",
       "/etc 0775 above the key file",
       [](Scene& s) {
         s.move_keys_to("/etc/ssh/keys/alice", root_owner, 0644);
         s.system.change_owner("/etc", {0, class_group});
         s.system.change_mode("/etc", 0775);
       },
       {"refused", {{"parent-writable", "/etc"}}, {}},
       {"refused", "key-file", "parent-writable"},
       {"refused", bad + "directory /etc\r\n"},
       "K"},
  };
}

std::vector<Case> hidden() {
  return {
      {"C39",
       "ACL for bob, private group",
       [](Scene& s) { s.system.set_acl(home, "u::rwx,u:2002:rwx,g::r-x,m::rwx,o::r-x"); },
       {"accepted", {{"acl-writable", home}}, {}},
       {"accepted", "", ""},
       {"accepted", ""},
       ""},
      {"C39",
       "ACL for bob, group of a class",
       [](Scene& s) {
         s.system.change_owner(home, {s.person.uid, class_group});
         s.system.set_acl(home, "u::rwx,u:2002:rwx,g::r-x,m::rwx,o::r-x");
       },
       {"refused", {{"home-writable", home}}, {}},
       {"refused", "key-file", "home-writable"},
       {"refused", bad + "directory /home/alice\r\n"},
       "K"},
      {"C53",
       "key file is a directory",
       [](Scene& s) {
         s.system.remove(key_file);
         s.system.make_directory(key_file, root_owner, 0755);
       },
       {"refused", {{"key-file-not-regular", key_file}}, {}},
       {"refused", "key-file", "key-file-not-regular"},
       {"refused", "User 'alice' authorized keys '/home/alice/.ssh/authorized_keys' is not a regular file"},
       "K"},
      not_here("C22", "SELinux label", "the kernel has no SELinux; the rule is tried on labels as values"),
      not_here("C40", "home on NFS with root squash", "there is no NFS server"),
      not_here("C41", "home on vfat, drvfs or cifs", "the kernel has none of them; the rule is tried on values"),
      not_here("C62", "home on NFS and SELinux boolean", "the kernel has no SELinux, and there is no NFS server"),
  };
}

// Long because it is a table.
std::vector<Case> not_there() {
  return {
      {"C24",
       "key file is empty",
       [](Scene& s) { s.write_keys(""); },
       {"none", {{"key-file-empty", key_file}}, {}},
       {"refused", "key-file", ""},
       {"refused", ""},
       "K"},
      {"C24",
       "no key file",
       [](Scene& s) { s.system.remove(ssh); },
       {"none", {}, {}},
       {"refused", "key-file", ""},
       {"refused", ""},
       "K"},
      {"C24",
       "another key",
       [](Scene& s) { s.offered = {"ed25519 of bob"}; },
       {"accepted", {}, {}},
       {"refused", "key-file", ""},
       {"refused", ""},
       "K"},
      {"C26",
       "home is missing",
       [](Scene& s) { s.system.remove(home); },
       {"refused", {{"home-missing", home}}, {}},
       {"refused", "key-file", "home-missing"},
       {"refused", ""},
       "K"},
      {"C29",
       "authorized_key without s",
       [](Scene& s) { s.system.move(key_file, ssh + "/authorized_key"); },
       {"none", {{"key-file-misnamed", ssh + "/authorized_key"}}, {}},
       {"refused", "key-file", ""},
       {"refused", ""},
       "K"},
      {"C29",
       "authorized_keys2 when one name is set",
       [](Scene& s) {
         s.system.move(key_file, ssh + "/authorized_keys2");
         s.settings = "AuthorizedKeysFile .ssh/authorized_keys\n";
       },
       {"none", {{"key-file-not-read", ssh + "/authorized_keys2"}}, {}},
       {"refused", "key-file", ""},
       {"refused", ""},
       "K"},
      not_here("C37", "an agent rewrites the key file", "needs what was there last night, which no audit keeps yet"),
  };
}

}  // namespace

std::vector<Case> path_cases() {
  std::vector<Case> cases;
  for (const auto& part : {writable(), owned_by_others(), outside_of_home(), hidden(), not_there()}) {
    cases.insert(cases.end(), part.begin(), part.end());
  }
  return cases;
}

}  // namespace sshaudit::e2e
