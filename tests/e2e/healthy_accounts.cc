// SPDX-License-Identifier: MIT
// Accounts that sshd lets in, or that have no keys and of whom nobody expects any. Not a word about any of them.
#include <array>

#include "fault_tree.h"

namespace sshaudit::e2e {
namespace {

void set_modes(Site& site, mode_t home, mode_t ssh, mode_t key_file) {
  site.system.change_mode(site.person.home, home);
  site.system.change_mode(site.person.ssh(), ssh);
  site.system.change_mode(site.person.key_file(), key_file);
}

void rewrite_key_file(Site& site, std::string_view content, mode_t mode) {
  site.system.remove(site.person.key_file());
  site.system.make_file(site.person.key_file(), content, site.person.owner(), mode);
}

void have_no_keys(Site& site) {
  site.system.remove(site.person.ssh());
  site.change("none");
}

void link_key_file(Site& site, const std::string& dots) {
  const auto key = "/etc/ssh/keys/" + site.person.name;
  site.move_key_file(key, root_owner, 0644, dots + key);
}

const std::array modes_and_owners = {
    Kind{"as useradd makes it", [](Site&) {}},
    Kind{"everything readable", [](Site& s) { set_modes(s, 0755, 0755, 0644); }},
    Kind{"everything closed", [](Site& s) { set_modes(s, 0700, 0700, 0400); }},
    Kind{"private group writes everything", [](Site& s) { set_modes(s, 0775, 0775, 0664); }},
    Kind{"private group that lists the user writes everything",
         [](Site& s) {
           s.listed_members = {s.person.name};
           set_modes(s, 02775, 0770, 0660);
         }},
    Kind{"root's key file",
         [](Site& s) {
           s.system.change_owner(s.person.key_file(), root_owner);
           set_modes(s, 0755, 0755, 0644);
         }},
    Kind{"key file for the user's group to read",
         [](Site& s) {
           s.system.change_owner(s.person.key_file(), {0, s.person.gid});
           set_modes(s, 0755, 0755, 0640);
         }},
    Kind{"all of it root's",
         [](Site& s) {
           for (const auto& path : {s.person.home, s.person.ssh(), s.person.key_file()}) {
             s.system.change_owner(path, root_owner);
           }
           set_modes(s, 0755, 0711, 0644);
         }},
    Kind{"root's key file, private group without list writes it",
         [](Site& s) {
           s.system.change_owner(s.person.key_file(), {0, s.person.gid});
           set_modes(s, 0755, 0700, 0664);
         }},
    Kind{"shared group that only reads",
         [](Site& s) {
           s.system.change_owner(s.person.home, {s.person.uid, shared_group});
           set_modes(s, 0750, 0750, 0640);
         }},
    Kind{"ACL that only reads",
         [](Site& s) { s.system.set_acl(s.person.home, "u::rwx,u:9001:r-x,g::r-x,m::r-x,o::---"); }},
    Kind{"ACL whose mask takes write away",
         [](Site& s) {
           s.system.change_owner(s.person.home, {s.person.uid, shared_group});
           s.system.set_acl(s.person.home, "u::rwx,u:9001:rwx,g::r-x,m::r-x,o::---");
         }},
    Kind{"ACL for the user and root",
         [](Site& s) {
           const auto self = std::to_string(s.person.uid);
           s.system.set_acl(s.person.home, "u::rwx,u:0:rwx,u:" + self + ":rwx,g::r-x,m::rwx,o::---");
         }},
    Kind{"ACL for the user's own group",
         [](Site& s) {
           const auto own = std::to_string(s.person.gid);
           s.system.set_acl(s.person.home, "u::rwx,g::r-x,g:" + own + ":rwx,m::rwx,o::---");
         }},
};

const std::array files = {
    Kind{"two key files",
         [](Site& s) {
           s.system.make_file(s.person.ssh() + "/authorized_keys2", key_line(2, "two"), s.person.owner(), 0600);
         }},
    Kind{"only authorized_keys2",
         [](Site& s) {
           s.system.remove(s.person.key_file());
           s.system.make_file(s.person.ssh() + "/authorized_keys2", key_line(2, "two"), s.person.owner(), 0600);
         }},
    Kind{"key, and an empty second key file for all",
         [](Site& s) { s.system.make_file(s.person.ssh() + "/authorized_keys2", "", s.person.owner(), 0666); }},
    Kind{"many keys",
         [](Site& s) {
           std::string keys;
           for (std::size_t i = 0; i < 500; ++i) keys += key_line(i, "one of many");
           rewrite_key_file(s, keys, 0600);
         }},
    Kind{"keys of another system", [](Site& s) { rewrite_key_file(s, "  " + key_line(3, "carriage return\r"), 0600); }},
    Kind{"key file linked within the home",
         [](Site& s) {
           s.system.make_directory(s.person.home + "/dotfiles", s.person.owner(), 0755);
           s.move_key_file(s.person.home + "/dotfiles/keys", s.person.owner(), 0600, "../dotfiles/keys");
         }},
    Kind{"absolute link", [](Site& s) { link_key_file(s, ""); }},
    Kind{"link with more dots than there are directories",
         [](Site& s) { link_key_file(s, "../../../../../../../../../../.."); }},
    Kind{"ACL for the user alone before a link to a safe key file",
         [](Site& s) {
           const auto key = "/etc/ssh/keys/" + s.person.name;
           s.move_key_file(key, root_owner, 0644, key);
           s.system.change_owner(s.person.ssh(), {s.person.uid, shared_group});
           s.system.set_acl(s.person.ssh(), "u::rwx,u:" + std::to_string(s.person.uid) + ":rwx,g::r-x,m::rwx,o::---");
         }},
    Kind{".ssh linked to a safe directory", [](Site& s) { s.move_ssh("/srv/keys/" + s.person.name); }},
    Kind{"two links in a row",
         [](Site& s) {
           const auto step = "/srv/keys/" + s.person.name;
           s.system.make_link("/etc/ssh/keys/" + s.person.name, step);
           s.move_key_file("/etc/ssh/keys/" + s.person.name, root_owner, 0644, step);
         }},
};

const std::array homes = {
    Kind{"home below a directory for all",
         [](Site& s) {
           const auto home = "/srv/open/" + s.person.name;
           s.system.remove(s.person.home);
           s.person.home = home;
           s.system.add_usual_home(s.person);
         }},
    Kind{"home is a link",
         [](Site& s) {
           const auto real = "/srv/open/" + s.person.name;
           s.system.move(s.person.home, real);
           s.system.make_link(real, s.person.home);
         }},
    Kind{"home with a slash behind", [](Site& s) { s.person.home += "/"; }},
    Kind{"home with dots", [](Site& s) { s.person.home = "/srv/.." + s.person.home + "/."; }},
    Kind{"shell field is empty", [](Site& s) { s.person.shell.clear(); }},
    Kind{"shell is a link", [](Site& s) { s.person.shell = "/srv/shells/link"; }},
    Kind{"shell that is no one's usual", [](Site& s) { s.person.shell = "/srv/shells/good"; }},
    Kind{"locked password", [](Site& s) { s.person.password = "!"; }},
    Kind{"locked hash", [](Site& s) { s.person.password = "!$6$salt$hash"; }},
    Kind{"very long gecos", [](Site& s) { s.person.gecos = std::string(65536, 'g'); }},
};

const std::array without_keys = {
    Kind{"no .ssh", [](Site& s) { have_no_keys(s); }},
    Kind{"no .ssh in a home for all",
         [](Site& s) {
           have_no_keys(s);
           s.system.change_mode(s.person.home, 0777);
         }},
    Kind{"empty .ssh for all",
         [](Site& s) {
           s.system.remove(s.person.key_file());
           s.system.change_mode(s.person.ssh(), 0777);
           s.change("none");
         }},
    Kind{"empty .ssh that cannot be searched",
         [](Site& s) {
           s.system.remove(s.person.key_file());
           s.system.change_mode(s.person.ssh(), 0600);
           s.change("none");
         }},
    Kind{"empty key file for all",
         [](Site& s) {
           rewrite_key_file(s, "", 0666);
           s.find("key-file-empty", s.person.key_file());
           s.change("none");
         }},
    Kind{"comments only, for all",
         [](Site& s) {
           rewrite_key_file(s, "# keys come from elsewhere\n\n   \t# nothing here\r\n", 0666);
           s.find("key-file-empty", s.person.key_file());
           s.change("none");
         }},
    Kind{"nologin without home",
         [](Site& s) {
           s.system.remove(s.person.home);
           s.person.shell = "/usr/sbin/nologin";
           s.change("none");
         }},
    Kind{"nologin in a home for all",
         [](Site& s) {
           have_no_keys(s);
           s.system.change_mode(s.person.home, 0777);
           s.person.shell = "/bin/false";
           s.change("none");
         }},
    Kind{"nologin that is not there, without keys",
         [](Site& s) {
           have_no_keys(s);
           s.person.shell = "/opt/gone/nologin";
         }},
};

}  // namespace

std::vector<Kind> healthy_kinds() {
  std::vector<Kind> kinds;
  const auto add = [&](const auto& some) { kinds.insert(kinds.end(), some.begin(), some.end()); };
  add(modes_and_owners);
  add(files);
  add(homes);
  add(without_keys);
  return kinds;
}

}  // namespace sshaudit::e2e
