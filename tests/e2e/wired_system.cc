// SPDX-License-Identifier: MIT
#include "wired_system.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

#include "cases.h"
#include "cli/version.h"
#include "debian_etc.h"

namespace sshaudit::e2e {
namespace {

namespace fs = std::filesystem;

void need(bool done, const std::string& what) {
  if (!done) throw std::system_error(errno, std::generic_category(), what);
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

int free_port() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  need(bind(fd, any, size) == 0 && getsockname(fd, any, &size) == 0, "find a port");
  close(fd);
  return ntohs(address.sin_port);
}

void bind_over(const std::string& source, const std::string& target) {
  need(mount(source.c_str(), target.c_str(), nullptr, MS_BIND, nullptr) == 0, "bind " + target);
}

// An empty file system at the nearest directory above that the host has.
void make_room_for(const fs::path& directory) {
  auto there = directory;
  while (!fs::is_directory(there)) there = there.parent_path();
  need(mount("tmpfs", there.c_str(), "tmpfs", 0, "mode=0755") == 0, "mount a tmpfs on " + there.string());
  fs::create_directories(directory);
}

fs::path directory_of_modules() {
  for (const auto& entry : fs::directory_iterator("/usr/lib")) {
    const auto security = entry.path() / "security";
    if (fs::exists(security / "pam_unix.so")) return security;
  }
  return "/usr/lib64/security";
}

void take(const std::string& program, const fs::path& target) {
  fs::copy_file(program, target);
  need(chmod(target.c_str(), S_IRWXU | S_IRGRP | S_IXGRP | S_IROTH | S_IXOTH) == 0, target);
}

// What the packages bring, and a profile of PAM beside the stock one.
void install(bool has_module) {
  make_room_for(libexec_directory);
  take(module_logger_path(), fs::path(libexec_directory) / "sshaudit-log-refusal");
  fs::create_directories("/opt/profiles");
  fs::copy_file("/usr/share/pam-configs/unix", "/opt/profiles/unix");
  if (has_module) fs::copy_file(PAM_PROFILE, "/opt/profiles/sshaudit");
  bind_over("/opt/profiles", "/usr/share/pam-configs");
  const auto modules = directory_of_modules();
  fs::create_directories("/opt/modules");
  for (const auto& entry : fs::directory_iterator(modules)) {
    if (entry.is_regular_file()) fs::copy_file(entry.path(), "/opt/modules" / entry.path().filename());
  }
  if (has_module) take(module_path(), "/opt/modules/pam_sshaudit.so");
  bind_over("/opt/modules", modules);
}

// The files that pam-auth-update keeps, made by it.
void make_pam_files() {
  for (const auto* name : {"auth", "account", "password", "session", "session-noninteractive"}) {
    fs::copy_file(std::string("/usr/share/pam/common-") + name, std::string("/etc/pam.d/common-") + name,
                  fs::copy_options::overwrite_existing);
  }
  fs::create_directories("/var/lib/pam");
  run_tool({"/usr/bin/env", "DEBIAN_FRONTEND=noninteractive", "/usr/sbin/pam-auth-update", "--package", "--force"});
  for (const auto& entry : fs::directory_iterator("/etc/pam.d")) {
    if (entry.path().extension() == ".pam-old") fs::remove(entry.path());
  }
}

void add_debconf(AuditedSystem& system) {
  const std::string templates = "/var/lib/dpkg/info/libpam-runtime.templates";
  system.make_file("/etc/debconf.conf", bytes_of("/etc/debconf.conf"), root_owner, 0644);
  for (const auto* path : {"/var/cache", "/var/cache/debconf", "/var/lib", "/var/lib/dpkg", "/var/lib/dpkg/info"}) {
    if (!fs::exists(system.on_host(path))) system.make_directory(path, root_owner, 0755);
  }
  system.make_file(templates, bytes_of(templates), root_owner, 0644);
}

}  // namespace

WiredSystem::WiredSystem(const WiredSystemPlan& plan) : system_(directory_.path()), log_(system_), port_(free_port()) {
  Scene scene{system_, system_.person("alice", alice_id)};
  build(scene, [&](Scene& one) { one.settings = plan.settings; });
  auto text = bytes_of(system_.on_host("/etc/ssh/sshd_config"));
  text = plan.first_line + text.substr(text.find('\n') + 1) + "ListenAddress 127.0.0.1\n";
  std::ofstream(system_.on_host("/etc/ssh/sshd_config")) << text;
  add_debconf(system_);
  if (plan.make) plan.make(system_);
  space_ = std::make_unique<HeldNamespace>([&] { enter_and_start(plan); });
  if (space_->errnum() != 0) throw std::system_error(space_->errnum(), std::generic_category(), "make the namespace");
  if (plan.sshd.empty()) return;
  for (int i = 0; i < 500; ++i) {
    const auto servers = space_->servers();
    sshd_ = servers.size() == 1 ? servers.front() : 0;
    if (sshd_ != 0 && !run({"/bin/cat", "/run/sshd.pid"}).out.empty()) return;
    usleep(20'000);
  }
  throw std::runtime_error("sshd does not listen: " + bytes_of(system_.on_host("/var/sshd.log")));
}

void WiredSystem::enter_and_start(const WiredSystemPlan& plan) {
  enter_debian(system_, {});
  log_.take_over();
  install(plan.has_module);
  make_pam_files();
  if (plan.mounts) plan.mounts();
  if (plan.sshd.empty()) return;
  auto words = plan.sshd;
  for (const auto& word :
       {std::string("-D"), std::string("-p"), std::to_string(port_), std::string("-E"), std::string("/var/sshd.log")}) {
    words.push_back(word);
  }
  const pid_t child = fork();
  need(child >= 0, "fork");
  if (child != 0) return;
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  execv(plan.program.c_str(), argv.data());
  _exit(127);
}

std::string WiredSystem::logger_program() const { return std::string(libexec_directory) + "/sshaudit-log-refusal"; }

std::string WiredSystem::logger() const { return logger_program() + " %u %U %h %t %f %k"; }

AuditRun WiredSystem::sshaudit(const std::string& verb) const {
  return run_sshaudit({verb}, [this] { space_->join(); });
}

AuditRun WiredSystem::run(const std::vector<std::string>& words) const {
  std::array<int, 2> files = {memfd_create("out", MFD_CLOEXEC), memfd_create("err", MFD_CLOEXEC)};
  const pid_t child = fork();
  need(child >= 0, "fork");
  if (child == 0) {
    space_->join();
    alarm(60);
    dup2(files[0], STDOUT_FILENO);
    dup2(files[1], STDERR_FILENO);
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    execv(argv[0], argv.data());
    _exit(127);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  AuditRun run;
  run.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  run.out = bytes_of("/proc/self/fd/" + std::to_string(files[0]));
  run.err = bytes_of("/proc/self/fd/" + std::to_string(files[1]));
  for (const int file : files) close(file);
  return run;
}

std::string WiredSystem::effective() const {
  const auto told = run({"/usr/sbin/sshd", "-T", "-C", "user=alice,host=h,addr=192.0.2.7,laddr=192.0.2.1,lport=22"});
  return told.out + told.err;
}

TreePicture WiredSystem::etc() const {
  auto picture = picture_of(system_, "/home");
  std::erase_if(picture, [](const auto& one) {
    return !one.first.starts_with("/etc/ssh") && !one.first.starts_with("/etc/pam.d");
  });
  return picture;
}

std::string WiredSystem::sshd_image() const { return bytes_of("/proc/" + pid() + "/auxv"); }

std::string WiredSystem::log_in_as_alice() const {
  const auto run = this->run({"/usr/bin/ssh",
                              "-F",
                              "none",
                              "-T",
                              "-p",
                              std::to_string(port_),
                              "-i",
                              ClientKeys::file("ed25519"),
                              "-o",
                              "BatchMode=yes",
                              "-o",
                              "IdentitiesOnly=yes",
                              "-o",
                              "IdentityAgent=none",
                              "-o",
                              "StrictHostKeyChecking=no",
                              "-o",
                              "UserKnownHostsFile=/dev/null",
                              "-o",
                              "PreferredAuthentications=publickey",
                              "-o",
                              "LogLevel=ERROR",
                              "-o",
                              "ConnectionAttempts=3",
                              "alice@127.0.0.1",
                              "echo let in"});
  return run.out + run.err;
}

}  // namespace sshaudit::e2e
