// SPDX-License-Identifier: MIT
#include "gather/apart.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <string_view>

#include "gather/inherited_files.h"
#include "gather/look_ups.h"
#include "gather/pipe.h"

namespace sshaudit {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int longest = 20;  // times as long as it may be silent
constexpr char sign_of_life = '.';
constexpr char end_of_signs = '\n';

void send(const std::string& bytes, int to) {
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const auto written = write(to, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

// An exception is the end of it here: nothing of the other process's is to be tidied up.
[[noreturn]] void make(const std::function<std::string(const SignOfLife&)>& work, int to, pid_t parent) noexcept {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  leave_inherited_files();
  limit_look_ups(0);  // this process is watched
  const auto bytes = work([to] { send(std::string(1, sign_of_life), to); });
  send(std::string(1, end_of_signs) + bytes, to);
  _exit(0);
}

// What is behind the signs of life. Nothing when it takes too long, or ends too early.
std::optional<std::string> receive(int from, int seconds) {
  constexpr int millisecond = 1000;
  std::string bytes;
  bool is_behind_signs = false;
  std::array<char, 65536> chunk{};
  const auto end = Clock::now() + std::chrono::seconds(longest * seconds);
  while (Clock::now() < end) {
    pollfd ready{from, POLLIN, 0};
    const int found = poll(&ready, 1, millisecond * seconds);
    if (found < 0 && errno == EINTR) continue;
    if (found <= 0) return std::nullopt;
    const auto got = read(from, chunk.data(), chunk.size());
    if (got < 0) return std::nullopt;
    if (got == 0) return is_behind_signs ? std::optional(std::move(bytes)) : std::nullopt;
    std::string_view text(chunk.data(), static_cast<std::size_t>(got));
    if (!is_behind_signs) {
      const auto mark = text.find(end_of_signs);
      is_behind_signs = mark != std::string_view::npos;
      text.remove_prefix(is_behind_signs ? mark + 1 : text.size());
    }
    bytes.append(text);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> made_apart(int seconds, const std::function<std::string(const SignOfLife&)>& work) {
  auto pipe = make_pipe();
  if (!pipe) return std::nullopt;
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) return std::nullopt;
  if (child == 0) make(work, pipe->write.get(), parent);
  pipe->write = Fd();
  auto bytes = receive(pipe->read.get(), seconds);
  kill(child, SIGKILL);
  int status = 0;
  const auto wait_for = [&](int options) { return waitpid(child, &status, options); };
  if (!bytes) {
    constexpr timespec moment{0, 1'000'000};
    for (int tries = 0; wait_for(WNOHANG) == 0 && tries < 100; ++tries) nanosleep(&moment, nullptr);
    return std::nullopt;
  }
  while (wait_for(0) < 0 && errno == EINTR) {
  }
  return bytes;
}

}  // namespace sshaudit
