// SPDX-License-Identifier: MIT
#include "gather/daemon_program.h"

#include <fmt/format.h>

#include <filesystem>
#include <string_view>

#include "gather/read_file.h"

namespace sshaudit {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t largest_program = 32UL * 1024 * 1024;

std::string link_of(const Daemon& daemon) { return fmt::format("/proc/{}/exe", daemon.pid); }

// Through all links, such as the one that /usr/sbin is where it has been merged with /usr/bin.
std::string canonical(const std::string& path) {
  std::error_code error;
  const auto real = fs::canonical(path, error);
  return error ? path : real.string();
}

}  // namespace

std::string program_of(const Daemon& daemon) {
  constexpr std::string_view replaced = " (deleted)";
  std::error_code error;
  auto program = fs::read_symlink(link_of(daemon), error).string();
  if (program.ends_with(replaced)) program.erase(program.size() - replaced.size());
  return program.empty() ? daemon.command.program : program;
}

bool runs_program(const Daemon& daemon, const std::string& program) {
  const auto wanted = canonical(program);
  const auto& name = daemon.command.program;
  return canonical(program_of(daemon)) == wanted && (!name.starts_with('/') || canonical(name) == wanted);
}

std::string compiled_in_config(const Daemon& daemon) {
  using std::string_view_literals::operator""sv;
  constexpr auto end = "/sshd_config\0"sv;
  const auto bytes = read_file(link_of(daemon), largest_program);
  if (!bytes) return {};
  std::string found;
  for (auto at = bytes->find(end); at != std::string::npos; at = bytes->find(end, at + 1)) {
    const auto before = bytes->rfind('\0', at);
    const auto start = before == std::string::npos ? 0 : before + 1;
    auto path = bytes->substr(start, at + end.size() - 1 - start);
    if (!path.starts_with('/') || path == found) continue;
    if (!found.empty()) return {};
    found = std::move(path);
  }
  return found;
}

}  // namespace sshaudit
