// SPDX-License-Identifier: MIT
#include "gather/foreign_program.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
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
constexpr std::size_t most_words = 4096;  // of standard error

struct Pipes {
  Pipe out;
  Pipe err;
  Pipe failure;  // closes when the program starts
};

Result<Pipes> make_pipes() {
  auto out = make_pipe();
  auto err = make_pipe();
  auto failure = make_pipe();
  if (!out || !err || !failure) return tl::unexpected(Error{"make a pipe", "", EMFILE});
  return Pipes{std::move(*out), std::move(*err), std::move(*failure)};
}

// What the new process says before it is the program.
enum class Stage { identity, reach, start };
struct Failure {
  Stage stage = Stage::identity;
  int errnum = 0;
};

// All that the new process needs, made before it is: between fork(2) and execve(2) nothing may be allocated.
struct Image {
  std::vector<char*> argv;
  std::vector<char*> environment;
  std::vector<gid_t> groups;
  Identity identity;
  bool changes_identity = false;
};

std::vector<char*> pointers_to(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (const auto& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

Image image_of(const ForeignProgram& program) {
  Image image{pointers_to(program.argv), pointers_to(program.environment), program.identity.supplementary,
              program.identity, geteuid() == 0};
  image.groups.insert(image.groups.begin(), program.identity.gid);
  return image;
}

[[noreturn]] void fail(const Pipes& pipes, Stage stage) {
  const Failure failure{stage, errno};
  if (write(pipes.failure.write.get(), &failure, sizeof failure) < 0) _exit(126);
  _exit(127);
}

bool take_identity(const Image& image) {
  const auto& [uid, gid, supplementary] = image.identity;
  if (!image.changes_identity) return true;
  return setgroups(image.groups.size(), image.groups.data()) == 0 && setresgid(gid, gid, gid) == 0 &&
         setresuid(uid, uid, uid) == 0;
}

// Descriptors of this process close by themselves; those that it was started with may not.
void close_inherited(int kept) {
#ifdef SYS_close_range
  if (syscall(SYS_close_range, 3, kept - 1, 0) == 0 && syscall(SYS_close_range, kept + 1, ~0U, 0) == 0) return;
#endif
  constexpr int enough = 1024;
  for (int fd = 3; fd < enough; ++fd) {
    if (fd != kept) close(fd);
  }
}

void reset_signals() {
  for (int number = 1; number < NSIG; ++number) std::signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void become_program(const Image& image, const Pipes& pipes) {
  setsid();  // without a terminal, which it could write to and type into
  reset_signals();
  const int input = open("/dev/null", O_RDONLY);
  const bool ready = input >= 0 && dup2(input, STDIN_FILENO) >= 0 && dup2(pipes.out.write.get(), STDOUT_FILENO) >= 0 &&
                     dup2(pipes.err.write.get(), STDERR_FILENO) >= 0 && chdir("/") == 0;
  if (!ready) fail(pipes, Stage::identity);
  close_inherited(pipes.failure.write.get());
  if (!take_identity(image)) fail(pipes, Stage::identity);
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);  // it does not outlive who waits for it
  struct stat status {};
  if (stat(image.argv[0], &status) != 0) fail(pipes, Stage::reach);
  execve(image.argv[0], image.argv.data(), image.environment.data());
  fail(pipes, Stage::start);
}

// Takes what is there, and keeps `most` bytes. False at the end of the stream.
bool drain(int fd, std::string& text, std::size_t most, bool& truncated) {
  std::array<char, 65536> chunk{};
  const auto got = read(fd, chunk.data(), chunk.size());
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  const auto kept = std::min(static_cast<std::size_t>(got), most - std::min(most, text.size()));
  text.append(chunk.data(), kept);
  truncated = truncated || kept < static_cast<std::size_t>(got);
  return got > 0;
}

// Of standard error the end is kept.
bool drain_words(int fd, std::string& words) {
  bool truncated = false;
  const bool more = drain(fd, words, words.size() + most_words, truncated);
  if (words.size() > most_words) words.erase(0, words.size() - most_words);
  return more;
}

// Reads the output to its end, which is what sshd waits for; false when the deadline passed first.
bool collect(const Pipes& pipes, Clock::time_point end, const ForeignProgram& program, ForeignOutcome& outcome) {
  std::array<pollfd, 2> streams = {pollfd{pipes.out.read.get(), POLLIN, 0}, pollfd{pipes.err.read.get(), POLLIN, 0}};
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    if (left <= 0) return false;
    if (poll(streams.data(), streams.size(), static_cast<int>(left)) < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    if (streams[1].revents != 0 && !drain_words(streams[1].fd, outcome.last_words)) streams[1].fd = -1;
    if (streams[0].revents == 0) continue;
    if (!drain(streams[0].fd, outcome.out, program.most_output, outcome.truncated)) return true;
  }
}

// What is left on standard error when the process has ended; others may have it open still.
void collect_last_words(const Pipes& pipes, ForeignOutcome& outcome) {
  constexpr int most_reads = 64;
  pollfd stream{pipes.err.read.get(), POLLIN, 0};
  for (int i = 0; i < most_reads && poll(&stream, 1, 0) > 0; ++i) {
    if (!drain_words(stream.fd, outcome.last_words)) break;
  }
  auto& text = outcome.last_words;
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  text.erase(0, text.find_last_of("\r\n") + 1);
}

// Waits for the end of the process, which is killed with its group when it is still there at `end`.
void reap(pid_t child, Clock::time_point end, ForeignOutcome& outcome) {
  int status = 0;
  bool in_time = true;
  while (waitpid(child, &status, in_time ? WNOHANG : 0) != child) {
    if (in_time && Clock::now() >= end) {
      in_time = false;
      kill(-child, SIGKILL);
      kill(child, SIGKILL);  // before it has made its group
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (!in_time) {
    outcome.end = ForeignOutcome::End::timed_out;
  } else if (WIFSIGNALED(status)) {
    outcome.end = ForeignOutcome::End::signalled;
    outcome.status = WTERMSIG(status);
  } else {
    outcome.status = WEXITSTATUS(status);
  }
}

Result<void> apply(const Failure& failure, const std::string& program, ForeignOutcome& outcome) {
  if (failure.stage == Stage::identity) return tl::unexpected(Error{"run as another user", program, failure.errnum});
  const bool unreachable = failure.stage == Stage::reach;
  outcome.end = unreachable ? ForeignOutcome::End::not_reachable : ForeignOutcome::End::not_started;
  outcome.status = failure.errnum;
  return {};
}

}  // namespace

Result<ForeignOutcome> run_as(const ForeignProgram& program) {
  auto pipes = make_pipes();
  if (!pipes) return tl::unexpected(pipes.error());
  const auto image = image_of(program);
  const auto end = Clock::now() + program.deadline;
  const pid_t child = fork();
  if (child < 0) return tl::unexpected(errno_error("fork", program.argv.front()));
  if (child == 0) become_program(image, *pipes);
  pipes->out.write = Fd();
  pipes->err.write = Fd();
  pipes->failure.write = Fd();
  ForeignOutcome outcome;
  const bool complete = collect(*pipes, end, program, outcome);
  if (!complete) kill(-child, SIGKILL);
  reap(child, complete ? end : Clock::now(), outcome);
  if (!complete) outcome.end = ForeignOutcome::End::timed_out;
  collect_last_words(*pipes, outcome);
  Failure failure;
  if (read(pipes->failure.read.get(), &failure, sizeof failure) != sizeof failure) return outcome;
  if (auto done = apply(failure, program.argv.front(), outcome); !done) return tl::unexpected(done.error());
  return outcome;
}

}  // namespace sshaudit
