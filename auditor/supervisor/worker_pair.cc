// SPDX-License-Identifier: MIT
#include "supervisor/worker_pair.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>

#include "gather/inherited_files.h"
#include "gather/look_ups.h"
#include "gather/pipe.h"
#include "supervisor/confinement.h"
#include "supervisor/worker_processes.h"

namespace sshaudit {
namespace {

constexpr int confinement_failed = 4;
constexpr int judge_evidence = 0;
constexpr int judge_reports = 1;
constexpr int judge_answers = 3;

struct Pipes {
  Pipe accounts;
  Pipe evidence;
  Pipe answers;
  Pipe reports;
};

Result<Pipes> make_pipes() {
  auto accounts = make_pipe();
  auto evidence = make_pipe();
  auto answers = make_pipe();
  auto reports = make_pipe();
  for (const auto* pipe : {&accounts, &evidence, &answers, &reports}) {
    if (!*pipe) return tl::unexpected(pipe->error());
  }
  return Pipes{std::move(*accounts), std::move(*evidence), std::move(*answers), std::move(*reports)};
}

// Whoever started the run may have ignored or blocked it.
void let_alarm_end() {
  std::signal(SIGALRM, SIG_DFL);
  sigset_t alarm_only;
  sigemptyset(&alarm_only);
  sigaddset(&alarm_only, SIGALRM);
  sigprocmask(SIG_UNBLOCK, &alarm_only, nullptr);
}

[[noreturn]] void be_observer(const AccountWork& work, Pipes pipes, const Watch& watch, int deadline,
                              const std::vector<int>& others) noexcept {
  setpgid(0, 0);  // what it starts ends with it
  let_alarm_end();
  limit_look_ups(0);  // this process is watched
  leave_inherited_files();
  for (const int fd : others) close(fd);
  pipes.accounts.write = Fd();
  pipes.evidence.read = Fd();
  pipes.answers.write = Fd();
  pipes.reports = {};
  observe_accounts(work, {pipes.accounts.read.get(), pipes.evidence.write.get(), pipes.answers.read.get()}, watch,
                   deadline);
}

// The ends that it keeps are moved out of the way first: they may have the numbers that they are to get.
[[noreturn]] void be_judge(const AccountWork& work, const Pipes& pipes, Lookouts& lookouts,
                           std::size_t number) noexcept {
  lookouts.leave_only_judge(number);
  constexpr int out_of_the_way = 10;
  const int evidence = fcntl(pipes.evidence.read.get(), F_DUPFD_CLOEXEC, out_of_the_way);
  const int reports = fcntl(pipes.reports.write.get(), F_DUPFD_CLOEXEC, out_of_the_way);
  const int answers = fcntl(pipes.answers.write.get(), F_DUPFD_CLOEXEC, out_of_the_way);
  leave_inherited_files();
  dup2(evidence, judge_evidence);
  dup2(reports, judge_reports);
  dup2(answers, judge_answers);
  const auto confined = confine(judge_answers);
  if (!confined) _exit(confinement_failed);
  lookouts.judge(number).lacks_filter(*confined);
  judge_accounts(work, judge_evidence, judge_reports, judge_answers, lookouts.judge(number));
}

std::optional<Loss> loss_of(int status) {
  if (WIFSIGNALED(status)) return Loss{.why = Loss::Why::crashed, .number = WTERMSIG(status), .is_signal = true};
  const int code = WEXITSTATUS(status);
  if (code == 0 || code == other_end_gone) return std::nullopt;
  if (code == confinement_failed) return Loss{.why = Loss::Why::failed, .text = "root could not be given up"};
  return Loss{.why = Loss::Why::crashed, .number = code};
}

// Waits a moment for a process that is ending, and ends what it has started. Nothing when it goes on.
std::optional<int> status_of(pid_t& process) {
  constexpr timespec moment{0, 1'000'000};
  for (int tries = 0; process > 0 && tries < 100; ++tries) {
    siginfo_t ended{};
    if (waitid(P_PID, static_cast<id_t>(process), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        ended.si_pid == process) {
      int status = 0;
      kill(-process, SIGKILL);  // as long as its number cannot be another's
      waitpid(process, &status, 0);
      process = -1;
      return status;
    }
    nanosleep(&moment, nullptr);
  }
  return std::nullopt;
}

}  // namespace

Result<std::unique_ptr<WorkerPair>> WorkerPair::start(const AccountWork& work, Lookouts& lookouts, std::size_t number,
                                                      int deadline_seconds, const std::vector<int>& others) {
  auto pipes = make_pipes();
  if (!pipes) return tl::unexpected(pipes.error());
  lookouts.observer(number).end();
  lookouts.judge(number).end();
  const pid_t judge = fork();
  if (judge == 0) be_judge(work, *pipes, lookouts, number);
  if (judge < 0) return tl::unexpected(errno_error("start a process", ""));
  const pid_t observer = fork();
  if (observer == 0) {
    const Watch watch{&lookouts.observer(number), &lookouts.given_up()};
    be_observer(work, std::move(*pipes), watch, deadline_seconds, others);
  }
  const auto error = errno_error("start a process", "");
  fcntl(pipes->accounts.write.get(), F_SETFL, O_NONBLOCK);  // who takes no accounts holds up nobody
  std::unique_ptr<WorkerPair> pair(
      new WorkerPair(std::move(pipes->accounts.write), std::move(pipes->reports.read), number));
  pair->judge_ = judge;
  pair->observer_ = observer;
  if (observer < 0) return tl::unexpected(error);
  return pair;
}

WorkerPair::~WorkerPair() {
  std::vector<pid_t> doomed;
  end(doomed);
}

bool WorkerPair::give(const std::vector<std::uint32_t>& accounts) {
  const auto* bytes = reinterpret_cast<const char*>(accounts.data());
  std::string_view rest(bytes, accounts.size() * sizeof accounts.front());
  while (!rest.empty()) {
    const auto written = write(accounts_fd_.get(), rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::optional<PairMessage> WorkerPair::next() {
  const auto text = reports_.next();
  if (!text) return std::nullopt;
  PairMessage message;
  if (text->size() < 1 + sizeof message.account) {
    broken_ = true;
    return std::nullopt;
  }
  std::memcpy(&message.account, text->data() + 1, sizeof message.account);
  message.report = text->substr(1 + sizeof message.account);
  if (text->front() != report_mark) {
    constexpr std::size_t longest = 500;
    message.loss = Loss{.why = Loss::Why::failed, .text = std::string(message.report.substr(0, longest))};
  }
  return message;
}

// The one that did not end because the other was gone.
std::optional<Loss> WorkerPair::cause_of_death() {
  const auto of_judge = status_of(judge_);
  auto loss = of_judge ? loss_of(*of_judge) : std::nullopt;
  if (loss) {
    may_be_observer_ = false;
    return loss;
  }
  const auto of_observer = status_of(observer_);
  loss = of_observer ? loss_of(*of_observer) : std::nullopt;
  if (loss) may_be_judge_ = false;
  return loss;
}

void WorkerPair::end(std::vector<pid_t>& doomed) {
  accounts_fd_ = Fd();
  reports_fd_ = Fd();
  for (auto* process : {&judge_, &observer_}) {
    if (*process <= 0) continue;
    if (process == &observer_) kill(-*process, SIGKILL);  // with what it has started
    kill(*process, SIGKILL);
    doomed.push_back(*process);
    *process = -1;
  }
  reap(doomed);
}

void WorkerPair::reap(std::vector<pid_t>& doomed) {
  std::erase_if(doomed, [](pid_t process) { return waitpid(process, nullptr, WNOHANG) != 0; });
}

}  // namespace sshaudit
