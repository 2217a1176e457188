// SPDX-License-Identifier: MIT
// start_logger as it is, with small programs as loggers: what they get of their host process, and what stays in it.
#include "logger_start.h"

#include <fcntl.h>
#include <malloc.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <memory>

#include "cmocka_api.h"
#include "started_loggers.h"

namespace {

enum class ForkPlan { real, fails, second_fails, child_hangs };
ForkPlan fork_plan = ForkPlan::real;
bool in_first_child = false;
pid_t last_child = -1;

}  // namespace

extern "C" {

// The linker hands calls of fork over to this (--wrap).
pid_t __real_fork();
pid_t __wrap_fork();

pid_t __wrap_fork() {
  if (fork_plan == ForkPlan::fails || (fork_plan == ForkPlan::second_fails && in_first_child)) {
    errno = EAGAIN;
    return -1;
  }
  const pid_t child = __real_fork();
  if (child != 0) return last_child = child;
  in_first_child = true;
  if (fork_plan == ForkPlan::child_hangs) alarm(300);  // should nobody be left who ends it
  while (fork_plan == ForkPlan::child_hangs) pause();
  return child;
}

}  // extern "C"

namespace sshaudit::pam_test {
namespace {

using pam::start_logger;

constexpr int patience_ms = 60000;  // for what is expected to come: no test waits for it to be over

const TemporaryDirectory* files = nullptr;

std::string script(const std::string& commands) { return files->file("logger", "#!/bin/sh\n" + commands, true); }

bool start(const Words& words, int deadline_ms = patience_ms, char* answer = nullptr, std::size_t size = 0) {
  std::vector<const char*> argv;
  for (const auto& word : words) argv.push_back(word.c_str());
  argv.push_back(nullptr);
  return start_logger(argv.data(), deadline_ms, answer, size);
}

Words lines_of(const std::string& text) {
  Words lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

bool has_no_child() { return waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD; }

bool does_not_hold(const char* condition, int line) {
  std::fprintf(stderr, "line %d: in the caller this does not hold: %s\n", line, condition);
  return false;
}

// An assertion would jump out of the process of a caller, into the rest of the tests.
#define must_hold(condition) \
  if (!(condition)) return does_not_hold(#condition, __LINE__)

// Runs `caller` in a process of its own, which takes in no orphans, and waits for it and all loggers, whose number
// comes back.
template <class Caller>
std::size_t in_caller(Caller caller) {
  const pid_t child = __real_fork();
  if (child == 0) _exit(caller() ? 0 : 1);
  std::size_t loggers = 0;
  int caller_status = -1;
  int status = 0;
  for (pid_t ended = waitpid(-1, &status, 0); ended > 0; ended = waitpid(-1, &status, 0)) {
    if (ended == child) {
      caller_status = status;
    } else {
      ++loggers;
    }
  }
  assert_int_equal(caller_status, 0);
  return loggers;
}

// What the probe reports of a logger as it should be.
Words clean_process(const Words& words, const std::string& output) {
  Words lines;
  for (const auto& word : words) lines.push_back("word " + word);
  for (const std::string line : {"env PATH=/usr/sbin:/usr/bin:/sbin:/bin", "0 /dev/null"}) lines.push_back(line);
  lines.push_back("1 " + output);
  for (const std::string line : {"2 /dev/null", "cwd /", "leads 1 1", "SigBlk:\t0000000000000000",
                                 "SigIgn:\t0000000000004001", "SigCgt:\t0000000000000000"}) {
    lines.push_back(line);  // of those that are ignored: SIGHUP is 1, SIGTERM 15
  }
  lines.push_back(output == "pipe" ? "ends within 61 seconds" : "ends within 300 seconds");
  return lines;
}

void starts_a_clean_process(void** /*state*/) {
  const auto report = files->path() + "/report";
  const Words words = {"--pam=auth", "", "a b", "%n%s", "--user='\"$(id)\x1b"};
  Words all = {SSHAUDIT_PROBE, report};
  all.insert(all.end(), words.begin(), words.end());
  const auto loggers = in_caller([&] {
    setenv("LD_DEBUG", "nothing", 1);
    setenv("PATH", "/nowhere", 1);
    must_hold(chdir(files->path().c_str()) == 0);
    must_hold(dup2(STDIN_FILENO, 7) == 7 && dup2(STDIN_FILENO, 200) == 200);  // not closed by exec
    must_hold(start(all));
    return has_no_child();
  });
  assert_int_equal(loggers, 1);
  assert_words(lines_of(text_of(report)), clean_process(words, "/dev/null"));
}

void gives_an_answering_logger_a_pipe(void** /*state*/) {
  char answer[4096];
  assert_true(start({SSHAUDIT_PROBE, "-", "--pam=tell"}, patience_ms, answer, sizeof answer));
  assert_words(lines_of(answer), clean_process({"--pam=tell"}, "pipe"));
  assert_int_equal(wait_for_all().size(), 1);
}

std::vector<int> standard_descriptors() { return {fcntl(0, F_GETFD), fcntl(1, F_GETFD), fcntl(2, F_GETFD)}; }

// Whatever of them is closed, new descriptors take those places.
void takes_no_place_of_a_standard_descriptor(void** /*state*/) {
  const auto report = files->path() + "/report";
  for (int closed = 0; closed < 8; ++closed) {
    in_caller([&] {
      for (int fd = 0; fd < 3; ++fd) {
        if ((closed >> fd & 1) != 0) close(fd);
      }
      const auto before = standard_descriptors();
      must_hold(start({SSHAUDIT_PROBE, report}));
      char answer[4096];
      must_hold(start({SSHAUDIT_PROBE, "-"}, patience_ms, answer, sizeof answer));
      must_hold(lines_of(answer) == clean_process({}, "pipe"));
      must_hold(standard_descriptors() == before);
      return has_no_child();
    });
    assert_words(lines_of(text_of(report)), clean_process({}, "/dev/null"));
  }
}

void handle_nothing(int /*number*/) {}

void reap_everything(int /*number*/) {
  while (waitpid(-1, nullptr, WNOHANG) > 0) {
  }
}

void set_signal(int number, void (*handler)(int), int flags = 0) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigaddset(&action.sa_mask, SIGUSR2);
  sigaction(number, &action, nullptr);
}

Words signal_state() {
  Words lines;
  sigset_t blocked;
  sigprocmask(SIG_SETMASK, nullptr, &blocked);
  for (int number = 1; number < NSIG; ++number) {
    struct sigaction action {};
    if (sigaction(number, nullptr, &action) != 0) continue;
    std::string mask;
    for (int other = 1; other < NSIG; ++other) mask += sigismember(&action.sa_mask, other) == 1 ? '1' : '0';
    lines.push_back(std::to_string(number) + ' ' + std::to_string(reinterpret_cast<uintptr_t>(action.sa_handler)) +
                    ' ' + std::to_string(action.sa_flags) + ' ' + mask + ' ' +
                    std::to_string(sigismember(&blocked, number)));
  }
  return lines;
}

void keeps_signals_apart(void** /*state*/) {
  const auto report = files->path() + "/report";
  in_caller([&] {
    for (const int number : {SIGTERM, SIGHUP, SIGALRM, SIGUSR1, SIGCHLD})
      set_signal(number, handle_nothing, SA_RESTART);
    for (const int number : {SIGPIPE, SIGINT, SIGQUIT, SIGRTMIN, SIGRTMAX}) set_signal(number, SIG_IGN);
    sigset_t blocked;
    sigemptyset(&blocked);
    for (const int number : {SIGTERM, SIGCHLD, SIGUSR2, SIGSEGV, SIGRTMAX}) sigaddset(&blocked, number);
    sigprocmask(SIG_SETMASK, &blocked, nullptr);
    const auto before = signal_state();
    must_hold(start({SSHAUDIT_PROBE, report}));
    char answer[64];
    must_hold(start({"/bin/true"}, patience_ms, answer, sizeof answer));
    must_hold(signal_state() == before);
    return has_no_child();
  });
  assert_words(lines_of(text_of(report)), clean_process({}, "/dev/null"));
}

// The kernel or a handler then waits for the children of the caller.
void needs_no_child_to_wait_for(void** /*state*/) {
  const auto logger = script("echo here");
  const auto starts = [&] {
    char answer[64];
    for (int i = 0; i < 20; ++i) {
      must_hold(start({logger}, patience_ms, answer, sizeof answer));
      must_hold(std::string(answer) == "here\n");
    }
    return has_no_child();
  };
  const auto ignoring = [&] { return signal(SIGCHLD, SIG_IGN) != SIG_ERR && starts(); };
  const auto reaping = [&] { return signal(SIGCHLD, reap_everything) != SIG_ERR && starts(); };
  const auto without_zombies = [&] {
    set_signal(SIGCHLD, SIG_DFL, SA_NOCLDWAIT);
    return starts();
  };
  in_caller(ignoring);
  in_caller(reaping);
  in_caller(without_zombies);
}

void leaves_other_children_alone(void** /*state*/) {
  in_caller([] {
    const pid_t other = __real_fork();
    if (other == 0) _exit(7);
    siginfo_t ended{};
    must_hold(waitid(P_PID, static_cast<id_t>(other), &ended, WEXITED | WNOWAIT) == 0);
    must_hold(start({"/bin/true"}));
    char answer[64];
    must_hold(start({"/bin/true"}, patience_ms, answer, sizeof answer));
    int status = 0;
    must_hold(waitpid(other, &status, WNOHANG) == other);
    must_hold(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    return has_no_child();
  });
}

void survives_what_cannot_be_run(void** /*state*/) {
  const Words programs = {files->path() + "/missing",
                          files->path(),
                          "",
                          files->file("plain", "#!/bin/true\n"),
                          files->file("garbage",
                                      "\x7f"
                                      "ELF garbage",
                                      true),
                          files->file("orphan", "#!/no/such/interpreter\n", true)};
  for (const auto& program : programs) {
    in_caller([&] {
      const auto before = open_descriptors();
      char answer[64] = "old";
      start({program});
      start({program}, patience_ms, answer, sizeof answer);
      must_hold(std::string(answer).empty());
      must_hold(open_descriptors() == before);
      return has_no_child();
    });
  }
}

struct AnswerCase {
  const char* commands;
  std::size_t size;
  std::string answer;  // all bytes up to the last
};

void reads_answers(void** /*state*/) {
  const std::vector<AnswerCase> cases = {
      {"printf answer", 64, "answer"},
      {"printf answer", 7, "answer"},
      {"printf answer", 6, "answe"},
      {"printf answer", 2, "a"},
      {"printf answer", 1, ""},
      {"exit 3", 64, ""},
      {"printf a; sleep 0.01; printf b; printf c", 64, "abc"},
      {"printf error >&2; printf answer", 64, "answer"},
      {"cat; printf answer", 64, "answer"},
      {"printf 'a\\0b\\0'", 64, std::string("a\0b\0", 4)},
      {"printf '\\377\\001\\033'", 64, "\xff\x01\x1b"},
      {"exec tr '\\0' '\\377' </dev/zero", 64, std::string(63, '\xff')},
      {"(printf late) & exit 0", 64, "late"},
      {"printf answer; kill -9 $$", 64, "answer"},
  };
  for (const auto& one : cases) {
    const auto buffer = std::make_unique<char[]>(one.size);  // of the size that is told, for sanitizers
    std::fill_n(buffer.get(), one.size, '#');
    assert_true(start({script(one.commands)}, patience_ms, buffer.get(), one.size));
    const std::string got(buffer.get(), one.answer.size());
    if (got != one.answer) fail_msg("%s: <%s>", one.commands, got.c_str());
    assert_int_equal(buffer[one.answer.size()], '\0');
    for (auto at = one.answer.size() + 1; at < one.size; ++at) assert_int_equal(buffer[at], '#');
    wait_for_all();
  }
}

// A logger that waits for a line which comes when the deadline is over: until then it is there, alarm or no alarm.
class HangingLogger {
 public:
  explicit HangingLogger(const std::string& commands) {
    const auto path = files->path() + "/line";
    assert_int_equal(mkfifo(path.c_str(), 0600), 0);
    line_ = open(path.c_str(), O_RDWR | O_CLOEXEC);
    program_ = script("trap '' ALRM\n" + commands + "\nread line <" + path);
  }
  HangingLogger(const HangingLogger&) = delete;
  HangingLogger& operator=(const HangingLogger&) = delete;
  ~HangingLogger() {
    assert_int_equal(write(line_, "\n", 1), 1);
    wait_for_all();
    close(line_);
    std::filesystem::remove(files->path() + "/line");
  }

  bool start(int deadline_ms, char* answer, std::size_t size) const {
    return pam_test::start({program_}, deadline_ms, answer, size);
  }

 private:
  int line_ = -1;
  std::string program_;
};

// On a slow host a longer deadline is tried.
void answers_end_with_the_deadline(void** /*state*/) {
  char answer[64] = "";
  for (int deadline_ms = 200; *answer == '\0' && deadline_ms < patience_ms; deadline_ms *= 2) {
    const HangingLogger logger("echo so far");
    logger.start(deadline_ms, answer, sizeof answer);
  }
  assert_string_equal(answer, "so far\n");
}

void a_deadline_without_an_answer_leaves_none(void** /*state*/) {
  for (const int deadline_ms : {0, 1, 100}) {
    const HangingLogger logger("");
    char answer[64] = "old";
    const auto before = open_descriptors();
    logger.start(deadline_ms, answer, sizeof answer);
    assert_string_equal(answer, "");
    assert_int_equal(open_descriptors(), before);
  }
}

void interruptions_change_nothing(void** /*state*/) {
  const auto logger = script("printf a; sleep 0.1; printf b");
  in_caller([&] {
    set_signal(SIGALRM, handle_nothing);
    const itimerval often = {{0, 1000}, {0, 1000}};
    must_hold(setitimer(ITIMER_REAL, &often, nullptr) == 0);
    char answer[64];
    must_hold(start({logger}, patience_ms, answer, sizeof answer));
    must_hold(std::string(answer) == "ab");
    return has_no_child();
  });
}

void survives_having_no_descriptors(void** /*state*/) {
  in_caller([] {
    const rlimit few = {32, 32};
    must_hold(setrlimit(RLIMIT_NOFILE, &few) == 0);
    while (dup(STDIN_FILENO) >= 0) {
    }
    char answer[64] = "old";
    start({"/bin/true"});
    must_hold(!start({"/bin/true"}, patience_ms, answer, sizeof answer));
    must_hold(std::string(answer).empty());
    for (int fd = 0; fd < 32; ++fd) must_hold(fcntl(fd, F_GETFD) >= 0);
    close(31);
    must_hold(!start({"/bin/true"}, patience_ms, answer, sizeof answer));
    must_hold(fcntl(31, F_GETFD) < 0);
    return has_no_child();
  });
}

void survives_having_no_processes(void** /*state*/) {
  for (const auto plan : {ForkPlan::fails, ForkPlan::second_fails}) {
    const auto loggers = in_caller([plan] {
      const auto before = open_descriptors();
      fork_plan = plan;
      char answer[64] = "old";
      must_hold(!start({"/bin/true"}));
      must_hold(!start({"/bin/true"}, patience_ms, answer, sizeof answer));
      must_hold(std::string(answer).empty());
      must_hold(open_descriptors() == before);
      return has_no_child();
    });
    assert_int_equal(loggers, 0);
  }
}

void does_not_wait_for_ever_for_the_start(void** /*state*/) {
  const auto ends = in_caller([] {
    const auto before = open_descriptors();
    fork_plan = ForkPlan::child_hangs;
    char answer[64] = "old";
    must_hold(!start({"/bin/true"}, 100, answer, sizeof answer));
    kill(last_child, SIGKILL);
    must_hold(!start({"/bin/true"}, 100));
    kill(last_child, SIGKILL);
    must_hold(std::string(answer).empty());
    return open_descriptors() == before;
  });
  assert_int_equal(ends, 2);
}

void leaves_nothing_behind(void** /*state*/) {
  constexpr std::size_t calls = 10000;
  const auto loggers = in_caller([] {
    const auto descriptors = open_descriptors();
    const auto memory = mallinfo2().uordblks;
    const char* const words[] = {"/bin/true", "--pam=auth", nullptr};
    char answer[512];
    for (std::size_t i = 0; i < calls; ++i) {
      must_hold(start_logger(words, patience_ms, i % 2 == 0 ? nullptr : answer, i % 2 == 0 ? 0 : sizeof answer));
    }
    must_hold(mallinfo2().uordblks == memory);
    must_hold(open_descriptors() == descriptors);
    return has_no_child();
  });
  assert_int_equal(loggers, calls);
}

}  // namespace
}  // namespace sshaudit::pam_test

int main() {
  using namespace sshaudit::pam_test;
  const TemporaryDirectory directory;
  files = &directory;
  const CMUnitTest tests[] = {
      cmocka_unit_test(starts_a_clean_process),
      cmocka_unit_test(gives_an_answering_logger_a_pipe),
      cmocka_unit_test(takes_no_place_of_a_standard_descriptor),
      cmocka_unit_test(keeps_signals_apart),
      cmocka_unit_test(needs_no_child_to_wait_for),
      cmocka_unit_test(leaves_other_children_alone),
      cmocka_unit_test(survives_what_cannot_be_run),
      cmocka_unit_test(reads_answers),
      cmocka_unit_test(answers_end_with_the_deadline),
      cmocka_unit_test(a_deadline_without_an_answer_leaves_none),
      cmocka_unit_test(interruptions_change_nothing),
      cmocka_unit_test(survives_having_no_descriptors),
      cmocka_unit_test(survives_having_no_processes),
      cmocka_unit_test(does_not_wait_for_ever_for_the_start),
      cmocka_unit_test(leaves_nothing_behind),
  };
  return cmocka_run_group_tests_name("logger start", tests, take_in_orphans, nullptr) == 0 ? 0 : 1;
}
