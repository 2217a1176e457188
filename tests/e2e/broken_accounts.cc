// SPDX-License-Identifier: MIT
// Accounts with one fault each. The rules are those of sshd 9.2 of Debian 12 with UsePAM and StrictModes.
#include <array>

#include "fault_tree.h"

namespace sshaudit::e2e {
namespace {

Owner strangers(const Site& site) { return {Stranger::uid, site.person.gid}; }
std::string pool(const Site& site) { return "/srv/keys/" + site.person.name; }
std::string acl_with(std::string_view entry, std::string_view group, std::string_view mask) {
  return "u::rwx,g::" + std::string(group) + ",o::---,m::" + std::string(mask) + "," + std::string(entry);
}
std::string stranger_writes() { return acl_with("u:9001:rwx", "r-x", "rwx"); }

// What the private group may not excuse: the group is another, or has a second member.
void share(Site& site, const std::string& path, mode_t mode, gid_t group, std::string_view rule) {
  site.system.change_owner(path, {site.person.uid, group});
  site.system.change_mode(path, mode);
  site.refuse(rule, path);
}

void open_up(Site& site, const std::string& path, mode_t mode, std::string_view rule) {
  site.system.change_mode(path, mode);
  site.refuse(rule, path);
}

void give_away(Site& site, const std::string& path, Owner owner, mode_t mode, std::string_view rule) {
  site.system.change_owner(path, owner);
  site.system.change_mode(path, mode);
  site.refuse(rule, path);
}

void replace_shell(Site& site, const std::string& shell, std::string_view rule) {
  site.person.shell = shell;
  site.refuse(rule, shell);
}

const std::array owners = {
    Kind{"home is somebody else's", [](Site& s) { give_away(s, s.person.home, strangers(s), 0755, "home-owner"); }},
    Kind{"home is nobody's",
         [](Site& s) {
           give_away(s, s.person.home, {unknown_owner, unknown_group}, 0755, "home-owner");
         }},
    Kind{".ssh is somebody else's", [](Site& s) { give_away(s, s.person.ssh(), strangers(s), 0755, "ssh-dir-owner"); }},
    Kind{"key file is somebody else's",
         [](Site& s) { give_away(s, s.person.key_file(), strangers(s), 0644, "key-file-owner"); }},
    Kind{"key file is nobody's",
         [](Site& s) {
           give_away(s, s.person.key_file(), {unknown_owner, unknown_group}, 0644, "key-file-owner");
         }},
};

const std::array modes = {
    Kind{"group writes home", [](Site& s) { share(s, s.person.home, 0775, shared_group, "home-writable"); }},
    Kind{"group writes .ssh", [](Site& s) { share(s, s.person.ssh(), 0770, shared_group, "ssh-dir-writable"); }},
    Kind{"group writes key file",
         [](Site& s) { share(s, s.person.key_file(), 0664, shared_group, "key-file-writable"); }},
    Kind{"others write home", [](Site& s) { open_up(s, s.person.home, 0757, "home-writable"); }},
    Kind{"others write .ssh", [](Site& s) { open_up(s, s.person.ssh(), 0703, "ssh-dir-writable"); }},
    Kind{"others write key file", [](Site& s) { open_up(s, s.person.key_file(), 0602, "key-file-writable"); }},
    Kind{"all write home", [](Site& s) { open_up(s, s.person.home, 0777, "home-writable"); }},
    Kind{"all write .ssh", [](Site& s) { open_up(s, s.person.ssh(), 0777, "ssh-dir-writable"); }},
    Kind{"all write key file", [](Site& s) { open_up(s, s.person.key_file(), 0666, "key-file-writable"); }},
    Kind{"sticky home for all", [](Site& s) { open_up(s, s.person.home, 01777, "home-writable"); }},
    Kind{"root's group writes home", [](Site& s) { share(s, s.person.home, 0775, 0, "home-writable"); }},
    Kind{"unknown group writes home", [](Site& s) { share(s, s.person.home, 0775, unknown_group, "home-writable"); }},
    Kind{"group of a second listed member",
         [](Site& s) {
           s.listed_members = {Stranger::name};
           open_up(s, s.person.home, 0775, "home-writable");
         }},
    Kind{"group of the user and a second listed member",
         [](Site& s) {
           s.listed_members = {s.person.name, Stranger::name};
           open_up(s, s.person.ssh(), 0775, "ssh-dir-writable");
         }},
    Kind{"group of a second primary member",
         [](Site& s) {
           s.add_mate();
           open_up(s, s.person.home, 0775, "home-writable");
         }},
    Kind{"root's key file, written by the group that lists the user",  // the list is held against the owner's name
         [](Site& s) {
           s.listed_members = {s.person.name};
           give_away(s, s.person.key_file(), {0, s.person.gid}, 0664, "key-file-writable");
         }},
    Kind{"home for all, and two key files",
         [](Site& s) {
           s.system.make_file(s.person.ssh() + "/authorized_keys2", key_line(1, "second"), s.person.owner(), 0600);
           open_up(s, s.person.home, 0777, "home-writable");
         }},
    Kind{"first key file for all, second safe",
         [](Site& s) {
           s.system.make_file(s.person.ssh() + "/authorized_keys2", key_line(1, "second"), s.person.owner(), 0600);
           open_up(s, s.person.key_file(), 0666, "key-file-writable");
           s.change("accepted");
         }},
};

const std::array outside = {
    Kind{"key file linked below a directory for all",
         [](Site& s) {
           s.system.make_directory(pool(s), root_owner, 0777);
           s.move_key_file(pool(s) + "/key", s.person.owner(), 0600, pool(s) + "/key");
           s.refuse("parent-writable", pool(s));
         }},
    Kind{"key file linked below a directory of the shared group",
         [](Site& s) {
           s.system.make_directory(pool(s), {0, shared_group}, 0775);
           s.move_key_file(pool(s) + "/key", s.person.owner(), 0600, pool(s) + "/key");
           s.refuse("parent-writable", pool(s));
         }},
    Kind{"key file linked below a directory of somebody else's",
         [](Site& s) {
           s.system.make_directory(pool(s), {Stranger::uid, Stranger::uid}, 0755);
           s.move_key_file(pool(s) + "/key", s.person.owner(), 0600, pool(s) + "/key");
           s.refuse("parent-owner", pool(s));
         }},
    Kind{"key file linked into a sticky directory",
         [](Site& s) {
           const auto key = "/srv/sticky/" + s.person.name;
           s.move_key_file(key, s.person.owner(), 0600, key);
           s.refuse("parent-writable", "/srv/sticky");
         }},
    Kind{".ssh linked below a directory for all",
         [](Site& s) {
           s.system.make_directory(pool(s), root_owner, 0777);
           s.move_ssh(pool(s) + "/ssh");
           s.refuse("parent-writable", pool(s));
         }},
    Kind{".ssh linked below a directory of somebody else's",
         [](Site& s) {
           s.system.make_directory(pool(s), {Stranger::uid, Stranger::uid}, 0755);
           s.move_ssh(pool(s) + "/ssh");
           s.refuse("parent-owner", pool(s));
         }},
    Kind{".ssh linked to a directory for all",
         [](Site& s) {
           s.move_ssh(pool(s));
           open_up(s, pool(s), 0777, "parent-writable");
         }},
    Kind{".ssh linked, key file for all",
         [](Site& s) {
           s.move_ssh(pool(s));
           open_up(s, pool(s) + "/authorized_keys", 0666, "key-file-writable");
         }},
    Kind{"absolute link to a key file for all",
         [](Site& s) {
           const auto key = "/etc/ssh/keys/" + s.person.name;
           s.move_key_file(key, s.person.owner(), 0666, key);
           s.refuse("key-file-writable", key);
         }},
    Kind{"link with more dots than there are directories, to a key file for all",
         [](Site& s) {
           const auto key = "/etc/ssh/keys/" + s.person.name;
           s.move_key_file(key, s.person.owner(), 0666, "../../../../../../../../../../.." + key);
           s.refuse("key-file-writable", key);
         }},
    Kind{".ssh for all before a link to a safe key file",  // sshd walks only where the link leads
         [](Site& s) {
           const auto key = "/etc/ssh/keys/" + s.person.name;
           s.move_key_file(key, root_owner, 0644, key);
           s.system.change_mode(s.person.ssh(), 0777);
           s.find("path-hijackable", s.person.ssh());
         }},
    Kind{"ACL on .ssh before a link to a safe key file, private group",
         [](Site& s) {
           const auto key = "/etc/ssh/keys/" + s.person.name;
           s.move_key_file(key, root_owner, 0644, key);
           s.system.set_acl(s.person.ssh(), stranger_writes());
           s.find("path-hijackable", s.person.ssh());
         }},
    Kind{"home for all before a link to a safe .ssh",
         [](Site& s) {
           s.move_ssh(pool(s));
           s.system.change_mode(s.person.home, 0777);
           s.find("path-hijackable", s.person.home);
         }},
};

const std::array unreadable = {
    Kind{"key file 0000", [](Site& s) { open_up(s, s.person.key_file(), 0, "key-file-unreadable"); }},
    Kind{"key file root 0600",
         [](Site& s) { give_away(s, s.person.key_file(), root_owner, 0600, "key-file-unreadable"); }},
    Kind{".ssh 0600", [](Site& s) { open_up(s, s.person.ssh(), 0600, "path-unsearchable"); }},
    Kind{".ssh root 0700", [](Site& s) { give_away(s, s.person.ssh(), root_owner, 0700, "path-unsearchable"); }},
    Kind{"home 0000", [](Site& s) { open_up(s, s.person.home, 0, "path-unsearchable"); }},
    Kind{"home root 0700", [](Site& s) { give_away(s, s.person.home, root_owner, 0700, "path-unsearchable"); }},
    Kind{"home below a closed directory",
         [](Site& s) {
           const auto home = "/srv/closed/" + s.person.name;
           s.system.remove(s.person.home);
           s.person.home = home;
           s.system.add_usual_home(s.person);
           s.refuse("path-unsearchable", "/srv/closed");
         }},
    Kind{"key file linked behind a closed directory",
         [](Site& s) {
           const auto key = "/srv/closed/" + s.person.name;
           s.move_key_file(key, s.person.owner(), 0600, key);
           s.refuse("path-unsearchable", "/srv/closed");
         }},
};

void grant(Site& site, const std::string& path, const std::string& acl, gid_t group) {
  site.system.change_owner(path, {site.person.uid, group});
  site.system.set_acl(path, acl);
}

const std::array acls = {
    Kind{"ACL on home, shared group",
         [](Site& s) {
           grant(s, s.person.home, stranger_writes(), shared_group);
           s.refuse("home-writable", s.person.home);
         }},
    Kind{"ACL on .ssh, shared group",
         [](Site& s) {
           grant(s, s.person.ssh(), stranger_writes(), shared_group);
           s.refuse("ssh-dir-writable", s.person.ssh());
         }},
    Kind{"ACL on key file, shared group",
         [](Site& s) {
           grant(s, s.person.key_file(), "u::rw-,u:9001:rw-,g::r--,m::rw-,o::---", shared_group);
           s.refuse("key-file-writable", s.person.key_file());
         }},
    Kind{"ACL on home, private group",
         [](Site& s) {
           grant(s, s.person.home, stranger_writes(), s.person.gid);
           s.find("acl-writable", s.person.home);
         }},
    Kind{"ACL on .ssh, private group",
         [](Site& s) {
           grant(s, s.person.ssh(), stranger_writes(), s.person.gid);
           s.find("acl-writable", s.person.ssh());
         }},
    Kind{"ACL on key file, private group",
         [](Site& s) {
           grant(s, s.person.key_file(), "u::rw-,u:9001:rw-,g::r--,m::rw-,o::---", s.person.gid);
           s.find("acl-writable", s.person.key_file());
         }},
    Kind{"ACL for a group, private group",
         [](Site& s) {
           grant(s, s.person.home, acl_with("g:5000:rwx", "r-x", "rwx"), s.person.gid);
           s.find("acl-writable", s.person.home);
         }},
};

void replace_key_file(Site& site) { site.system.remove(site.person.key_file()); }
void replace_ssh(Site& site) { site.system.remove(site.person.ssh()); }

const std::array not_files = {
    Kind{"FIFO for key file",
         [](Site& s) {
           replace_key_file(s);
           s.system.make_fifo(s.person.key_file(), s.person.owner(), 0600);
           s.refuse("key-file-not-regular", s.person.key_file());
         }},
    Kind{"directory for key file",
         [](Site& s) {
           replace_key_file(s);
           s.system.make_directory(s.person.key_file(), s.person.owner(), 0700);
           s.refuse("key-file-not-regular", s.person.key_file());
         }},
    Kind{"dangling link for key file",
         [](Site& s) {
           replace_key_file(s);
           s.system.make_link("/srv/keys/gone", s.person.key_file(), s.person.owner());
           s.refuse("key-file-dangling-link", s.person.key_file());
         }},
    Kind{"link loop for key file",
         [](Site& s) {
           replace_key_file(s);
           s.system.make_link("authorized_keys", s.person.key_file(), s.person.owner());
           s.refuse("path-unresolvable", s.person.key_file());
         }},
    Kind{".ssh is a file",
         [](Site& s) {
           replace_ssh(s);
           s.system.make_file(s.person.ssh(), key_line(1, "lost"), s.person.owner(), 0600);
           s.refuse("path-not-directory", s.person.ssh());
         }},
    Kind{"dangling link for .ssh",
         [](Site& s) {
           replace_ssh(s);
           s.system.make_link("/srv/keys/gone", s.person.ssh(), s.person.owner());
           s.refuse("key-file-dangling-link", s.person.ssh());
         }},
    Kind{"link loop for .ssh",
         [](Site& s) {
           replace_ssh(s);
           s.system.make_link(".ssh", s.person.ssh(), s.person.owner());
           s.refuse("path-unresolvable", s.person.ssh());
         }},
};

void close_with(Site& site, const std::string& shell) {
  site.person.shell = shell;
  site.change("closes");
  site.find("shell-ends-session", shell);
}

const std::array shells_and_homes = {
    Kind{"missing shell", [](Site& s) { replace_shell(s, "/srv/shells/gone", "shell-missing"); }},
    Kind{"missing shell, no keys",
         [](Site& s) {
           replace_ssh(s);
           replace_shell(s, "/srv/shells/gone", "shell-missing");
         }},
    Kind{"shell with a blank behind", [](Site& s) { replace_shell(s, "/bin/bash ", "shell-missing"); }},
    Kind{"shell with an option", [](Site& s) { replace_shell(s, "/bin/bash -l", "shell-missing"); }},
    Kind{"shell is a directory", [](Site& s) { replace_shell(s, "/srv/shells/directory", "shell-not-executable"); }},
    Kind{"shell without x", [](Site& s) { replace_shell(s, "/srv/shells/plain", "shell-not-executable"); }},
    Kind{"shell is a dangling link", [](Site& s) { replace_shell(s, "/srv/shells/dangling", "shell-missing"); }},
    Kind{"shell for root only",
         [](Site& s) {
           replace_shell(s, "/srv/shells/private", "shell-not-runnable");
           s.change("closes");
         }},
    Kind{"nologin with keys", [](Site& s) { close_with(s, "/usr/sbin/nologin"); }},
    Kind{"false with keys", [](Site& s) { close_with(s, "/bin/false"); }},
    Kind{"missing home",
         [](Site& s) {
           s.system.remove(s.person.home);
           s.refuse("home-missing", s.person.home);
         }},
    Kind{"home is a file",
         [](Site& s) {
           s.system.remove(s.person.home);
           s.system.make_file(s.person.home, "", s.person.owner(), 0644);
           s.refuse("home-not-directory", s.person.home);
         }},
    Kind{"home is a dangling link",
         [](Site& s) {
           s.system.remove(s.person.home);
           s.system.make_link("/srv/keys/gone", s.person.home);
           s.refuse("home-missing", s.person.home);
         }},
    Kind{"home of nobody, no keys",
         [](Site& s) {
           replace_ssh(s);
           s.system.change_owner(s.person.home, {unknown_owner, unknown_group});
           s.change("none");
           s.find("home-orphaned", s.person.home);
         }},
};

}  // namespace

std::vector<Kind> broken_kinds() {
  std::vector<Kind> kinds;
  const auto add = [&](const auto& some) {
    for (const auto& kind : some) kinds.push_back(kind);
  };
  add(owners);
  add(modes);
  add(outside);
  add(unreadable);
  add(acls);
  add(not_files);
  add(shells_and_homes);
  return kinds;
}

}  // namespace sshaudit::e2e
