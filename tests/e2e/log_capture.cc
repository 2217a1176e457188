// SPDX-License-Identifier: MIT
#include "log_capture.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <system_error>

namespace sshaudit::e2e {
namespace {

void need(bool done, const std::string& what) {
  if (!done) throw std::system_error(errno, std::generic_category(), what);
}

void make_empty(const std::string& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  need(fd >= 0, path);
  close(fd);
}

void bind_to(const std::string& source, const std::string& target) {
  need(mount(source.c_str(), target.c_str(), nullptr, MS_BIND | MS_REC, nullptr) == 0, "bind " + source);
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

}  // namespace

LogCapture::LogCapture(const AuditedSystem& system, bool listens) : path_(system.on_host("/var/log-socket")) {
  socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path_.copy(address.sun_path, sizeof address.sun_path - 1);
  need(socket_ >= 0 && bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0, path_);
  need(chmod(path_.c_str(), 0666) == 0, path_);
  if (!listens) return;
  // A process that is forked while a thread comes into being may inherit a lock that nobody gives back (ASan).
  receiver_ = std::thread([this] { receive(); });
  is_listening_.wait(false);
}

LogCapture::~LogCapture() {
  stop();
  close(socket_);
}

// What has come before the end is received before it.
void LogCapture::stop() {
  if (!receiver_.joinable()) return;
  is_over_ = true;
  shutdown(socket_, SHUT_RD);
  receiver_.join();
}

void LogCapture::receive() {
  std::array<char, 65536> buffer{};
  is_listening_ = true;
  is_listening_.notify_all();
  while (true) {
    const bool is_last = is_over_;
    const auto size = recv(socket_, buffer.data(), buffer.size(), is_last ? MSG_DONTWAIT : 0);
    if (size > 0) received_.emplace_back(buffer.data(), static_cast<std::size_t>(size));
    if (size <= 0 && is_last) return;
  }
}

// A /dev of the test's own, with the devices of the host and this socket.
void LogCapture::take_over() const {
  const std::string devices = "/var/dev";
  mkdir(devices.c_str(), 0755);
  need(mount("tmpfs", devices.c_str(), "tmpfs", 0, "mode=0755") == 0, "mount a tmpfs");
  for (const std::string name : {"null", "zero", "full", "random", "urandom", "tty"}) {
    make_empty(devices + "/" + name);
    bind_to("/dev/" + name, devices + "/" + name);
  }
  need(mkdir((devices + "/pts").c_str(), 0755) == 0 && mkdir((devices + "/shm").c_str(), 01777) == 0, "mkdir");
  bind_to("/dev/pts", devices + "/pts");
  need(symlink("pts/ptmx", (devices + "/ptmx").c_str()) == 0, "ptmx");
  need(symlink("/proc/self/fd", (devices + "/fd").c_str()) == 0, "fd");
  make_empty(devices + "/log");
  bind_to("/var/log-socket", devices + "/log");
  bind_to(devices, "/dev");
}

void LogCapture::take_over_journal() const {
  const std::string directory = "/run/systemd/journal";
  std::filesystem::create_directories(directory);
  make_empty(directory + "/socket");
  bind_to("/var/log-socket", directory + "/socket");
}

std::vector<std::string> LogCapture::messages() {
  stop();
  return received_;
}

std::vector<std::string> LogCapture::lines() {
  stop();
  const std::regex form("^<85>[A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8} (sshaudit)\\[[0-9]+\\](: [^]*)$");
  std::vector<std::string> lines;
  for (const auto& line : received_) {
    std::smatch match;
    if (std::regex_match(line, match, form)) {
      lines.push_back(match[1].str() + match[2].str());
    } else if (line.find("sshaudit") != std::string::npos) {
      lines.push_back(line);
    }
  }
  return lines;
}

std::string logger_command(const std::string& behind) {
  return std::string(logger_path) + " --deadline=30 %u %U %h %t %f %k" + (behind.empty() ? "" : " ") + behind;
}

void install_logger(AuditedSystem& system) {
  system.make_directory("/opt/sshaudit", root_owner, 0755);
  system.make_file(logger_path, bytes_of(std::string(BUILT_DIRECTORY) + "/sshaudit-log-refusal"), root_owner, 0755);
}

std::string module_logger_path() { return std::string(BUILT_DIRECTORY) + "/sshaudit-log-refusal"; }

std::string module_path() { return std::string(BUILT_DIRECTORY) + "/pam_sshaudit.so"; }

std::string module_lines() {
  std::string lines;
  for (const auto* kind : {"auth", "account", "session"}) {
    lines += std::string(kind) + " optional " + module_path() + " deadline=30\n";
  }
  return lines;
}

}  // namespace sshaudit::e2e
