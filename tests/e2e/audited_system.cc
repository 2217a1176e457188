// SPDX-License-Identifier: MIT
#include "audited_system.h"

#include <fcntl.h>
#include <sys/acl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>

#include "private_mounts.h"

namespace sshaudit::e2e {
namespace {

constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr auto os_release =
    "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\n"
    "VERSION=\"12 (bookworm)\"\nVERSION_CODENAME=bookworm\nID=debian\n";

struct SystemAccount {
  const char* name;
  uid_t uid;
  gid_t gid;
  const char* home;
  const char* shell;
};
constexpr auto nologin = "/usr/sbin/nologin";
constexpr std::array system_accounts = {
    SystemAccount{"root", 0, 0, "/root", "/bin/bash"},
    SystemAccount{"daemon", 1, 1, "/usr/sbin", nologin},
    SystemAccount{"bin", 2, 2, "/bin", nologin},
    SystemAccount{"sys", 3, 3, "/dev", nologin},
    SystemAccount{"sync", 4, 65534, "/bin", "/bin/sync"},
    SystemAccount{"games", 5, 60, "/usr/games", nologin},
    SystemAccount{"man", 6, 12, "/var/cache/man", nologin},
    SystemAccount{"lp", 7, 7, "/var/spool/lpd", nologin},
    SystemAccount{"mail", 8, 8, "/var/mail", nologin},
    SystemAccount{"www-data", 33, 33, "/var/www", nologin},
    SystemAccount{"backup", 34, 34, "/var/backups", nologin},
    SystemAccount{"_apt", 42, 65534, "/nonexistent", nologin},
    SystemAccount{"nobody", 65534, 65534, "/nonexistent", nologin},
    SystemAccount{"systemd-network", 998, 998, "/", nologin},
    SystemAccount{"messagebus", 100, 102, "/nonexistent", nologin},
    SystemAccount{"sshd", 101, 65534, "/run/sshd", nologin},
    SystemAccount{"postgres", 102, 104, "/var/lib/postgresql", "/bin/bash"},
};

struct SystemGroup {
  const char* name;
  gid_t gid;
};
constexpr std::array system_groups = {
    SystemGroup{"root", 0},        SystemGroup{"daemon", 1},
    SystemGroup{"bin", 2},         SystemGroup{"sys", 3},
    SystemGroup{"lp", 7},          SystemGroup{"mail", 8},
    SystemGroup{"man", 12},        SystemGroup{"sudo", 27},
    SystemGroup{"www-data", 33},   SystemGroup{"backup", 34},
    SystemGroup{"staff", 50},      SystemGroup{"games", 60},
    SystemGroup{"users", 100},     SystemGroup{"messagebus", 102},
    SystemGroup{"postgres", 104},  SystemGroup{"systemd-network", 998},
    SystemGroup{"nogroup", 65534},
};

void require(bool done, std::string_view what, std::string_view path) {
  if (!done) throw std::system_error(errno, std::generic_category(), std::string(what) + " " + std::string(path));
}

void write_all(int fd, std::string_view content, std::string_view path) {
  while (!content.empty()) {
    const auto wrote = write(fd, content.data(), content.size());
    require(wrote > 0, "write", path);
    content.remove_prefix(static_cast<std::size_t>(wrote));
  }
}

void make_directories(AuditedSystem& system) {
  constexpr std::array directories = {"/etc",           "/etc/ssh",   "/home",    "/opt",       "/run",
                                      "/srv",           "/usr",       "/usr/bin", "/usr/games", "/usr/sbin",
                                      "/var",           "/var/cache", "/var/lib", "/var/mail",  "/var/www",
                                      "/var/cache/man", "/var/spool"};
  for (const auto* path : directories) system.make_directory(path, root_owner, 0755);
  system.make_directory("/root", root_owner, 0700);
  system.make_directory("/tmp", root_owner, 01777);
  system.make_directory("/var/tmp", root_owner, 01777);
  system.make_link("usr/bin", "/bin");
  system.make_link("usr/sbin", "/sbin");
}

void make_programs(AuditedSystem& system) {
  constexpr std::array programs = {"/usr/bin/bash", "/usr/bin/dash", "/usr/bin/zsh",     "/usr/bin/false",
                                   "/usr/bin/true", "/usr/bin/sync", "/usr/sbin/nologin"};
  for (const auto* path : programs) system.make_file(path, "#!/dev/null\n", root_owner, 0755);
  system.make_link("dash", "/usr/bin/sh");
}

// As libpam-runtime and openssh-server leave them, comments aside.
void make_pam_services(AuditedSystem& system) {
  system.make_directory("/etc/pam.d", root_owner, 0755);
  system.make_file("/etc/debian_version", "12.11\n", root_owner, 0644);
  system.make_file("/etc/pam.d/common-account",
                   "account\t[success=1 new_authtok_reqd=done default=ignore]\tpam_unix.so \n"
                   "account\trequisite\t\t\tpam_deny.so\naccount\trequired\t\t\tpam_permit.so\n",
                   root_owner, 0644);
  system.make_file(
      "/etc/pam.d/sshd",
      "account    required     pam_nologin.so\n@include common-account\nsession    required     pam_permit.so\n",
      root_owner, 0644);
  system.make_file("/etc/pam.d/other", "@include common-account\n", root_owner, 0644);
}

std::string shadow_row(const std::string& name, const std::string& password) {
  return name + ":" + password + ":19700:0:99999:7:::\n";
}

using Json = nlohmann::json;

constexpr unsigned patience = 60;  // seconds; a net for an auditor that hangs
constexpr int could_not_start = 127;

int require_id(int result, const std::string& what) {
  require(result >= 0, what, "");
  return result;
}

std::string take_all(int fd) {
  std::string text;
  std::array<char, 65536> piece{};
  lseek(fd, 0, SEEK_SET);
  for (ssize_t size = 0; (size = read(fd, piece.data(), piece.size())) > 0;) {
    text.append(piece.data(), static_cast<std::size_t>(size));
  }
  close(fd);
  return text;
}

// By descriptor, because in the new namespace the program's own path may be hidden.
[[noreturn]] void become_sshaudit(int program, const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  std::string name = "sshaudit";
  auto words = arguments;
  argv.push_back(name.data());
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  fexecve(program, argv.data(), environ);
  std::perror("fexecve");
  _exit(could_not_start);
}

[[noreturn]] void run_child(int program, int out, int err, const std::vector<std::string>& arguments,
                            const std::function<void()>& prepare) {
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  try {
    if (prepare) prepare();
  } catch (const std::exception& error) {
    dprintf(err, "before sshaudit: %s\n", error.what());
    _exit(could_not_start);
  }
  alarm(patience);
  become_sshaudit(program, arguments);
}

std::string from_base64(const std::string& text) {
  std::string bytes;
  unsigned bits = 0;
  int held = 0;
  for (const char digit : text.substr(0, text.find('='))) {
    bits = (bits << 6U) | static_cast<unsigned>(base64_digits.find(digit));
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes += static_cast<char>((bits >> static_cast<unsigned>(held)) & 0xFFU);
  }
  return bytes;
}

std::string bytes_of(const Json& json, const char* field) {
  const auto found = json.find(field);
  if (found == json.end()) return {};
  return found->is_string() ? found->get<std::string>() : from_base64(found->at("base64").get<std::string>());
}

void add_findings(const Json& json, const std::string& user, const std::string& key_login, ReportLines& lines) {
  for (const auto& finding : json.at("findings")) {
    lines.push_back({user, key_login, finding.at("rule").get<std::string>(), bytes_of(finding, "path")});
  }
}

void add_lines(const Json& json, ReportLines& lines) {
  if (json.contains("schema")) return add_findings(json, "-", "-", lines);
  if (json.contains("summary")) return;
  const auto user = bytes_of(json, "user");
  const auto key_login = json.at("key_login").get<std::string>();
  if (json.at("findings").empty()) lines.push_back({user, key_login, "", ""});
  add_findings(json, user, key_login, lines);
}

std::string listed(const ReportLines& lines, char mark) {
  constexpr std::size_t most = 20;
  std::string text;
  for (std::size_t i = 0; i < std::min(lines.size(), most); ++i) {
    const auto& line = lines[i];
    text += std::string(1, mark) + " " + line.user + "\t" + line.key_login + "\t" + line.rule + "\t" + line.path + "\n";
  }
  if (lines.size() > most) text += std::string(1, mark) + " and " + std::to_string(lines.size() - most) + " more\n";
  return text;
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  const char* const place = std::getenv("TMPDIR");
  path_ = std::string(place == nullptr ? "/tmp" : place) + "/sshaudit-e2e-XXXXXX";
  require(mkdtemp(path_.data()) != nullptr, "make", path_);
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

AuditedSystem::AuditedSystem(std::string root) : root_(std::move(root)) {
  require(chmod(root_.c_str(), 0755) == 0, "chmod", root_);
  make_directories(*this);
  make_programs(*this);
  make_pam_services(*this);
  make_file("/etc/os-release", os_release, root_owner, 0644);
  make_file("/etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\n", root_owner, 0644);
  make_file("/etc/ssh/sshd_config", "UsePAM yes\n", root_owner, 0644);
  for (const auto& account : system_accounts) {
    add_row({account.name, account.uid, account.gid, account.home, account.shell, account.name});
  }
  for (const auto& group : system_groups) add_group(group.name, group.gid);
}

std::vector<std::string> AuditedSystem::own_accounts() {
  std::vector<std::string> names;
  for (const auto& account : system_accounts) names.emplace_back(account.name);
  return names;
}

void AuditedSystem::make_directory(const std::string& path, Owner owner, mode_t mode) {
  require(mkdir(on_host(path).c_str(), 0700) == 0, "make directory", path);
  change_owner(path, owner);
  change_mode(path, mode);
}

void AuditedSystem::make_file(const std::string& path, std::string_view content, Owner owner, mode_t mode) {
  const int fd = open(on_host(path).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  require(fd >= 0, "make", path);
  write_all(fd, content, path);
  close(fd);
  change_owner(path, owner);
  change_mode(path, mode);
}

void AuditedSystem::make_link(const std::string& target, const std::string& path, Owner owner) {
  require(symlink(target.c_str(), on_host(path).c_str()) == 0, "link", path);
  change_owner(path, owner);
}

void AuditedSystem::make_fifo(const std::string& path, Owner owner, mode_t mode) {
  require(mkfifo(on_host(path).c_str(), 0600) == 0, "make FIFO", path);
  change_owner(path, owner);
  change_mode(path, mode);
}

void AuditedSystem::change_mode(const std::string& path, mode_t mode) {
  require(chmod(on_host(path).c_str(), mode) == 0, "chmod", path);
}

void AuditedSystem::change_owner(const std::string& path, Owner owner) {
  require(lchown(on_host(path).c_str(), owner.uid, owner.gid) == 0, "chown", path);
}

void AuditedSystem::set_acl(const std::string& path, const std::string& text) {
  const std::unique_ptr<std::remove_pointer_t<acl_t>, int (*)(void*)> acl(acl_from_text(text.c_str()), acl_free);
  require(acl && acl_set_file(on_host(path).c_str(), ACL_TYPE_ACCESS, acl.get()) == 0, "set ACL", path);
}

void AuditedSystem::move(const std::string& from, const std::string& to) {
  require(rename(on_host(from).c_str(), on_host(to).c_str()) == 0, "move", from);
}

void AuditedSystem::remove(const std::string& path) { std::filesystem::remove_all(on_host(path)); }

void AuditedSystem::add_row(const Person& person) {
  passwd_ += person.name + ":x:" + std::to_string(person.uid) + ":" + std::to_string(person.gid) + ":" + person.gecos +
             ":" + person.home + ":" + person.shell + "\n";
  shadow_ += shadow_row(person.name, person.password);
}

void AuditedSystem::add_group(std::string_view name, gid_t gid, const std::vector<std::string>& members) {
  group_ += std::string(name) + ":x:" + std::to_string(gid) + ":";
  for (const auto& member : members) group_ += (&member == &members.front() ? "" : ",") + member;
  group_ += "\n";
}

void AuditedSystem::add_line(std::string_view database, std::string_view line) {
  auto& text = database == "passwd" ? passwd_ : database == "group" ? group_ : shadow_;
  text.append(line).append("\n");
}

void AuditedSystem::write_databases() {
  make_file("/etc/passwd", passwd_, root_owner, 0644);
  make_file("/etc/group", group_, root_owner, 0644);
  make_file("/etc/shadow", shadow_, {0, 42}, 0640);
}

Person AuditedSystem::person(const std::string& name, uid_t uid) const {
  return {name, uid, uid, "/home/" + name, "/bin/bash", ""};
}

void AuditedSystem::add_usual_home(const Person& person) {
  make_directory(person.home, person.owner(), 0755);
  make_directory(person.ssh(), person.owner(), 0700);
  make_file(person.key_file(), key_line(person.uid, person.name + "@laptop"), person.owner(), 0600);
}

Person AuditedSystem::add_usual_person(const std::string& name, uid_t uid) {
  const auto made = person(name, uid);
  add_usual_home(made);
  add_row(made);
  add_group(name, made.gid);
  return made;
}

// RFC 4253, 6.6: the length-prefixed type, then the length-prefixed key. Any 32 bytes will do.
std::string key_line(std::size_t number, std::string_view comment) {
  std::string key = "AAAAC3NzaC1lZDI1NTE5AAAAI";  // the type and the first bits of the key
  std::size_t state = number + 1;
  while (key.size() < 68) {
    state = (state * 1103515245 + 12345) % 2147483648;
    const auto digits = key.size() == 25 ? 16 : base64_digits.size();  // the last two bits of the key's length are 0
    key += base64_digits[(state / 65536) % digits];
  }
  return "ssh-ed25519 " + key + " " + std::string(comment) + "\n";
}

StartedAudit start_sshaudit(const std::vector<std::string>& arguments, const std::function<void()>& prepare) {
  const int program = require_id(open(SSHAUDIT_PROGRAM, O_PATH | O_CLOEXEC), "open " SSHAUDIT_PROGRAM);
  StartedAudit started;
  started.out = require_id(memfd_create("out", MFD_CLOEXEC), "memfd_create");
  started.err = require_id(memfd_create("err", MFD_CLOEXEC), "memfd_create");
  started.process = require_id(fork(), "fork");
  if (started.process == 0) run_child(program, started.out, started.err, arguments, prepare);
  close(program);
  return started;
}

AuditRun finish(const StartedAudit& started) {
  int status = 0;
  while (waitpid(started.process, &status, 0) < 0 && errno == EINTR) {
  }
  AuditRun run;
  run.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  run.out = take_all(started.out);
  run.err = take_all(started.err);
  return run;
}

AuditRun run_sshaudit(const std::vector<std::string>& arguments, const std::function<void()>& prepare) {
  return finish(start_sshaudit(arguments, prepare));
}

AuditRun audit_below(const AuditedSystem& system, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"--root", system.root()});
  return run_sshaudit(arguments);
}

void enter(const AuditedSystem& system) {
  require_id(enter_private_mounts() ? 0 : -1, "make a mount namespace");
  constexpr std::array places = {"/etc", "/home", "/opt", "/root", "/srv", "/var"};
  std::array<int, places.size()> sources{};  // opened first: a place that is taken over may hide the system
  std::ranges::transform(places, sources.begin(), [&](const char* place) {
    return require_id(open(system.on_host(place).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC), place);
  });
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto source = "/proc/self/fd/" + std::to_string(sources.at(i));
    require_id(mount(source.c_str(), places.at(i), nullptr, MS_BIND, nullptr), places.at(i));
    close(sources.at(i));
  }
}

ReportLines report_lines(const std::string& ndjson) {
  ReportLines lines;
  bool ended = false;
  for (std::size_t at = 0; at < ndjson.size();) {
    const auto end = std::min(ndjson.find('\n', at), ndjson.size());
    const auto json = Json::parse(ndjson.substr(at, end - at));
    ended = json.contains("summary");
    add_lines(json, lines);
    at = end + 1;
  }
  if (!ended) throw std::runtime_error("the report has no summary");
  std::ranges::sort(lines);
  return lines;
}

std::string difference(ReportLines expected, ReportLines actual) {
  std::ranges::sort(expected);
  std::ranges::sort(actual);
  ReportLines missing;
  ReportLines surplus;
  std::ranges::set_difference(expected, actual, std::back_inserter(missing));
  std::ranges::set_difference(actual, expected, std::back_inserter(surplus));
  return listed(missing, '-') + listed(surplus, '+');
}

}  // namespace sshaudit::e2e
