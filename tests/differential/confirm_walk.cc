// SPDX-License-Identifier: MIT
// Holds the table of the StrictModes walk against a real sshd and against the whole audit. Each case gets a root
// directory of its own, on a tmpfs in a private mount namespace; ssh logs in there through a pipe to `sshd -i`.
// As root only; nothing outside the namespace changes.
#include <acl/libacl.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/acl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "audit.h"
#include "differential/walk_cases.h"
#include "gather/accounts.h"
#include "gather/evidence.h"
#include "gather/fd.h"
#include "gather/read_file.h"
#include "gather/subprocess.h"
#include "private_mounts.h"

namespace sshaudit {
namespace {

namespace fs = std::filesystem;
using Kind = WalkObject::Kind;

constexpr std::size_t at_once = 2;
constexpr std::chrono::seconds patience{30};
constexpr std::size_t largest_program = 16UL * 1024 * 1024;
const fs::path stage = "/mnt";  // FHS: any host has it; covered by a tmpfs here

[[noreturn]] void give_up(const std::string& what) {
  std::cout.flush();
  std::cerr << "confirm_walk: " << what << std::endl;
  _exit(1);
}

void must(bool done, const std::string& what) {
  if (!done) give_up(what + ": " + std::strerror(errno));
}

struct Request {
  std::string sshd = "/usr/sbin/sshd";
  std::optional<Vendor> vendor;
  std::string only;
};

struct Keys {
  std::string host;
  std::string user;
  std::string user_public;
};

// What a login came to.
struct Login {
  bool accepted = false;
  std::vector<std::string> log;
};

void write_file(const fs::path& path, const std::string& text, mode_t mode = 0644) {
  const Fd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
  must(static_cast<bool>(fd), path);
  must(write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()), path);
}

std::string read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

void bind(const fs::path& source, const fs::path& target) {
  fs::create_directories(target.parent_path());
  if (fs::is_directory(source)) {
    fs::create_directory(target);
  } else {
    write_file(target, "");
  }
  must(mount(source.c_str(), target.c_str(), nullptr, MS_BIND | MS_REC, nullptr) == 0, "bind " + source.string());
}

// A namespace of our own, in which mounts stay, and an empty file system on the stage.
void enter_namespace() {
  must(enter_private_mounts(), "make a mount namespace");
  must(mount("tmpfs", stage.c_str(), "tmpfs", 0, "mode=0755") == 0, "mount tmpfs");
}

std::string make_key(const fs::path& path) {
  const auto made = run_program({"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path}, patience);
  if (!made || made->exit_status != 0) give_up("ssh-keygen does not work");
  return read_text(path);
}

Keys make_keys() {
  Keys keys;
  keys.host = make_key(stage / "host");
  keys.user = make_key(stage / "user");
  keys.user_public = read_text(stage / "user.pub");
  return keys;
}

// Programs and devices of the host, everything else empty.
void make_root(const fs::path& sshd) {
  must(unshare(CLONE_NEWNS) == 0, "unshare");
  must(mount("tmpfs", stage.c_str(), "tmpfs", 0, "mode=0755") == 0, "mount tmpfs");
  for (const char* name : {"bin", "sbin", "lib", "lib32", "lib64", "libx32"}) {
    const auto on_host = fs::path("/") / name;
    if (fs::is_symlink(on_host)) {
      fs::copy_symlink(on_host, stage / name);
    } else if (fs::exists(on_host)) {
      bind(on_host, stage / name);
    }
  }
  for (const char* name : {"/usr", "/proc", "/dev/null", "/dev/urandom"}) bind(name, stage / (name + 1));
  bind(sshd, stage / "run/walk/sshd");
  for (const char* name : {"etc", "run/sshd", "root"}) fs::create_directories(stage / name);
  if (fs::exists("/etc/ld.so.cache")) fs::copy_file("/etc/ld.so.cache", stage / "etc/ld.so.cache");
  must(chroot(stage.c_str()) == 0 && chdir("/") == 0, "chroot");
}

void write_database(const UserDatabase& database) {
  std::string passwd;
  std::string shadow;
  std::string group;
  for (const auto& one : database.accounts) {
    passwd += fmt::format("{}:x:{}:{}::{}:{}\n", one.name, one.uid, one.gid, one.home, one.shell);
    shadow += fmt::format("{}:*:19000::::::\n", one.name);
  }
  for (const auto& one : database.groups) {
    group += fmt::format("{}:x:{}:{}\n", one.name, one.gid, fmt::join(one.members, ","));
  }
  write_file("/etc/passwd", passwd);
  write_file("/etc/shadow", shadow, 0600);
  write_file("/etc/group", group);
  write_file("/etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\n");
}

std::string letters(unsigned permissions) {
  std::string text = "---";
  if ((permissions & 4U) != 0) text[0] = 'r';
  if ((permissions & 2U) != 0) text[1] = 'w';
  if ((permissions & 1U) != 0) text[2] = 'x';
  return text;
}

void set_acl(const WalkObject& object) {
  auto text = fmt::format("user::{},mask::{},other::{}", letters(object.mode >> 6U), letters(object.mode >> 3U),
                          letters(object.mode));
  for (const auto& entry : object.acl) {
    const bool owning = entry.kind == AclEntry::Kind::owning_group;
    text += fmt::format(",{}:{}:{}", entry.kind == AclEntry::Kind::user ? "user" : "group",
                        owning ? std::string() : std::to_string(entry.id), letters(entry.permissions));
  }
  acl_t acl = acl_from_text(text.c_str());
  must(acl != nullptr && acl_set_file(object.path.c_str(), ACL_TYPE_ACCESS, acl) == 0, "ACL " + text);
  acl_free(acl);
}

void make_socket(const std::string& path) {
  const Fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  must(path.copy(static_cast<char*>(address.sun_path), sizeof(address.sun_path) - 1) == path.size(), path);
  must(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, path);
}

void make_object(const WalkObject& object, const Keys& keys) {
  const char* const path = object.path.c_str();
  if (object.kind == Kind::null_device) return;
  if (object.kind == Kind::link) {
    must(symlink(object.target.c_str(), path) == 0 && lchown(path, object.uid, object.gid) == 0, object.path);
    return;
  }
  if (object.kind == Kind::directory) fs::create_directory(object.path);
  if (object.kind == Kind::key) write_file(object.path, keys.user_public);
  if (object.kind == Kind::empty) write_file(object.path, "# no key\n");
  if (object.kind == Kind::fifo) must(mkfifo(path, 0600) == 0, object.path);
  if (object.kind == Kind::socket) make_socket(object.path);
  must(chown(path, object.uid, object.gid) == 0 && chmod(path, object.mode) == 0, object.path);
  if (!object.acl.empty()) set_acl(object);
}

void make_objects(const std::vector<WalkObject>& objects, const Keys& keys) {
  umask(0);
  for (const auto& object : objects) {
    const auto above = fs::path(object.path).parent_path();
    const auto status = fs::symlink_status(above);
    if (object.kind != Kind::absent && fs::is_directory(status)) make_object(object, keys);
  }
}

Login log_in(const WalkCase& row, const Keys& keys) {
  write_file("/run/walk/host", keys.host, 0600);
  write_file("/run/walk/user", keys.user, 0600);
  write_file(
      "/run/walk/config",
      fmt::format("HostKey /run/walk/host\nPidFile none\nLogLevel DEBUG1\nStrictModes {}\nAuthorizedKeysFile {}\n",
                  row.settings.strict_modes ? "yes" : "no", fmt::join(row.settings.authorized_keys_file, " ")));
  std::vector<std::string> ssh = {"/usr/bin/ssh", "-F", "none", "-T", "-i", "/run/walk/user", "-l", row.account.name};
  for (const char* option :
       {"BatchMode=yes", "IdentitiesOnly=yes", "IdentityAgent=none", "StrictHostKeyChecking=no",
        "UserKnownHostsFile=/dev/null", "PreferredAuthentications=publickey", "KexAlgorithms=curve25519-sha256",
        "ProxyCommand=/run/walk/sshd -i -f /run/walk/config -E /run/walk/log"}) {
    ssh.insert(ssh.end(), {"-o", option});
  }
  ssh.insert(ssh.end(), {"walk.invalid", "exit 0"});
  const auto output = run_program(ssh, patience);
  if (!output) give_up(row.name + ": ssh: " + output.error().what);
  Login login{.accepted = output->exit_status == 0};
  std::istringstream log(read_text("/run/walk/log"));
  for (std::string line; std::getline(log, line);) {
    if (line.ends_with('\r')) line.pop_back();
    login.log.push_back(line);
  }
  const bool reached =
      std::ranges::any_of(login.log, [](const auto& line) { return line.find("publickey") != line.npos; });
  if (!reached) give_up(fmt::format("{}: no login was tried: {}{}", row.name, output->err, fmt::join(login.log, "\n")));
  return login;
}

AccountReport audit(const WalkCase& row, const SshdFacts& facts) {
  const auto database = gather_accounts();
  if (!database) give_up("accounts: " + database.error().what);
  const AccountIndex accounts(*database);
  auto observer = AccountObserver::open("/", KeyGrammar{facts});
  const auto* account = accounts.account(std::string_view(row.account.name));
  if (!observer || account == nullptr) give_up(row.name + ": cannot be observed");
  return audit_account(observer->observe(*account, accounts.identity_of(*account), row.settings, {}),
                       {accounts, facts});
}

// How the line of the log ends that names the objection.
std::string end_of_line(const WalkExpectation::Named& objection) {
  const auto& rule = objection.rule;
  if (rule.ends_with("-owner") || rule.ends_with("-writable")) {
    const bool file = rule.starts_with("key-file");
    return fmt::format("refused: bad ownership or modes for {} {}", file ? "file" : "directory", objection.path);
  }
  if (rule == "key-file-unreadable" || rule == "path-unsearchable") return "Permission denied";
  if (rule == "key-file-dangling-link" || rule == "home-missing") return "No such file or directory";
  if (rule == "path-not-directory" || rule == "home-not-directory") return "Not a directory";
  if (rule == "path-unresolvable") return "Too many levels of symbolic links";
  if (rule == "key-file-not-regular") {
    return fs::is_socket(objection.path) ? "No such device or address" : "is not a regular file";
  }
  give_up("the log of " + rule + " is not known");
}

bool is_objection(const std::string& line) {
  const bool not_opened = line.find("Could not open user") != line.npos && !line.ends_with("No such file or directory");
  return not_opened || line.find("Authentication refused:") != line.npos || line.ends_with("is not a regular file");
}

// From 10.0 on the search for matches swallows what stops on the way to the file.
bool is_silent(const std::string& rule, const SshdFacts& facts) {
  constexpr std::array<std::string_view, 5> swallowed = {"path-unsearchable", "path-not-directory", "home-missing",
                                                         "home-not-directory", "key-file-dangling-link"};
  return facts.globs_key_files && std::ranges::find(swallowed, rule) != swallowed.end();
}

// sshd's first objection has to be the row's. That something is missing is no objection of sshd's, so that line may
// stand anywhere.
std::string compare_log(const WalkExpectation& expected, const Login& login, const SshdFacts& facts) {
  if (expected.verdict != KeyLogin::refused) return {};
  const auto& objection = expected.named.front();
  const auto end = end_of_line(objection);
  if (is_silent(objection.rule, facts)) return {};
  const auto first = std::ranges::find_if(login.log, is_objection);
  if (first != login.log.end() && first->ends_with(end)) return {};
  const bool missing = end == "No such file or directory";
  if (missing && std::ranges::any_of(login.log, [&](const auto& line) { return line.ends_with(end); })) return {};
  return fmt::format("  sshd logs \"{}\", not \"{}\"\n", first == login.log.end() ? "" : *first, end);
}

// Every line that the audit says sshd writes at LogLevel INFO has to be there. Once a file is good sshd opens no more.
std::string compare_words(const AccountReport& report, const Login& login) {
  std::string wrong;
  if (login.accepted) return wrong;
  for (const auto& finding : report.findings) {
    const auto& line = finding.detail.sshd_logs;
    if (line.empty() || std::ranges::find(login.log, line) != login.log.end()) continue;
    wrong += fmt::format("  {} predicts a line that sshd does not log: \"{}\"\n", finding.rule->id, line);
  }
  return wrong;
}

// Empty when the row, sshd and the audit agree.
std::string compare(const WalkCase& row, Vendor vendor, const SshdFacts& facts, const Keys& keys) {
  const auto& expected = vendor == Vendor::upstream ? row.upstream : row.debian;
  const auto login = log_in(row, keys);
  std::string wrong;
  if (login.accepted != (expected.verdict == KeyLogin::accepted)) {
    wrong += fmt::format("  sshd {} the login\n", login.accepted ? "accepts" : "refuses");
  }
  wrong += compare_log(expected, login, facts);
  const auto report = audit(row, facts);
  const auto seen = as_expectation(report);
  if (seen != expected) wrong += fmt::format("  the audit says: {}\n", in_words(seen));
  wrong += compare_words(report, login);
  if (wrong.empty()) return {};
  wrong = fmt::format("line {}: {} expects: {}\n{}", row.line, row.name, in_words(expected), wrong);
  for (const auto& line : login.log) {
    if (is_objection(line) || line.find("Could not open user") != line.npos) wrong += "  log: " + line + "\n";
  }
  return wrong;
}

// A case in flight: a process with a root directory of its own, which writes what is wrong.
struct Flight {
  pid_t child = 0;
  Fd answer;
};

Flight start(const WalkCase& row, const Request& request, const SshdFacts& facts, const Keys& keys) {
  std::array<int, 2> ends{};
  must(pipe2(ends.data(), O_CLOEXEC) == 0, "pipe");
  Flight flight{fork(), Fd(ends[0])};
  const Fd write_end(ends[1]);
  must(flight.child >= 0, "fork");
  if (flight.child != 0) return flight;
  try {
    make_root(request.sshd);
    write_database(row.database);
    make_objects(row.objects, keys);
    const auto wrong = compare(row, *request.vendor, facts, keys);
    must(write(write_end.get(), wrong.data(), wrong.size()) == static_cast<ssize_t>(wrong.size()), "pipe");
  } catch (const std::exception& error) {
    give_up(row.name + ": " + error.what());
  }
  _exit(0);
}

// What is wrong with the case; a process that did not end well is wrong too.
std::string finish(const Flight& flight) {
  std::string wrong;
  std::array<char, 4096> part{};
  for (ssize_t got = 0; (got = read(flight.answer.get(), part.data(), part.size())) > 0;) {
    wrong.append(part.data(), static_cast<std::size_t>(got));
  }
  int status = 0;
  must(waitpid(flight.child, &status, 0) == flight.child, "waitpid");
  return status == 0 ? wrong : wrong + "  the case could not be tried\n";
}

bool needs_other_kernel(const WalkCase& row) {
  const bool protects = read_text("/proc/sys/fs/protected_symlinks").starts_with('1');
  return row.protected_symlinks.value_or(protects) != protects;
}

int run(const Request& request, const std::vector<WalkCase>& cases, const SshdFacts& facts, const Keys& keys) {
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::deque<Flight> flights;
  const auto land = [&] {
    const auto wrong = finish(flights.front());
    flights.pop_front();
    ++(wrong.empty() ? passed : failed);
    std::cout << wrong;
  };
  for (const auto& row : cases) {
    if (!request.only.empty() && row.name != request.only) continue;
    if (needs_other_kernel(row)) {
      std::cout << "SKIPPED, this kernel has another fs.protected_symlinks: " << row.name << '\n';
      continue;
    }
    if (flights.size() == at_once) land();
    std::cout.flush();
    flights.push_back(start(row, request, facts, keys));
  }
  while (!flights.empty()) land();
  std::cout << fmt::format("{} passed, {} failed", passed, failed) << std::endl;
  return failed == 0 && passed > 0 ? 0 : 1;
}

Request request_of(const std::vector<std::string>& arguments) {
  constexpr auto usage = "usage: confirm_walk [--sshd PATH] [--vendor debian|upstream] [--only CASE]";
  Request request;
  if (arguments.size() % 2 != 0) give_up(usage);
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    const auto& value = arguments[i + 1];
    if (arguments[i] == "--sshd") {
      request.sshd = value;
    } else if (arguments[i] == "--only") {
      request.only = value;
    } else if (arguments[i] == "--vendor" && (value == "debian" || value == "upstream")) {
      request.vendor = value == "debian" ? Vendor::debian : Vendor::upstream;
    } else {
      give_up(usage);
    }
  }
  return request;
}

int confirm(Request request) {
  if (geteuid() != 0) give_up("NOT CONFIRMED: this needs root");
  const auto program = read_file(request.sshd, largest_program);
  if (!program) give_up("NOT CONFIRMED: there is no " + request.sshd);
  auto version = find_sshd_version(*program);
  if (!version) give_up("NOT CONFIRMED: no sshd: " + request.sshd);
  const bool is_debian = version->vendor == Vendor::debian || version->vendor == Vendor::ubuntu;
  if (!request.vendor) request.vendor = is_debian ? Vendor::debian : Vendor::upstream;
  version->vendor = *request.vendor;
  const auto cases = read_walk_cases(SOURCE_DIR "/tests/differential/walk_cases.txt");
  if (!cases) give_up(cases.error().path + ": " + cases.error().what);
  std::cout << fmt::format("{} {}, as {}\n", request.sshd, version->text,
                           *request.vendor == Vendor::debian ? "debian" : "upstream");
  umask(022);
  enter_namespace();
  return run(request, *cases, facts_of(*version), make_keys());
}

}  // namespace
}  // namespace sshaudit

int main(int argc, char** argv) {
  return sshaudit::confirm(sshaudit::request_of(std::vector<std::string>(argv + 1, argv + argc)));
}
