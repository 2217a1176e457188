// SPDX-License-Identifier: MIT
#include "remedy/sshd_reload.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <set>
#include <sstream>
#include <thread>

#include "gather/fd.h"
#include "gather/read_file.h"
#include "gather/subprocess.h"

namespace sshaudit {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds patience{10};
constexpr std::chrono::seconds patience_with_systemd{30};
constexpr std::chrono::milliseconds pause{20};
constexpr auto systemctl = "/usr/bin/systemctl";
constexpr std::size_t largest_table = 16UL * 1024 * 1024;

std::string in_proc(const Daemon& daemon, const char* name) { return fmt::format("/proc/{}/{}", daemon.pid, name); }

// A file of proc(5), whose size is not known before.
std::string proc_text(const std::string& path) {
  std::string bytes;
  const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd || read_to_end(fd.get(), 0, largest_table, bytes) != 0) bytes.clear();
  return bytes;
}

// The inodes of TCP sockets of the network namespace that are listened on (proc_pid_net(5): state 0A).
std::set<std::string> all_listening(const Daemon& daemon) {
  std::set<std::string> inodes;
  for (const auto* name : {"net/tcp", "net/tcp6"}) {
    std::istringstream table(proc_text(in_proc(daemon, name)));
    for (std::string line; std::getline(table, line);) {
      std::istringstream fields(line);
      std::array<std::string, 10> words;
      for (auto& word : words) fields >> word;
      if (words[3] == "0A") inodes.insert("socket:[" + words[9] + "]");
    }
  }
  return inodes;
}

// What tells one program image of a process from the next: where the kernel has put it, which is random (AT_BASE,
// AT_RANDOM), and the sockets that it listens on, which it opens anew.
struct Image {
  std::string vector;
  std::set<std::string> listening;
};

Image image_of(const Daemon& daemon) {
  Image image;
  image.vector = proc_text(in_proc(daemon, "auxv"));
  const auto listening = all_listening(daemon);
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(in_proc(daemon, "fd"), error)) {
    const auto target = std::filesystem::read_symlink(entry.path(), error).string();
    if (listening.contains(target)) image.listening.insert(target);
  }
  return image;
}

bool is_new(const Image& image, const Image& before) {
  if (image.listening.empty() && !before.listening.empty()) return false;  // not yet
  if (!image.vector.empty() && image.vector != before.vector) return true;
  const auto is_old = [&](const std::string& socket) { return before.listening.contains(socket); };
  return !image.listening.empty() && std::ranges::none_of(image.listening, is_old);
}

// The service whose main process this is; empty for none. Another service may have started an sshd as well.
std::string unit_of(const Daemon& daemon) {
  if (access("/run/systemd/system", F_OK) != 0) return {};
  auto unit = service_in_cgroup(proc_text(in_proc(daemon, "cgroup")));
  if (unit.empty()) return {};
  const auto shown = run_program({systemctl, "show", "--property=MainPID", unit}, patience_with_systemd);
  return shown && shown->out == fmt::format("MainPID={}\n", daemon.pid) ? unit : std::string();
}

Result<void> send(const Daemon& daemon) {
  const auto unit = unit_of(daemon);
  if (unit.empty()) {
    if (kill(daemon.pid, SIGHUP) == 0) return {};
    return tl::unexpected(errno_error(fmt::format("send SIGHUP to sshd ({})", daemon.pid), ""));
  }
  const auto run = run_program({systemctl, "reload", unit}, patience_with_systemd);
  if (!run) return tl::unexpected(run.error());
  if (run->exit_status == 0) return {};
  auto said = run->err;
  said.erase(said.find_last_not_of("\r\n") + 1);
  if (said.empty()) said = fmt::format("it ended with status {}", run->exit_status);
  return tl::unexpected(Error{fmt::format("systemctl reload {}: {}", unit, said), "", 0});
}

}  // namespace

// What nobody has waited for yet has no program any more.
bool has_ended(const Daemon& daemon) {
  std::error_code error;
  return kill(daemon.pid, 0) != 0 || (std::filesystem::exists("/proc/self/exe", error) &&
                                      std::filesystem::read_symlink(in_proc(daemon, "exe"), error).empty());
}

std::string service_in_cgroup(std::string_view cgroup) {
  while (!cgroup.empty()) {
    const auto line = cgroup.substr(0, cgroup.find('\n'));
    cgroup.remove_prefix(std::min(line.size() + 1, cgroup.size()));
    const bool is_systemds = line.starts_with("0::") || line.find(":name=systemd:") != std::string_view::npos;
    const auto name = line.substr(line.rfind('/') + 1);
    if (is_systemds && line.find("/system.slice/") != std::string_view::npos && name.ends_with(".service")) {
      return std::string(name);
    }
  }
  return {};
}

bool sees_same_file(const Daemon& daemon, const std::string& path) {
  struct stat ours {};
  struct stat theirs {};
  if (!daemon.own_mounts || stat(path.c_str(), &ours) != 0) return !daemon.own_mounts;
  return stat((in_proc(daemon, "root") + path).c_str(), &theirs) == 0 && ours.st_dev == theirs.st_dev &&
         ours.st_ino == theirs.st_ino;
}

std::string why_not_reloaded(const Daemon& daemon) {
  const auto& program = daemon.command.program;
  if (!program.starts_with('/')) {
    return fmt::format("it was started as \"{}\", which is no absolute path, and would end itself", program);
  }
  if (access((in_proc(daemon, "root") + program).c_str(), X_OK) != 0) {
    return fmt::format("there is no program {} any more, by which it would start itself anew", program);
  }
  return {};
}

Result<void> reload_sshd(const Daemon& daemon) {
  if (auto why = why_not_reloaded(daemon); !why.empty()) {
    return tl::unexpected(Error{fmt::format("sshd ({}) cannot be reloaded: {}", daemon.pid, why), "", 0});
  }
  const auto before = image_of(daemon);
  if (auto sent = send(daemon); !sent) return sent;
  for (const auto end = Clock::now() + patience; Clock::now() < end; std::this_thread::sleep_for(pause)) {
    if (is_new(image_of(daemon), before)) return {};
    if (has_ended(daemon)) {
      return tl::unexpected(
          Error{fmt::format("sshd ({}) has ended instead of reading its configuration anew", daemon.pid), "", 0});
    }
  }
  return tl::unexpected(Error{fmt::format("sshd ({}) was told to read its configuration anew and did not within {} s",
                                          daemon.pid, patience.count()),
                              "", 0});
}

}  // namespace sshaudit
