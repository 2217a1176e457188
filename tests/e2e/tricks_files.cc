// SPDX-License-Identifier: MIT
// What is in the place of a file or a directory, or beside it.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "tricks.h"

namespace sshaudit::e2e {
namespace {

void must(bool done, const std::string& what) {
  if (!done) throw std::system_error(errno, std::generic_category(), what);
}

// What is looked up in place of the key file, or of ~/.ssh.
auto key_file_is_link_to(const std::string& target) {
  return [target](AuditedSystem& system, const Person& person) {
    system.remove(person.key_file());
    system.make_link(target, person.key_file(), person.owner());
  };
}

auto ssh_is_link_to(const std::string& target) {
  return [target](AuditedSystem& system, const Person& person) {
    system.remove(person.ssh());
    system.make_link(target, person.ssh(), person.owner());
  };
}

void socket_as_key_file(AuditedSystem& system, const Person& person) {
  system.remove(person.key_file());
  const auto directory = system.on_host(person.ssh());
  const int here = open(directory.c_str(), O_PATH | O_CLOEXEC);
  const auto path = "/proc/self/fd/" + std::to_string(here) + "/authorized_keys";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  must(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "bind");
  close(fd);
  close(here);
}

void fifo_as_key_file(AuditedSystem& system, const Person& person) {
  system.remove(person.key_file());
  system.make_fifo(person.key_file(), person.owner(), 0600);
}

void fifo_as_ssh(AuditedSystem& system, const Person& person) {
  system.remove(person.ssh());
  system.make_fifo(person.ssh(), person.owner(), 0700);
}

void file_as_ssh(AuditedSystem& system, const Person& person) {
  system.remove(person.ssh());
  system.make_file(person.ssh(), key_line(1, "here"), person.owner(), 0600);
}

void fifos_beside(AuditedSystem& system, const Person& person) {
  write_keys(system, person, "# nothing\n");
  for (const auto* name : {"authorized_keys2", "authorized_key", "id_ed25519.pub", "environment", "rc"}) {
    system.make_fifo(person.ssh() + "/" + name, person.owner(), 0600);
  }
  for (const auto* name : {".hushlogin", ".Private", ".ecryptfs"}) {
    system.make_fifo(person.home + "/" + name, person.owner(), 0600);
  }
}

// Where public keys are looked for when there are none in the key file.
void links_to_secrets_beside(AuditedSystem& system, const Person& person) {
  write_keys(system, person, "");
  system.make_link("/root/secret", person.ssh() + "/authorized_keys2", person.owner());
  system.make_link("/root/secret", person.ssh() + "/a.pub", person.owner());
  system.make_link("/etc/shadow", person.ssh() + "/authorized_keys.txt", person.owner());
  system.make_link("/root/secret", person.ssh() + "/environment", person.owner());
}

void crowd_of_files(AuditedSystem& system, const Person& person) {
  constexpr int many = 10'000;
  write_keys(system, person, "");
  for (int i = 0; i < many; ++i) {
    system.make_file(person.ssh() + "/" + std::to_string(i) + "*?[a]\n.pub", "x", person.owner(), 0600);
  }
}

void circle_of_directories(AuditedSystem& system, const Person& person) {
  system.remove(person.ssh());
  system.make_link("b", person.ssh(), person.owner());
  system.make_link(".ssh", person.home + "/b", person.owner());
}

void another_name_of_the_victims(AuditedSystem& system, const Person& person) {
  system.remove(person.key_file());
  const auto theirs = system.on_host(system.person(victim, 0).key_file());
  must(link(theirs.c_str(), system.on_host(person.key_file()).c_str()) == 0, "link");
}

void others_file_of_mode_0(AuditedSystem& system, const Person& person) {
  system.remove(person.key_file());
  system.make_file(person.key_file(), secret, {1, 1}, 0);
}

void own_file_of_mode_0(AuditedSystem& system, const Person& person) { system.change_mode(person.key_file(), 0); }

void deep_directories(AuditedSystem& system, const Person& person) {
  constexpr int levels = 300;
  std::string path = person.home;
  for (int i = 0; i < levels; ++i) system.make_directory(path += "/d", person.owner(), 0755);
  system.make_file(path + "/authorized_keys", key_line(1, "deep"), person.owner(), 0600);
  ssh_is_link_to(path)(system, person);
}

void evil_directory(AuditedSystem& system, const Person& person) {
  const auto path = person.home + "/" + evil;
  system.move(person.ssh(), path);
  system.change_mode(path, 0777);
  system.make_link(evil, person.ssh(), person.owner());
}

void evil_file(AuditedSystem& system, const Person& person) {
  const auto path = person.ssh() + "/" + evil;
  system.move(person.key_file(), path);
  system.change_mode(path, 0666);
  system.make_link(evil, person.key_file(), person.owner());
}

// sshd is told to look there for this account, below a directory of the account's own.
void token_leads_to(AuditedSystem& system, const Person& person, const std::string& target) {
  const auto place = "/srv/keys/" + person.name;
  if (!std::filesystem::exists(system.on_host("/srv/keys"))) system.make_directory("/srv/keys", root_owner, 0755);
  system.make_directory(place, person.owner(), 0755);
  system.make_link(target, place + "/" + person.name, person.owner());
  std::ofstream(system.on_host("/etc/ssh/sshd_config"), std::ios::app)
      << "Match User " << person.name << "\n  AuthorizedKeysFile /srv/keys/%u/%u\n";
}

auto token_to(const std::string& target) {
  return [target](AuditedSystem& system, const Person& person) { token_leads_to(system, person, target); };
}

void sparse_tebibyte(AuditedSystem& system, const Person& person) {
  constexpr off_t tebibyte = off_t{1} << 40;
  write_keys(system, person, "");
  must(truncate(system.on_host(person.key_file()).c_str(), tebibyte) == 0, "truncate");
}

}  // namespace

// Long because it is a table.
std::vector<Trick> tricks_with_files() {
  const std::string longest(NAME_MAX, 'n');
  return {
      {"fifo", {"refused key-file-not-regular"}, fifo_as_key_file},
      {"socket", {"refused key-file-not-regular"}, socket_as_key_file},
      {"zero", {"refused key-file-not-regular"}, key_file_is_link_to("/dev/zero")},
      {"tty", {"refused key-file-not-regular"}, key_file_is_link_to("/dev/tty")},
      {"random", {"refused key-file-not-regular"}, key_file_is_link_to("/dev/random")},
      {"ssh-fifo", {"refused path-not-directory"}, fifo_as_ssh},
      {"ssh-file", {"refused path-not-directory"}, file_as_ssh},
      {"fifos-beside", {"refused key-file-not-regular"}, fifos_beside},
      {"links-beside", {"refused path-unsearchable"}, links_to_secrets_beside},
      {"crowd", {"none key-file-empty"}, crowd_of_files},
      {"circle", {"refused path-unresolvable"}, key_file_is_link_to("authorized_keys")},
      {"circle-dirs", {"refused path-unresolvable"}, circle_of_directories},
      {"proc-fd", {"unknown path-unseen"}, key_file_is_link_to("/proc/self/fd/0")},
      {"proc-memory", {"unknown path-unseen"}, key_file_is_link_to("/proc/self/mem")},
      {"proc-root", {"unknown path-unseen"}, ssh_is_link_to("/proc/1/root/root")},
      {"proc-environ", {"unknown path-unseen"}, key_file_is_link_to("/proc/self/environ")},
      {"dev-stdin", {"unknown path-unseen"}, key_file_is_link_to("/dev/stdin")},
      {"victims-ssh", {"refused path-unsearchable"}, ssh_is_link_to("/home/honest01/.ssh")},
      {"roots-file", {"refused path-unsearchable"}, key_file_is_link_to("/root/secret")},
      {"dots-root", {"refused path-unsearchable"}, key_file_is_link_to("../../../root/secret")},
      {"dots-victim", {"refused path-unsearchable"}, ssh_is_link_to("../honest01/.ssh/../.ssh")},
      {"token-root", {"refused key-file-not-read path-unsearchable"}, token_to("/root/secret")},
      {"token-shadow", {"refused key-file-not-read key-file-unreadable"}, token_to("../../../etc/shadow")},
      {"token-victim",
       {"refused key-file-not-read path-unsearchable"},
       token_to("/home/honest01/.ssh/authorized_keys")},
      {"shadow", {"refused key-file-unreadable"}, key_file_is_link_to("/etc/shadow")},
      {"hard-link", {"refused key-file-owner key-file-unreadable"}, another_name_of_the_victims},
      {"others-mode-0", {"refused key-file-owner key-file-unreadable"}, others_file_of_mode_0},
      {"mode-0", {"refused key-file-unreadable"}, own_file_of_mode_0},
      {"deep", {"unknown path-unseen"}, deep_directories},
      {"long-name", {"refused key-file-dangling-link"}, key_file_is_link_to(longest)},
      {"too-long-name", {"refused path-unresolvable"}, key_file_is_link_to(longest + "n")},
      {"evil-target", {"refused key-file-dangling-link"}, key_file_is_link_to(evil)},
      {"evil-dir", {"refused ssh-dir-writable"}, evil_directory},
      {"evil-file", {"refused key-file-writable"}, evil_file},
      {"globs", {"refused key-file-dangling-link"}, key_file_is_link_to("*?[a-z]{1,2}~root\n%h%u")},
      {"sparse", {"unknown key-file-cut"}, sparse_tebibyte},
  };
}

void write_keys(AuditedSystem& system, const Person& person, const std::string& text) {
  system.remove(person.key_file());
  system.make_file(person.key_file(), text, person.owner(), 0600);
}

}  // namespace sshaudit::e2e
