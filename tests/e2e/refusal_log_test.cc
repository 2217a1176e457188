// SPDX-License-Identifier: MIT
// The line in syslog, word by word, for logins with the installed sshd and PAM.
#include "refusal_log.h"

#include <gtest/gtest.h>

namespace sshaudit::e2e {
namespace {

const std::string home = "/home/alice";
const std::string key_file = home + "/.ssh/authorized_keys";

const std::string other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g other\n";

// Long because it is a table.
std::vector<Row> path_rows() {
  return {
      {"accepted", [](Scene&) {}, "accepted", {}},
      {"home 0777",
       [](Scene& s) { s.system.change_mode(home, 0777); },
       "refused",
       {"{R}home-writable path=/home/alice: is 0777 alice:alice, writable by everyone; fix: chmod o-w /home/alice"}},
      {"home of bob",
       [](Scene& s) {
         s.system.change_owner(home, {stranger_id, stranger_id});
       },
       "refused",
       {"{R}home-owner path=/home/alice: belongs to bob, not to root or alice; fix: chown -h alice /home/alice (look "
        "first at the keys in it: bob may have put some there)"}},
      {"home of root 0700",
       [](Scene& s) {
         s.system.change_owner(home, root_owner);
         s.system.change_mode(home, 0700);
       },
       "refused",
       {"{R}path-unsearchable path=/home/alice: is 0700 root:root, and alice may not search it, so sshd cannot reach "
        "/home/alice/.ssh/authorized_keys; fix: chown -h alice /home/alice"}},
      {"home 0700", [](Scene& s) { s.system.change_mode(home, 0700); }, "accepted", {}},
      {"home and .ssh 0775 of a class",
       [](Scene& s) {
         for (const auto& path : {home, home + "/.ssh"}) {
           s.system.change_owner(path, {alice_id, class_group});
           s.system.change_mode(path, 0775);
         }
       },
       "refused",
       {"{R}ssh-dir-writable path=/home/alice/.ssh: is 0775 alice:class, writable by group \"class\" (alice, bob); "
        "fix: runuser -u alice -- chmod g-w /home/alice/.ssh; chmod g-w /home/alice"}},
      {".ssh 0777",
       [](Scene& s) { s.system.change_mode(home + "/.ssh", 0777); },
       "refused",
       {"{R}ssh-dir-writable path=/home/alice/.ssh: is 0777 alice:alice, writable by everyone; fix: runuser -u alice "
        "-- chmod o-w /home/alice/.ssh"}},
      {"file 0666",
       [](Scene& s) { s.system.change_mode(key_file, 0666); },
       "refused",
       {"{R}key-file-writable path=/home/alice/.ssh/authorized_keys: is 0666 alice:alice, writable by everyone; fix: "
        "runuser -u alice -- chmod o-w /home/alice/.ssh/authorized_keys"}},
      {"file of bob",
       [](Scene& s) {
         s.system.change_owner(key_file, {stranger_id, stranger_id});
         s.system.change_mode(key_file, 0644);
       },
       "refused",
       {"{R}key-file-owner path=/home/alice/.ssh/authorized_keys: belongs to bob, not to root or alice; advice: look "
        "first at the keys in it: bob may have put some there; then give /home/alice/.ssh/authorized_keys to alice "
        "(chown -h), once you have made sure that no name on the way has become a link, and that nothing is in there "
        "which it must not have"}},
      {"file of root 0600",
       [](Scene& s) { s.system.change_owner(key_file, root_owner); },
       "refused",
       {"{R}key-file-unreadable path=/home/alice/.ssh/authorized_keys: is 0600 root:root, and alice may not read it; "
        "fix: sshaudit fix alice"}},
      {"ACL on .ssh",
       [](Scene& s) {
         s.system.change_owner(home + "/.ssh", {alice_id, class_group});
         s.system.set_acl(home + "/.ssh", "u::rwx,g::r-x,o::---,u:2002:rwx,m::rwx");
       },
       "refused",
       {"{R}ssh-dir-writable path=/home/alice/.ssh: is 0770 alice:class, writable through its ACL (user:bob:rwx); fix: "
        "runuser -u alice -- setfacl -m user:2002:r-x,mask::r-x /home/alice/.ssh"}},
      {"no file",
       [](Scene& s) { s.system.remove(key_file); },
       "refused",
       {"{R}key-not-listed: /home/alice/.ssh/authorized_keys does not exist"}},
      {"a directory",
       [](Scene& s) {
         s.system.remove(key_file);
         s.system.make_directory(key_file, {alice_id, alice_id}, 0700);
       },
       "refused",
       {"{R}key-file-not-regular path=/home/alice/.ssh/authorized_keys: is a directory, not a regular file; advice: "
        "move it away and put a file with the public keys in its place"}},
  };
}

// Long because it is a table.
std::vector<Row> line_rows() {
  return {
      {"no line",
       [](Scene& s) { s.write_keys(other); },
       "refused",
       {"{R}key-not-listed path=/home/alice/.ssh/authorized_keys: the key in authorized_keys is another one"}},
      {"six keys",
       [](Scene& s) {
         s.write_keys(other + "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g\n");
         s.offered = {"ed25519", "ed25519 b", "ed25519 c", "ed25519 d", "ed25519 e", "ed25519 f"};
       },
       "refused",
       {"key login refused: user=alice keys=6 from=127.0.0.1 rule=key-not-listed "
        "path=/home/alice/.ssh/authorized_keys: 6 keys offered, none of the 2 in authorized_keys ({A}, {B}, {C} and 3 "
        "more)"}},
      {"second key is the one",
       [](Scene& s) {
         s.offered = {"ed25519 b", "ed25519"};
       },
       "accepted",
       {}},
      {"six keys, home 0777",
       [](Scene& s) {
         s.system.change_mode(home, 0777);
         s.offered = {"ed25519", "ed25519 b", "ed25519 c", "ed25519 d", "ed25519 e", "ed25519 f"};
       },
       "refused",
       {"key login refused: user=alice key={KEY} keys=6 from=127.0.0.1 rule=home-writable path=/home/alice: is 0777 "
        "alice:alice, "
        "writable by everyone; fix: chmod o-w /home/alice"}},
      {"wrong file",
       [](Scene& s) { s.system.move(key_file, home + "/.ssh/authorized_key"); },
       "refused",
       {"{R}key-not-listed: /home/alice/.ssh/authorized_keys does not exist; the key is in "
        "/home/alice/.ssh/authorized_key:1, which sshd does not read"}},
      {"from",
       [](Scene& s) { s.write_keys("from=\"192.0.2.9\" " + s.own_line()); },
       "refused",
       {"{R}from-refuses path=/home/alice/.ssh/authorized_keys:1: is not accepted from 127.0.0.1: from=\"192.0.2.9\" "
        "does not match; advice: connect from where the list says, or add the address to it"}},
      {"expiry",
       [](Scene& s) { s.write_keys("expiry-time=\"20200101\" " + s.own_line()); },
       "refused",
       {"{R}key-expired path=/home/alice/.ssh/authorized_keys:1: expired on 2020-01-01 (expiry-time); advice: remove "
        "the line, or give it a later expiry-time"}},
      {"unknown option",
       [](Scene& s) { s.write_keys("no-such-thing " + s.own_line()); },
       "refused",
       {"{R}option-unknown path=/home/alice/.ssh/authorized_keys:1: is ignored: \"no-such-thing\" is no option, at "
        "column 1; advice: remove it, or whatever stands before the key and is none of the options of sshd(8)"}},
      {"joined",
       [](Scene& s) {
         auto line = other;
         line.pop_back();
         s.write_keys(line + s.own_line());
       },
       "refused",
       {"{R}keys-joined path=/home/alice/.ssh/authorized_keys:1: holds two keys on one line: the second begins at "
        "column 87; sshd takes it for the comment of the first, so only the first counts; advice: start a new line "
        "before ssh-ed25519 at column 87, or before its options, if it has any"}},
      {"byte order mark",
       [](Scene& s) { s.write_keys("\xEF\xBB\xBF" + s.own_line()); },
       "refused",
       {"{R}byte-order-mark path=/home/alice/.ssh/authorized_keys:1: is ignored: the file starts with a UTF-8 byte "
        "order mark (EF BB BF), which sshd takes for a part of the line; advice: save the file without it, as plain "
        "UTF-8"}},
      {"wrapped",
       [](Scene& s) {
         auto line = s.own_line();
         line.insert(40, "\n");
         s.write_keys(line);
       },
       "refused",
       {"{R}key-wrapped path=/home/alice/.ssh/authorized_keys:1: /home/alice/.ssh/authorized_keys:1-2 is one key "
        "broken into 2 lines: sshd reads none of them; advice: join lines 1 to 2 into one, without blanks in the key"}},
      {"private key",
       [](Scene& s) {
         s.write_keys("-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0c2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n");
       },
       "refused",
       {"{R}key-not-listed path=/home/alice/.ssh/authorized_keys: there is no key in authorized_keys; "
        "/home/alice/.ssh/authorized_keys:1-3 is a PRIVATE key: sshd does not read it, and whoever can read the file "
        "has it"}},
      {"hostile comment",
       [](Scene& s) {
         s.write_keys("from=\"192.0.2.9\" " + ClientKeys::line("ed25519").substr(0, 80) +
                      " a%n\x1b]0;x\x07\"\xc2\x85 \xe2\x80\xae\xff\n");
       },
       "refused",
       {"{R}from-refuses path=/home/alice/.ssh/authorized_keys:1: is not accepted from 127.0.0.1: from=\"192.0.2.9\" "
        "does not match; advice: connect from where the list says, or add the address to it"}},
      {"hostile name",
       [](Scene& s) {
         s.person.name = "al%n \xc3\xa9=";
         s.system.change_mode(s.person.key_file(), 0666);
       },
       "refused",
       {"key login refused: user=\"al%n \xc3\xa9=\" key={KEY} from=127.0.0.1 rule=key-file-writable "
        "path=/home/alice/.ssh/authorized_keys: is 0666 al%n \xc3\xa9=:al%n \xc3\xa9=, writable by everyone; fix: "
        "runuser -u 'al%n \xc3\xa9=' -- chmod o-w /home/alice/.ssh/authorized_keys"}},
      {"hostile path",
       [](Scene& s) {
         s.person.home = "/home/al%s \"\t\xe2\x80\xa8\xc3\xa4\xff\x1b";
         s.system.add_usual_home(s.person);
         s.write_keys(s.own_line());
         s.system.change_mode(s.person.key_file(), 0666);
       },
       "refused",
       {R"({R}key-file-writable path="/home/al%s \"\t\u{2028}ä\xff\x1b/.ssh/authorized_keys": is 0666 alice:alice, )"
        R"(writable by everyone; fix: runuser -u alice -- chmod o-w )"
        R"($'/home/al%s "\011\342\200\250\303\244\377\033/.ssh/authorized_keys')"}},
  };
}

// Long because it is a table.
std::vector<Row> pam_rows() {
  const auto aged = [](std::string rest) { return [rest = std::move(rest)](Scene& s) { s.shadow_rest = rest; }; };
  return {
      {"accepted", [](Scene&) {}, "accepted", {}},
      {"expired",
       aged("19700:0:99999:7::18000:"),
       "refused",
       {"pam_sshaudit(sshd:account): key login refused: user=alice from=127.0.0.1 rule=account-expired: the account "
        "expired on 2019-04-14 (chage -E); fix: chage -E -1 alice (only if it is to log in again)"}},
      {"aged",
       aged("18000:0:30:7:10::"),
       "refused",
       {"pam_sshaudit(sshd:account): key login refused: user=alice from=127.0.0.1 rule=password-expired: its password "
        "expired on 2019-05-14, and it is inactive since 2019-05-24, which keeps keys out too; fix: chage -M -1 -I -1 "
        "alice (it has no password that could be changed)"}},
      {"nologin file",
       [](Scene& s) { s.system.make_file("/etc/nologin", "down for repair\n", root_owner, 0644); },
       "refused",
       {"pam_sshaudit(sshd:account): key login refused: user=alice from=127.0.0.1 rule=nologin-file path=/etc/nologin: "
        "exists, and pam_nologin (/etc/pam.d/sshd:5) lets only root in; advice: see why it is there: a start of the "
        "system that hangs leaves it behind"}},
      {"access.conf",
       [](Scene& s) {
         s.system.make_directory("/etc/security", root_owner, 0755);
         s.system.make_file("/etc/security/access.conf", "-:alice:ALL\n", root_owner, 0644);
         s.account_line += "account required pam_access.so\n";
       },
       "refused",
       {"pam_sshaudit(sshd:account): key login refused: user=alice from=127.0.0.1 rule=pam-access-refuses "
        "path=/etc/security/access.conf:1: pam_access (/etc/pam.d/sshd:4) refuses it: the rule \"- : alice : ALL\" "
        "(/etc/security/access.conf:1) keeps it out; advice: nothing to do if this is meant; otherwise put \"+ : alice "
        ": ALL\" before it"}},
      {"unknown denier",
       [](Scene& s) { s.account_line += "account required pam_deny.so\n"; },
       "refused",
       {"pam_sshaudit(sshd:account): key login refused: user=alice from=127.0.0.1 rule=pam-module-refuses "
        "path=/etc/pam.d/sshd:4: pam_deny (/etc/pam.d/sshd:4) refuses it: it lets nobody in; advice: see what the "
        "module is told there, and what it logs"}},
      {"exec denier",
       [](Scene& s) { s.account_line += "account required pam_exec.so quiet /bin/false\n"; },
       "refused",
       {"pam_sshaudit(sshd:account): key login refused: user=alice from=127.0.0.1 rule=pam-account: the PAM account "
        "stack of sshd refuses the account: System error; advice: see what its modules log at the same time"}},
      {"shell nologin",
       [](Scene& s) { s.person.shell = "/usr/sbin/nologin"; },
       "closes",
       {"pam_sshaudit(sshd:session): key login ended: user=alice key={KEY} from=127.0.0.1 rule=shell-ends-session "
        "path=/usr/sbin/nologin: its shell /usr/sbin/nologin ends every session at once; advice: if the account is to "
        "be used: usermod -s /bin/sh alice; if not, remove its keys"}},
      {"chroot",
       [](Scene& s) {
         s.system.make_directory("/srv/jail", {alice_id, alice_id}, 0755);
         s.settings += "ChrootDirectory /srv/jail\n";
       },
       "closes",
       {"pam_sshaudit(sshd:session): key login ended: user=alice key={KEY} from=127.0.0.1 rule=chroot-unsafe "
        "path=/srv/jail: the session ends at once: ChrootDirectory /srv/jail (/etc/ssh/sshd_config:2): /srv/jail is "
        "0755 alice:alice; advice: every directory of it has to belong to root and to be writable by root alone: make "
        "a directory below it that the account may write, and give this one back to root"}},
      {"forced command",
       [](Scene& s) { s.write_keys("command=\"/no/such/thing\" " + s.own_line()); },
       "closes",
       {"pam_sshaudit(sshd:session): key login ended: user=alice key={KEY} from=127.0.0.1 rule=forced-command-broken "
        "path=/home/alice/.ssh/authorized_keys:1: is accepted, but its command /no/such/thing cannot be run: No such "
        "file or directory; advice: install the program, or correct command="}},
      {"shell missing, password",
       [](Scene& s) {
         s.person.shell = "/bin/none";
         s.settings += "PasswordAuthentication yes\n";
       },
       "refused",
       {"pam_sshaudit(sshd:auth): login refused: user=alice from=127.0.0.1 rule=shell-missing path=/bin/none: the "
        "shell \"/bin/none\" does not exist, so sshd refuses keys and passwords; fix: usermod -s /bin/sh alice"}},
      {"AllowUsers, password",
       [](Scene& s) { s.settings += "AllowUsers bob\nPasswordAuthentication yes\n"; },
       "refused",
       {"pam_sshaudit(sshd:auth): login refused: user=alice from=127.0.0.1 rule=not-in-allowusers: sshd refuses it: "
        "AllowUsers (/etc/ssh/sshd_config:2) has no entry for it: bob; advice: add it to AllowUsers if it is to log in "
        "from there"}},
      {"no account, password",
       [](Scene& s) {
         s.settings += "PasswordAuthentication yes\n";
         s.login_name = "hunter2";
       },
       "refused",
       {}},
      {"key refused, password",
       [](Scene& s) {
         s.write_keys(other);
         s.settings += "PasswordAuthentication yes\n";
       },
       "refused",
       {"{R}key-not-listed path=/home/alice/.ssh/authorized_keys: the key in authorized_keys is another one"}},
  };
}

TEST(RefusalLogAsRoot, PathsByCommand) {
  for (const auto& row : path_rows()) check(row, by_command());
}

TEST(RefusalLogAsRoot, LinesByCommand) {
  for (const auto& row : line_rows()) check(row, by_command());
}

// UsePAM no: the command is asked all the same; what sshd itself refuses before and after the key nobody is asked
// about.
TEST(RefusalLogAsRoot, WithoutPam) {
  const std::vector<Row> rows = {
      {"home 0777",
       [](Scene& s) { s.system.change_mode(home, 0777); },
       "refused",
       {"{R}home-writable path=/home/alice: is 0777 alice:alice, writable by everyone; fix: chmod o-w /home/alice"}},
      {"expired", [](Scene& s) { s.shadow_rest = "19700:0:99999:7::18000:"; }, "refused", {}},
      {"nologin file", [](Scene& s) { s.system.make_file("/etc/nologin", "no\n", root_owner, 0644); }, "closes", {}},
  };
  auto options = by_command();
  options.push_back("UsePAM=no");
  for (const auto& row : rows) check(row, options);
}

TEST(RefusalLogAsRoot, OnAPipe) {
  const Row row = {"home 0777",
                   [](Scene& s) { s.system.change_mode(home, 0777); },
                   "refused",
                   {"key login refused: user=alice key={KEY} rule=home-writable path=/home/alice: is 0777 alice:alice, "
                    "writable by everyone; fix: chmod o-w /home/alice"}};
  check(row, by_command(), true);
}

TEST(RefusalLogAsRoot, ByModule) {
  for (auto row : pam_rows()) {
    row.make = [make = row.make](Scene& scene) {
      scene.account_line += module_lines();
      scene.client_options = {"BatchMode=no", "PreferredAuthentications=publickey,password",
                              "NumberOfPasswordPrompts=1"};
      scene.system.make_file(askpass, "#!/bin/sh\necho wrong\n", root_owner, 0755);
      make(scene);
    };
    check(row, by_command());
  }
}

}  // namespace
}  // namespace sshaudit::e2e
