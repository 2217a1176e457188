// SPDX-License-Identifier: MIT
// Faults behind the key: certificates that are not taken, sessions that end at once, and what mends nothing.
#include <sys/mount.h>

#include <string>

#include "cases.h"

namespace sshaudit::e2e {
namespace {

const std::string home = "/home/alice";
const std::string key_file = home + "/.ssh/authorized_keys";

// Her key, signed by an authority that sshd trusts; sshd gets no other way to it.
void certify(Scene& scene, const std::string& principals, const std::string& validity) {
  const auto file = ClientKeys::file("ed25519 with " + principals + validity);
  run_tool({"/usr/bin/ssh-keygen", "-q", "-s", ClientKeys::file("ed25519 authority"), "-I", "test", "-n", principals,
            "-V", validity, file + ".pub"});
  scene.offered = {"ed25519 with " + principals + validity};
  scene.explained = file + "-cert.pub";
  scene.system.remove(scene.person.ssh());
  scene.system.make_file("/etc/ssh/authorities", ClientKeys::line("ed25519 authority"), root_owner, 0644);
  scene.settings = "TrustedUserCAKeys /etc/ssh/authorities\n";
}

// Long because it is a table.
std::vector<Case> certificates() {
  return {
      {"C49",
       "certificate of alice",
       [](Scene& s) { certify(s, "alice", "-1h:+1h"); },
       {"none", {}, {}},
       {"accepted", "", ""},
       {"accepted", ""},
       ""},
      {"C49",
       "certificate of somebody else",
       [](Scene& s) { certify(s, "vagrant", "-1h:+1h"); },
       {"none", {}, {}},
       {"refused", "trusted-ca", "certificate-wrong-principal"},
       {"refused", "Certificate invalid: name is not a listed principal"},
       "K"},
      {"C49",
       "certificate of an unknown authority",
       [](Scene& s) {
         certify(s, "alice", "-1h:+1h");
         s.system.remove("/etc/ssh/authorities");
         s.system.make_file("/etc/ssh/authorities", ClientKeys::line("ed25519 of another authority"), root_owner, 0644);
       },
       {"none", {}, {}},
       {"refused", "trusted-ca", "certificate-not-trusted"},
       {"refused", ""},
       "K"},
      {"C49",
       "principals file with carriage returns",
       [](Scene& s) {
         certify(s, "staff", "-1h:+1h");
         s.system.make_file("/etc/ssh/principals", "staff\r\n", root_owner, 0644);
         s.settings += "AuthorizedPrincipalsFile /etc/ssh/principals\n";
       },
       {"none", {{"principals-line-crlf", "/etc/ssh/principals"}}, {}},
       {"refused", "trusted-ca", "certificate-wrong-principal"},
       {"refused", "Certificate does not contain an authorized principal"},
       "K"},
      {"C49",
       "certificate that has expired",
       [](Scene& s) { certify(s, "alice", "-2h:-1h"); },
       {"none", {}, {}},
       {"refused", "trusted-ca", "certificate-expired"},
       {"refused", "Certificate invalid: expired"},
       "K"},
  };
}

// Long because it is a table.
std::vector<Case> sessions() {
  return {
      {"C14",
       "chroot of the user",
       [](Scene& s) {
         s.settings = "ChrootDirectory /home/alice\n";
         s.matches = "Match User alice\n ForceCommand internal-sftp\n";
       },
       {"closes", {{"chroot-unsafe", home}}, {}},
       {"closes", "session", "chroot-unsafe"},
       {"closes", "bad ownership or modes for chroot directory \"/home/alice\""},
       "P"},
      {"C14",
       "chroot is missing",
       [](Scene& s) { s.settings = "ChrootDirectory /srv/sftp/%u\n"; },
       {"closes", {{"chroot-missing", "/srv/sftp/alice"}}, {}},
       {"closes", "session", "chroot-missing"},
       {"closes", "safely_chroot: stat(\"/srv/sftp/\"): No such file or directory"},
       "P"},
      {"C52",
       "forced command that only prints",
       [](Scene& s) {
         s.person = {"root", 0, 0, "/root", "/bin/bash", ""};
         s.system.make_directory("/root/.ssh", root_owner, 0700);
         s.write_keys(
             "no-port-forwarding,no-agent-forwarding,no-X11-forwarding,command=\"echo 'Please login as the user "
             "\\\"ubuntu\\\" rather than the user \\\"root\\\".';echo;sleep 1;exit 142\" " +
             s.own_line());
       },
       {"closes", {{"forced-message", "/root/.ssh/authorized_keys"}}, {}},
       {"closes", "session", "forced-message"},
       {"closes", ""},
       "P"},
      {"C52",
       "forced command that cannot run",
       [](Scene& s) { s.write_keys("command=\"/opt/gone\" " + s.own_line()); },
       {"closes", {{"forced-command-broken", key_file}}, {}},
       {"closes", "session", "forced-command-broken"},
       {"closes", ""},
       "P"},
      {"C63",
       "exit in .bashrc",
       [](Scene& s) { s.system.make_file(home + "/.bashrc", "exit 0\n", s.person.owner(), 0644); },
       {"accepted", {}, {}},
       {"accepted", "", ""},
       {"closes", ""},
       "P"},
  };
}

// A small file system on /home, full but for her home and a key file of no bytes.
void fill_homes() {
  mount_here("tmpfs", "/home", 0, "size=64k,mode=0755");
  run_tool({"/usr/bin/install", "-d", "-m", "0700", "-o", "2001", "-g", "2001", home, home + "/.ssh"});
  run_tool({"/usr/bin/install", "-m", "0600", "-o", "2001", "-g", "2001", "/dev/null", key_file});
  run_tool({"/bin/sh", "-c", "cat /dev/zero >/home/filler 2>/dev/null || :"});
}

// chmod does not help there.
// Long because it is a table.
std::vector<Case> file_systems() {
  return {
      {"C21",
       "home of ecryptfs is locked",
       [](Scene& s) {
         s.system.remove(home + "/.ssh");
         s.system.make_file(home + "/Access-Your-Private-Data.desktop", "[Desktop Entry]\n", s.person.owner(), 0644);
       },
       {"refused", {{"home-locked", home}}, {}},
       {"refused", "key-file", "home-locked"},
       {"refused", ""},
       "K"},
      {"C21",
       "home of systemd-homed is not active",
       [](Scene& s) { s.system.move(home, home + ".homedir"); },
       {"refused", {{"home-locked", home}}, {}},
       {"refused", "key-file", "home-locked"},
       {"refused", ""},
       "K"},
      {"C13",
       "key file of another uid, mounted read-only",
       [](Scene& s) {
         s.move_keys_to("/srv/keys/alice", {stranger_id, stranger_id}, 0644);
         s.mounts.push_back([] {
           mount_here("/srv/keys", "/srv/keys", MS_BIND, "");
           mount_here("none", "/srv/keys", MS_BIND | MS_REMOUNT | MS_RDONLY, "");
         });
       },
       {"refused", {{"key-file-owner", "/srv/keys/alice"}, {"read-only-mount", "/srv/keys/alice"}}, {}},
       {"refused", "key-file", "key-file-owner"},
       {"refused", "Authentication refused: bad ownership or modes for file /srv/keys/alice"},
       "K"},
      {"C57",
       "disk is full, and the key file empty",
       [](Scene& s) { s.mounts.push_back(fill_homes); },
       {"none", {{"disk-full", key_file}, {"key-file-empty", key_file}}, {}},
       {"refused", "key-file", ""},
       {"refused", ""},
       "K"},
      {"C58",
       "key file is immutable and 0666",
       [](Scene& s) {
         s.system.change_mode(key_file, 0666);
         const auto file = s.system.on_host(key_file);
         run_tool({"/usr/bin/chattr", "+i", file});
         s.undo.push_back([file] { run_tool({"/usr/bin/chattr", "-i", file}); });
       },
       {"refused", {{"key-file-immutable", key_file}, {"key-file-writable", key_file}}, {}},
       {"refused", "key-file", "key-file-writable"},
       {"refused", "Authentication refused: bad ownership or modes for file /home/alice/.ssh/authorized_keys"},
       "K"},
  };
}

}  // namespace

std::vector<Case> session_cases() {
  std::vector<Case> cases;
  for (const auto& part : {certificates(), sessions(), file_systems()}) {
    cases.insert(cases.end(), part.begin(), part.end());
  }
  return cases;
}

}  // namespace sshaudit::e2e
