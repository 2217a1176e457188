// SPDX-License-Identifier: MIT
#include "fix_arena.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace sshaudit::e2e {
namespace {

constexpr Owner mallory{mallory_id, mallory_id};
constexpr Owner neighbour{neighbour_id, neighbour_id};
constexpr int harmless_slots = 20;  // as many as there are traps: root has to have a reason to begin
constexpr auto linked_by_account = "/home/canaries/linked/";

void must(bool done, const std::string& what) {
  if (!done) throw std::system_error(errno, std::generic_category(), what);
}

std::string in_home(const std::string& name) { return std::string(mallory_home) + "/" + name; }

void make_canaries(AuditedSystem& system) {
  for (const auto* path :
       {"/home/canaries", "/home/canaries/strict", "/home/canaries/linked", "/home/canaries/named"}) {
    system.make_directory(path, root_owner, 0755);
  }
  system.make_directory("/home/canaries/bound", neighbour, 0777);
  system.make_directory("/home/canaries/bound-own", mallory, 0777);
  system.make_file("/home/canaries/bound/authorized_keys", broken_text(), neighbour, 0666);
  system.make_file("/home/canaries/bound-own/authorized_keys", broken_text(), mallory, 0666);
  system.make_file("/home/canaries/named/authorized_keys", broken_text(), root_owner, 0666);
  system.make_file("/home/canaries/single", broken_text(), root_owner, 0666);
  for (const auto* place : {"strict", "linked"}) {
    const auto path = std::string("/home/canaries/") + place + "/";
    system.make_file(path + "root", broken_text(), root_owner, 0666);
    system.make_file(path + "root-closed", key_line(5, "closed"), root_owner, 0600);
    system.make_file(path + "neighbour", broken_text(), neighbour, 0664);
    system.make_file(path + "acl", broken_text(), root_owner, 0644);
    system.set_acl(path + "acl", "u::rw,u:2002:rw,g::rw,m::rw,o::r");
    system.make_file(path + "plain", key_line(6, "plain"), root_owner, 0644);
  }
  system.make_file("/home/canaries/linked/open", broken_text(), root_owner, 0666);
}

void link_on_host(AuditedSystem& system, const std::string& from, const std::string& name) {
  must(link(system.on_host(from).c_str(), system.on_host(in_home(name)).c_str()) == 0, "link " + name);
}

// Their times would show it if the inode behind them were touched: mallory may move the directory, not what is in it.
void make_strict_links(AuditedSystem& system) {
  for (const auto* canary : {"root", "root-closed", "neighbour", "acl", "plain"}) {
    const auto directory = std::string("d.strict-") + canary;
    system.make_directory(in_home(directory), root_owner, 0755);
    link_on_host(system, std::string("/home/canaries/strict/") + canary, directory + "/authorized_keys");
    link_on_host(system, std::string(linked_by_account) + canary, std::string("f.linked-") + canary);
  }
}

void make_secrets(AuditedSystem& system) {
  system.make_directory(in_home("d.secret"), root_owner, 0700);
  system.make_file(in_home("d.secret/authorized_keys"), "the secret of root\n", root_owner, 0644);
  system.make_file(in_home("d.secret/notes"), "the secret of root\n", root_owner, 0644);
  system.make_directory(in_home("d.program"), root_owner, 0700);
  system.make_file(in_home("d.program/become-root"), "#!/bin/false\n", root_owner, 04711);
  system.make_directory(in_home("d.passage"), root_owner, 0700);
  system.make_directory(in_home("d.passage/deep"), root_owner, 0711);
  system.make_file(in_home("d.passage/deep/notes"), "the secret of root\n", root_owner, 0644);
  for (const auto* name : {"d.program", "d.passage"}) {
    system.make_file(in_home(name) + "/authorized_keys", key_line(3, "fine"), root_owner, 0600);
  }
  system.make_file(in_home("f.secret"), "the secret of root\n", root_owner, 0600);
  system.make_directory(in_home("d.named"), root_owner, 0755);
  system.make_file(in_home("d.named/authorized_keys"), "the secret of root\n", root_owner, 0600);
}

void make_socket(AuditedSystem& system, const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto host = system.on_host(path);
  must(host.size() < sizeof address.sun_path, "name of a socket");
  host.copy(address.sun_path, host.size());
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  must(fd >= 0 && bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "socket");
  close(fd);
  system.change_owner(path, mallory);
}

void make_directories(AuditedSystem& system) {
  std::vector<std::string> broken = {"d.closed", "d.group"};
  for (int i = 0; i < harmless_slots; ++i) broken.push_back("d.open-" + std::to_string(i));
  for (const auto& name : broken) {
    system.make_directory(in_home(name), mallory, 0777);
    system.make_file(in_home(name) + "/authorized_keys", broken_text(), mallory, 0666);
  }
  system.change_mode(in_home("d.closed"), 0);
  system.change_mode(in_home("d.group"), 0775);
  system.make_directory(in_home("d.of-root"), root_owner, 0777);
  system.make_file(in_home("d.of-root/authorized_keys"), broken_text(), root_owner, 0666);
  system.make_directory(in_home("d.of-root-closed"), root_owner, 0700);
  system.make_file(in_home("d.of-root-closed/authorized_keys"), key_line(7, "fine"), root_owner, 0600);
  system.make_link("/home/canaries/named", in_home("d.link"), mallory);
  system.make_link("/etc", in_home("d.link-etc"), mallory);
  system.make_link("d.mounted", in_home("d.link-mounted"), mallory);
  system.make_link("d.bound", in_home("d.link-bound"), mallory);
  system.make_link("d.bound-own", in_home("d.link-bound-own"), mallory);
  system.make_fifo(in_home("d.fifo"), mallory, 0666);
  system.make_directory(in_home("d.bound"), mallory, 0755);
  system.make_directory(in_home("d.bound-own"), mallory, 0755);
  system.make_directory(in_home("d.mounted"), mallory, 0755);
  system.make_directory(in_home("d.with-mount"), mallory, 0777);
  system.make_file(in_home("d.with-mount/authorized_keys"), "", mallory, 0600);
}

void make_files(AuditedSystem& system) {
  std::vector<std::string> broken = {"f.closed", "f.acl", "f.setuid", "f.good"};
  for (int i = 0; i < harmless_slots; ++i) broken.push_back("f.open-" + std::to_string(i));
  for (const auto& name : broken) {
    system.make_file(in_home(name), broken_text(), mallory, 0666);
  }
  system.change_mode(in_home("f.closed"), 0);
  system.change_mode(in_home("f.setuid"), 04777);
  system.change_mode(in_home("f.good"), 0600);
  system.set_acl(in_home("f.acl"), "u::rw,u:2002:rw,g::r,m::rw,o::-");
  system.make_file(in_home("f.of-root"), broken_text(), root_owner, 0666);
  system.make_file(in_home("f.of-root-closed"), key_line(8, "fine"), root_owner, 0600);
  system.make_file(in_home("f.of-nobody"), key_line(9, "fine"), {1500, 1500}, 0644);
  system.make_link("/etc/shadow", in_home("f.link-shadow"), mallory);
  system.make_link("/home/canaries/single", in_home("f.link"), mallory);
  system.make_fifo(in_home("f.fifo"), mallory, 0666);
  system.make_fifo(in_home("f.fifo-of-root"), root_owner, 0666);
  make_socket(system, in_home("f.socket"));
}

std::string content_of(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOATIME | O_CLOEXEC);
  must(fd >= 0, "read " + path);
  std::array<char, 65536> piece{};
  const auto size = read(fd, piece.data(), piece.size());
  close(fd);
  return {piece.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

std::string attributes_of(const std::string& path) {
  std::array<char, 4096> names{};
  std::array<char, 4096> value{};
  std::string text;
  const auto size =
      static_cast<std::size_t>(std::max<ssize_t>(llistxattr(path.c_str(), names.data(), names.size()), 0));
  for (std::size_t at = 0; at < size; at += std::char_traits<char>::length(&names.at(at)) + 1) {
    const auto length = lgetxattr(path.c_str(), &names.at(at), value.data(), value.size());
    text += std::string(&names.at(at)) + "=" +
            std::string(value.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
  }
  return text;
}

std::string time_of(const timespec& time) { return std::to_string(time.tv_sec) + "." + std::to_string(time.tv_nsec); }

// Names that mallory makes and moves show in the number of links and in ctime.
std::string state_of_file(const std::string& path, const struct stat& status, bool is_moved) {
  std::ostringstream text;
  text << std::oct << status.st_mode << std::dec << " " << status.st_uid << ":" << status.st_gid << " size "
       << status.st_size << " mtime " << time_of(status.st_mtim);
  if (!is_moved) text << " links " << status.st_nlink << " ctime " << time_of(status.st_ctim);
  if (!S_ISLNK(status.st_mode)) text << " [" << attributes_of(path) << "]";
  if (S_ISREG(status.st_mode)) text << " " << content_of(path);
  return text.str();
}

// The state directory is sshaudit's own, and the home mallory's.
bool is_watched(const std::string& path) {
  return path != mallory_home && path != "/var/lib/sshaudit" && path != "/var/lib";
}

void look_below(const std::string& directory, TreeState& state) {
  for (auto entry = std::filesystem::recursive_directory_iterator(directory); entry != std::filesystem::end(entry);
       ++entry) {
    const auto path = entry->path().string();
    if (path == mallory_home || path == "/var/lib/sshaudit") entry.disable_recursion_pending();
    if (!is_watched(path)) continue;
    struct stat status {};
    must(lstat(path.c_str(), &status) == 0, path);
    state[path] = state_of_file(path, status, path.starts_with(linked_by_account));
  }
}

TreeState state_outside() {
  TreeState state;
  for (const auto* place : {"/etc", "/home", "/opt", "/root", "/srv", "/var"}) look_below(place, state);
  return state;
}

std::string state_of_secret(int fd) {
  const auto path = "/proc/self/fd/" + std::to_string(fd);
  struct stat status {};
  must(fstat(fd, &status) == 0, "secret");
  status.st_mtim = S_ISDIR(status.st_mode) ? timespec{} : status.st_mtim;
  std::ostringstream text;
  text << std::oct << status.st_mode << std::dec << " " << status.st_uid << ":" << status.st_gid << " "
       << (S_ISREG(status.st_mode) ? content_of(path) : "");
  return text.str();
}

std::string take_all(int fd) {
  std::string text;
  std::array<char, 65536> piece{};
  lseek(fd, 0, SEEK_SET);
  for (ssize_t size = 0; (size = read(fd, piece.data(), piece.size())) > 0;) {
    text.append(piece.data(), static_cast<std::size_t>(size));
  }
  return text;
}

[[noreturn]] void run_body(const AuditedSystem& system, unsigned seconds, int out,
                           const std::function<std::string()>& body) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  alarm(seconds);
  int status = 0;
  std::string text;
  try {
    enter(system);
    must(chdir("/") == 0, "chdir");
    text = body();
  } catch (const std::exception& error) {
    text = error.what();
    status = 1;
  }
  dprintf(out, "%s", text.c_str());
  _exit(status);
}

}  // namespace

std::vector<std::string> directory_slots() {
  std::vector<std::string> slots = {"d.group",
                                    "d.closed",
                                    "d.of-root",
                                    "d.of-root-closed",
                                    "d.link",
                                    "d.link-etc",
                                    "d.fifo",
                                    "d.secret",
                                    "d.link-mounted",
                                    "d.link-bound",
                                    "d.program",
                                    "d.link-bound-own",
                                    "d.named",
                                    "d.passage",
                                    "d.with-mount",
                                    "d.strict-root",
                                    "d.strict-acl",
                                    "d.strict-root-closed",
                                    "d.strict-neighbour",
                                    "d.strict-plain"};
  for (int i = 0; i < harmless_slots; ++i) slots.push_back("d.open-" + std::to_string(i));
  return slots;
}

std::vector<std::string> file_slots() {
  std::vector<std::string> slots = {
      "f.closed",           "f.acl",        "f.setuid",       "f.good",        "f.of-root",
      "f.of-root-closed",   "f.of-nobody",  "f.link",         "f.link-shadow", "f.fifo",
      "f.fifo-of-root",     "f.socket",     "f.secret",       "f.linked-root", "f.linked-root-closed",
      "f.linked-neighbour", "f.linked-acl", "f.linked-plain", "f.linked-own"};
  for (int i = 0; i < harmless_slots; ++i) slots.push_back("f.open-" + std::to_string(i));
  return slots;
}

std::string broken_text() {
  auto first = key_line(1, "one");
  first.pop_back();
  return "\xEF\xBB\xBF" + first + key_line(2, "two") + "\r\n";
}

void build_arena(AuditedSystem& system) {
  const auto person = system.add_usual_person("mallory", mallory_id);
  system.add_usual_person("neighbour", neighbour_id);
  system.write_databases();
  make_canaries(system);
  make_strict_links(system);
  make_secrets(system);
  make_directories(system);
  make_files(system);
}

void mount_arena() {
  const auto bind = [](const std::string& from, const std::string& to) {
    must(mount(from.c_str(), to.c_str(), nullptr, MS_BIND, nullptr) == 0, "bind " + to);
  };
  bind("/home/canaries/bound", in_home("d.bound"));
  bind("/home/canaries/bound-own", in_home("d.bound-own"));
  bind("/home/canaries/bound-own/authorized_keys", in_home("d.with-mount/authorized_keys"));
  const auto mounted = in_home("d.mounted");
  must(mount("tmpfs", mounted.c_str(), "tmpfs", 0, "mode=0777") == 0, "tmpfs");
  must(chown(mounted.c_str(), mallory_id, mallory_id) == 0, "chown");
  const int fd = open((mounted + "/authorized_keys").c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const auto text = broken_text();
  must(write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()), "write");
  must(fchown(fd, mallory_id, mallory_id) == 0 && fchmod(fd, 0666) == 0, "dress");
  close(fd);
}

Canaries::Canaries() : outside_(state_outside()) {
  look_below(in_home("d.mounted"), outside_);
  for (const auto* name :
       {"d.secret", "d.secret/authorized_keys", "d.secret/notes", "d.program", "d.program/become-root", "d.passage",
        "d.passage/deep", "d.passage/deep/notes", "f.secret", "d.named", "d.named/authorized_keys"}) {
    const int fd = open(in_home(name).c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC);
    must(fd >= 0, name);
    secrets_.push_back({name, fd, state_of_secret(fd)});
  }
}

Canaries::~Canaries() {
  for (const auto& secret : secrets_) close(secret.fd);
}

std::vector<std::string> Canaries::faults() const {
  std::vector<std::string> faults;
  auto now = state_outside();
  look_below(in_home("d.mounted"), now);
  for (const auto& [path, state] : outside_) {
    if (!now.contains(path)) faults.push_back(path + " is gone");
    if (now.contains(path) && now.at(path) != state) {
      faults.push_back(path + " was " + state + " and is " + now.at(path));
    }
  }
  for (const auto& [path, state] : now) {
    if (!outside_.contains(path)) faults.push_back(path + " is new: " + state);
  }
  for (const auto& secret : secrets_) {
    const auto state = state_of_secret(secret.fd);
    if (state != secret.state) faults.push_back("secret " + secret.name + " was " + secret.state + " and is " + state);
  }
  return faults;
}

std::string run_inside(const AuditedSystem& system, unsigned seconds, const std::function<std::string()>& body) {
  const int out = memfd_create("out", MFD_CLOEXEC);
  must(out >= 0, "memfd_create");
  const pid_t child = fork();
  must(child >= 0, "fork");
  if (child == 0) run_body(system, seconds, out, body);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  auto text = take_all(out);
  close(out);
  if (WIFSIGNALED(status)) throw std::runtime_error("ended by signal " + std::to_string(WTERMSIG(status)));
  if (WEXITSTATUS(status) != 0) throw std::runtime_error("inside: " + text);
  return text;
}

}  // namespace sshaudit::e2e
