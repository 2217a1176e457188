// SPDX-License-Identifier: MIT
#include "gather/daemons.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>

#include "gather/fd.h"
#include "gather/read_file.h"

namespace sshaudit {
namespace {

constexpr std::size_t largest_status = 64UL * 1024;
constexpr std::size_t largest_table = 4096UL * 1024;  // mountinfo has a line for each mount, stat one for interrupts

struct Candidate {
  Daemon daemon;
  pid_t parent = 0;
};

struct Start {
  pid_t parent = 0;
  std::int64_t ticks = 0;  // since boot
};

template <class T>
std::optional<T> parse_number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Cuts the first word off `rest`.
std::string_view take_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  const auto word = rest.substr(0, rest.find_first_of(" \t\n"));
  rest.remove_prefix(word.size());
  return word;
}

// What stands behind the first line start that `label` follows.
std::string_view after_label(std::string_view text, std::string_view label) {
  const auto found = text.find("\n" + std::string(label));
  return found == std::string_view::npos ? std::string_view{} : text.substr(found + 1 + label.size());
}

// A file of a process by its descriptor: once it has ended there is nothing, even when another has its pid. Empty
// also for what may not be read.
std::string read_below(const Fd& process, const char* name, std::size_t limit) {
  const Fd fd(openat(process.get(), name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  std::string bytes;
  if (!fd || read_to_end(fd.get(), 0, limit, bytes) != 0) bytes.clear();
  return bytes;
}

std::string link_below(const Fd& process, const char* name) {
  std::array<char, 4096> target{};
  const auto size = readlinkat(process.get(), name, target.data(), target.size());
  return size < 0 ? "" : std::string(target.data(), static_cast<std::size_t>(size));
}

// All four user ids (proc_pid_status(5)): the owner of the directory is the effective one, which a set-user-id program
// shares with root.
bool is_of_root(const Fd& process) {
  const auto status = read_below(process, "status", largest_status);
  auto ids = after_label(status, "Uid:");
  for (int i = 0; i < 4; ++i) {
    if (take_word(ids) != "0") return false;
  }
  return true;
}

// A link named sshd gives any program that name for its `comm`, but not for its file. After an upgrade the file is
// gone, and the kernel appends to its name.
bool runs_sshd(const Fd& process) {
  if (read_below(process, "comm", largest_status) != "sshd\n") return false;
  const auto program = link_below(process, "exe");
  return program.empty() || std::string_view(program).substr(program.rfind('/') + 1).starts_with("sshd");
}

// Which directory of which file system is the root directory, without touching it (proc_pid_mountinfo(5)): nothing
// when it is not known, empty when it is no mount point.
std::optional<std::string> root_mount(const Fd& process) {
  const auto table = read_below(process, "mountinfo", largest_table);
  if (table.empty()) return std::nullopt;
  std::string mount;
  std::string_view rest = table;
  while (!rest.empty()) {
    auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    take_word(line);  // mount id
    take_word(line);  // that of the mount it is on
    const auto device = take_word(line);
    const auto directory = take_word(line);
    if (take_word(line) == "/") mount = std::string(device) + ' ' + std::string(directory);
  }
  return mount;
}

bool same_directory(const Fd& one, const Fd& other, const char* name) {
  struct statx a {};
  struct statx b {};
  if (statx(one.get(), name, AT_STATX_DONT_SYNC, STATX_INO, &a) != 0) return true;
  if (statx(other.get(), name, AT_STATX_DONT_SYNC, STATX_INO, &b) != 0) return true;
  return a.stx_ino == b.stx_ino && a.stx_dev_major == b.stx_dev_major && a.stx_dev_minor == b.stx_dev_minor;
}

bool has_our_root(const Fd& process, const Fd& self) {
  const auto theirs = root_mount(process);
  const auto ours = root_mount(self);
  if (!theirs || !ours) return true;
  if (*theirs != *ours) return false;
  return !ours->empty() || same_directory(process, self, "root");
}

bool has_other_mounts(const Fd& process, const Fd& self) {
  const auto theirs = link_below(process, "ns/mnt");
  const auto ours = link_below(self, "ns/mnt");
  return !theirs.empty() && !ours.empty() && theirs != ours;
}

// proc_pid_stat(5): the name in parentheses may hold anything, what follows are numbers but for the state.
std::optional<Start> start_of(const Fd& process) {
  const auto bytes = read_below(process, "stat", largest_status);
  const auto name_end = bytes.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  auto rest = std::string_view(bytes).substr(name_end + 1);
  take_word(rest);  // state
  const auto parent = parse_number<pid_t>(take_word(rest));
  for (int field = 5; field < 22; ++field) take_word(rest);
  const auto ticks = parse_number<std::int64_t>(take_word(rest));
  if (!parent || !ticks) return std::nullopt;
  return Start{*parent, *ticks};
}

std::int64_t boot_time(const Fd& proc) {
  const auto bytes = read_below(proc, "stat", largest_table);
  auto rest = after_label(bytes, "btime");
  return parse_number<std::int64_t>(take_word(rest)).value_or(0);
}

// A reload keeps the pid and the time of the start, and writes the pid file anew.
std::int64_t last_load(const Daemon& daemon, std::int64_t start) {
  auto loaded = start;
  for (const auto& file :
       {std::string("/run/sshd.pid"), std::string("/var/run/sshd.pid"), pid_file_of(daemon.command)}) {
    if (file.starts_with('/')) loaded = std::max(loaded, pid_file_written(file, daemon.pid).value_or(start));
  }
  return loaded;
}

// The cheap questions first, and the command line only of a process that root has made: one of somebody else can keep
// who reads it waiting.
std::optional<Candidate> examine(const Fd& proc, const Fd& self, const std::string& name) {
  const auto pid = parse_number<pid_t>(name);
  if (!pid) return std::nullopt;
  const Fd process(openat(proc.get(), name.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!process || !runs_sshd(process) || !is_of_root(process) || !has_our_root(process, self)) return std::nullopt;
  const auto command = parse_daemon_command(read_below(process, "cmdline", largest_status));
  const auto start = start_of(process);
  if (!command || !start) return std::nullopt;
  Candidate candidate{{*pid, *command, 0, has_other_mounts(process, self)}, start->parent};
  const std::int64_t per_second = std::max(sysconf(_SC_CLK_TCK), 1L);
  candidate.daemon.loaded = last_load(candidate.daemon, boot_time(proc) + start->ticks / per_second);
  return candidate;
}

// A child that serves a connection looks like its parent until it has given itself a title. (Another sshd can have one
// for a parent too, when that is the init process.)
bool serves_connection(const Candidate& candidate, const std::vector<Candidate>& all) {
  return std::ranges::any_of(all, [&](const Candidate& other) {
    return other.daemon.pid == candidate.parent && other.daemon.command == candidate.daemon.command;
  });
}

}  // namespace

// When a pid file was written, provided that it names this process and that nobody else can have written it.
std::optional<std::int64_t> pid_file_written(const std::string& pid_file, pid_t pid) {
  const Fd fd(open(pid_file.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat status {};
  if (!fd || fstat(fd.get(), &status) != 0) return std::nullopt;
  if (status.st_uid != 0 && status.st_uid != geteuid()) return std::nullopt;
  const auto text = read_open_file(fd.get(), pid_file, 64);
  if (!text || *text != std::to_string(pid) + '\n') return std::nullopt;
  return status.st_mtim.tv_sec;
}

std::vector<Daemon> gather_daemons(const std::string& proc) {
  const Fd directory(open(proc.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return {};
  const Fd self(openat(directory.get(), "self", O_PATH | O_DIRECTORY | O_CLOEXEC));
  std::vector<Candidate> candidates;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(proc, error), end; !error && entry != end; entry.increment(error)) {
    if (auto candidate = examine(directory, self, entry->path().filename().string())) {
      candidates.push_back(std::move(*candidate));
    }
  }
  std::ranges::sort(candidates, {}, [](const Candidate& candidate) { return candidate.daemon.pid; });
  std::vector<Daemon> daemons;
  for (const auto& candidate : candidates) {
    if (!serves_connection(candidate, candidates)) daemons.push_back(candidate.daemon);
  }
  return daemons;
}

}  // namespace sshaudit
