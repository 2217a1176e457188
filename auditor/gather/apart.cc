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
#include <cstdint>
#include <cstring>
#include <ctime>
#include <optional>
#include <string_view>

#include "gather/inherited_files.h"
#include "gather/pipe.h"

namespace sshaudit {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int longest = 120;  // times as long as it may be silent
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
  const auto bytes = work([to] { send(std::string(1, sign_of_life), to); });
  const std::uint64_t size = bytes.size();
  std::string head(1, end_of_signs);
  head.append(reinterpret_cast<const char*>(&size), sizeof size);
  send(head, to);
  send(bytes, to);
  _exit(0);
}

// What has been read: signs of life, their end, the size of what was made, and that.
class Reading {
 public:
  void add(std::string_view text) {
    if (!is_behind_signs_) {
      const auto mark = text.find(end_of_signs);
      is_behind_signs_ = mark != std::string_view::npos;
      text.remove_prefix(is_behind_signs_ ? mark + 1 : text.size());
    }
    bytes_.append(text);
  }

  // Nothing as long as it is not whole.
  std::optional<std::string> made() const {
    std::uint64_t size = 0;
    if (!is_behind_signs_ || bytes_.size() < sizeof size) return std::nullopt;
    std::memcpy(&size, bytes_.data(), sizeof size);
    return bytes_.size() - sizeof size < size ? std::nullopt : std::optional(bytes_.substr(sizeof size));
  }

 private:
  bool is_behind_signs_ = false;
  std::string bytes_;
};

tl::expected<std::string, int> receive(int from, int seconds) {
  constexpr int millisecond = 1000;
  std::array<char, 65536> chunk{};
  Reading reading;
  const auto end = Clock::now() + std::chrono::seconds(longest * seconds);
  while (Clock::now() < end) {
    pollfd ready{from, POLLIN, 0};
    const int found = poll(&ready, 1, millisecond * seconds);
    if (found < 0 && errno == EINTR) continue;
    if (found == 0) return tl::unexpected(ETIMEDOUT);
    const auto got = found < 0 ? -1 : read(from, chunk.data(), chunk.size());
    if (got < 0) return tl::unexpected(errno);
    if (got == 0) return tl::unexpected(ECHILD);
    reading.add({chunk.data(), static_cast<std::size_t>(got)});
    if (auto made = reading.made()) return std::move(*made);
  }
  return tl::unexpected(ETIMEDOUT);
}

}  // namespace

tl::expected<std::string, int> made_apart(int seconds, const std::function<std::string(const SignOfLife&)>& work) {
  auto pipe = make_pipe();
  if (!pipe) return tl::unexpected(pipe.error().errnum);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) return tl::unexpected(errno);
  if (child == 0) make(work, pipe->write.get(), parent);
  pipe->write = Fd();
  auto bytes = receive(pipe->read.get(), seconds);
  kill(child, SIGKILL);
  int status = 0;
  const auto wait_for = [&](int options) { return waitpid(child, &status, options); };
  constexpr timespec moment{0, 1'000'000};
  for (int tries = 0; wait_for(WNOHANG) == 0 && tries < 1000; ++tries) nanosleep(&moment, nullptr);
  return bytes;
}

}  // namespace sshaudit
