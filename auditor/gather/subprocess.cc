// SPDX-License-Identifier: MIT
#include "gather/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <thread>

#include "gather/fd.h"
#include "gather/pipe.h"
#include "gather/read_file.h"

namespace sshaudit {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t most_output = 1024UL * 1024;

Result<pid_t> spawn(const std::vector<std::string>& argv, const Pipe& out, const Pipe& err) {
  std::vector<char*> arguments;
  arguments.reserve(argv.size() + 1);
  for (const auto& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  std::array<std::string, 2> settings = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"};
  std::array<char*, 3> environment = {settings[0].data(), settings[1].data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.write.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write.get(), STDERR_FILENO);
  pid_t child = 0;
  errno = posix_spawn(&child, argv.front().c_str(), &actions, nullptr, arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  if (errno != 0) return tl::unexpected(errno_error("run", argv.front()));
  return child;
}

// Takes what is there. False at the end of the stream.
bool drain(const Fd& fd, std::string& text) {
  std::array<char, 16384> chunk{};
  const auto got = read(fd.get(), chunk.data(), chunk.size());
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  text.append(chunk.data(), static_cast<std::size_t>(got));
  return got > 0;
}

bool is_too_much(const ProgramOutput& output) {
  return output.out.size() > most_output || output.err.size() > most_output;
}

// Reads both streams to their ends; false when the deadline passed first, or when there is too much.
bool collect(const Pipe& out, const Pipe& err, Clock::time_point end, ProgramOutput& output) {
  std::array<pollfd, 2> streams = {pollfd{out.read.get(), POLLIN, 0}, pollfd{err.read.get(), POLLIN, 0}};
  while (!is_too_much(output) && (streams[0].fd >= 0 || streams[1].fd >= 0)) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    if (left <= 0) return false;
    if (poll(streams.data(), streams.size(), static_cast<int>(left)) < 0 && errno != EINTR) return false;
    if (streams[0].revents != 0 && !drain(out.read, output.out)) streams[0].fd = -1;
    if (streams[1].revents != 0 && !drain(err.read, output.err)) streams[1].fd = -1;
  }
  return !is_too_much(output);
}

// The exit status of the child, which is killed when it is still there at `end`.
Result<int> reap(pid_t child, Clock::time_point end) {
  int status = 0;
  bool in_time = true;
  pid_t ended = 0;
  while ((ended = waitpid(child, &status, in_time ? WNOHANG : 0)) != child) {
    if (ended < 0 && errno != EINTR) return tl::unexpected(errno_error("wait for", ""));
    if (in_time && Clock::now() >= end) {
      in_time = false;
      kill(child, SIGKILL);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (!in_time) return tl::unexpected(Error{"no answer in time", "", ETIMEDOUT});
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

Result<ProgramOutput> run_program(const std::vector<std::string>& argv, std::chrono::milliseconds deadline) {
  auto out = make_pipe();
  auto err = make_pipe();
  if (!out || !err) return tl::unexpected(out ? err.error() : out.error());
  const auto child = spawn(argv, *out, *err);
  if (!child) return tl::unexpected(child.error());
  out->write = Fd();
  err->write = Fd();
  const auto end = Clock::now() + deadline;
  ProgramOutput output;
  const bool complete = collect(*out, *err, end, output);
  const auto status = reap(*child, complete ? end : Clock::now());
  if (is_too_much(output)) return tl::unexpected(Error{"too much output", argv.front(), 0});
  if (!status) return tl::unexpected(Error{status.error().what, argv.front(), status.error().errnum});
  output.exit_status = *status;
  return output;
}

}  // namespace sshaudit
