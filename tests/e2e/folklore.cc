// SPDX-License-Identifier: MIT
#include "folklore.h"

namespace sshaudit::e2e {
namespace {

void rewrite(AuditedSystem& system, const Person& person, const std::string& content) {
  system.remove(person.key_file());
  system.make_file(person.key_file(), content, person.owner(), 0600);
}

const Belief about_modes[] = {
    {"KeyFileMustBe0600", [](AuditedSystem& s, Person& p) { s.change_mode(p.key_file(), 0644); }},
    {"KeyFileMustBeWritable", [](AuditedSystem& s, Person& p) { s.change_mode(p.key_file(), 0444); }},
    {"KeyFileMustNotBeExecutable", [](AuditedSystem& s, Person& p) { s.change_mode(p.key_file(), 0755); }},
    {"SshDirectoryMustBe0700", [](AuditedSystem& s, Person& p) { s.change_mode(p.ssh(), 0755); }},
    {"HomeMustBe0700", [](AuditedSystem& s, Person& p) { s.change_mode(p.home, 0755); }},
    {"HomeMustNotBeSetGroupId", [](AuditedSystem& s, Person& p) { s.change_mode(p.home, 02755); }},
    {"NothingMayBeReadable",
     [](AuditedSystem& s, Person& p) {
       s.change_mode(p.home, 0755);
       s.change_mode(p.ssh(), 0755);
       s.change_mode(p.key_file(), 0644);
     }},
    {"GroupMustNeverWrite",  // Debian, and nobody else is in the group
     [](AuditedSystem& s, Person& p) {
       s.change_mode(p.home, 0775);
       s.change_mode(p.ssh(), 0775);
       s.change_mode(p.key_file(), 0664);
     }},
    {"HomesDirectoryMustNotBeGroupWritable", [](AuditedSystem& s, Person&) { s.change_mode("/home", 0775); }},
    {"HomesDirectoryMustNotBeWritable", [](AuditedSystem& s, Person&) { s.change_mode("/home", 0777); }},
    {"HomesDirectoryMustBeRoots",
     [](AuditedSystem& s, Person&) {
       s.change_owner("/home", {65534, 65534});
     }},
};

const Belief about_owners[] = {
    {"KeyFileMustBeTheUsers",
     [](AuditedSystem& s, Person& p) {
       s.change_owner(p.key_file(), root_owner);
       s.change_mode(p.key_file(), 0644);
     }},
    {"SshDirectoryMustBeTheUsers",
     [](AuditedSystem& s, Person& p) {
       s.change_owner(p.ssh(), root_owner);
       s.change_mode(p.ssh(), 0755);
     }},
    {"HomeMustBeTheUsers", [](AuditedSystem& s, Person& p) { s.change_owner(p.home, root_owner); }},
    {"GroupMustBeTheUsers",
     [](AuditedSystem& s, Person& p) {
       for (const auto& path : {p.home, p.ssh(), p.key_file()}) s.change_owner(path, {p.uid, 100});
     }},
};

const Belief about_files[] = {
    {"CarriageReturnsBreakKeys",
     [](AuditedSystem& s, Person& p) { rewrite(s, p, key_line(1, "one\r") + key_line(2, "two\r")); }},
    {"LeadingBlanksBreakKeys",
     [](AuditedSystem& s, Person& p) { rewrite(s, p, "  \t" + key_line(1, "one") + " " + key_line(2, "two")); }},
    {"LastLineNeedsItsNewline",
     [](AuditedSystem& s, Person& p) {
       auto line = key_line(1, "one");
       line.pop_back();
       rewrite(s, p, line);
     }},
    {"SecondKeyFileMustExist", [](AuditedSystem&, Person&) {}},
    {"LinksAreNotFollowed",
     [](AuditedSystem& s, Person& p) {
       s.move(p.key_file(), p.ssh() + "/keys");
       s.make_link("keys", p.key_file(), p.owner());
     }},
    {"HomeMustNotBeALink",
     [](AuditedSystem& s, Person& p) {
       s.move(p.home, "/srv/alice");
       s.make_link("/srv/alice", p.home);
     }},
};

const Belief about_accounts[] = {
    {"StarInShadowLocks", [](AuditedSystem&, Person& p) { p.password = "*"; }},
    {"BangInShadowLocksWithPam", [](AuditedSystem&, Person& p) { p.password = "!"; }},
    {"EmptyPasswordLocks", [](AuditedSystem&, Person& p) { p.password = ""; }},
    {"ShellFieldMustNotBeEmpty", [](AuditedSystem&, Person& p) { p.shell = ""; }},
    {"ShellMustBeInEtcShells",
     [](AuditedSystem& s, Person& p) {
       s.make_file("/opt/shell", "#!/bin/sh\nexec /bin/sh \"$@\"\n", root_owner, 0755);
       p.shell = "/opt/shell";
     }},
    {"EveryPersonHasKeys", [](AuditedSystem& s, Person& p) { s.remove(p.ssh()); }, "none"},
    {"HomeWithoutKeysMustNotBeWritable",
     [](AuditedSystem& s, Person& p) {
       s.remove(p.ssh());
       s.change_mode(p.home, 0777);
     },
     "none"},
    {"ServiceNeedsItsHome",
     [](AuditedSystem& s, Person& p) {
       s.remove(p.home);
       p = {p.name, 997, 997, "/nonexistent", "/usr/sbin/nologin", ""};
     },
     "none"},
    {"ServiceMustNotLiveInRoot",
     [](AuditedSystem&, Person& p) { p = {p.name, 996, 996, "/", "/usr/bin/git-shell", ""}; }, "none"},
};

}  // namespace

std::vector<Belief> beliefs() {
  std::vector<Belief> all;
  const auto add = [&](const auto& some) {
    for (const auto& belief : some) all.push_back(belief);
  };
  add(about_modes);
  add(about_owners);
  add(about_files);
  add(about_accounts);
  return all;
}

}  // namespace sshaudit::e2e
