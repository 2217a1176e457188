// SPDX-License-Identifier: MIT
#include "finder.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "slot.h"

#ifndef SSHAUDIT_REASON_FINDER
#error "SSHAUDIT_REASON_FINDER is the absolute path of the program that finds the reason"
#endif

namespace sshaudit::logger {
namespace {

constexpr int keys_fd = 3;  // of the program
constexpr int logged_fd = 4;
constexpr int slot_fd = 5;
constexpr int told = 10;  // its exit status
constexpr int nothing_found = 11;
constexpr unsigned say_seconds = 5;  // a log that takes nothing is not waited for

bool is(const char* text, const char* word) { return text != nullptr && std::strcmp(text, word) == 0; }

// The command line of the program, in one piece of memory.
class Words {
 public:
  void add(const char* name, const char* value) {
    if (value == nullptr || count_ + 1 >= most) return;
    const auto room = sizeof text_ - used_;
    const int size = std::snprintf(text_ + used_, room, "%s%s", name, value);
    if (size < 0 || static_cast<std::size_t>(size) >= room) return;
    words_[count_++] = text_ + used_;
    used_ += static_cast<std::size_t>(size) + 1;
  }

  char* const* get() const { return words_; }

 private:
  static constexpr std::size_t most = 32;
  char text_[32L * 1024] = {};
  char* words_[most] = {};
  std::size_t used_ = 0;
  std::size_t count_ = 0;
};

void add_words(const Request& request, const Process& sshd, Words& words) {
  words.add(SSHAUDIT_REASON_FINDER, "");
  if (request.phase != nullptr) {
    for (char** word = request.words; *word != nullptr; ++word) words.add(*word, "");
    return;
  }
  char process[32];
  std::snprintf(process, sizeof process, "%d", static_cast<int>(sshd.pid));
  words.add("--user=", request.user);
  words.add("--tuple=", request.connection);
  words.add("--process=", process);
  words.add("--sshd-config=", request.sshd_config);
  if (request.then != nullptr) words.add("--chained", "");
}

// To places that the program knows; nothing else of this process is open there. Above them first, so that none is lost.
void hand_over(const ConnectionRecord& record, const Slot& slot) {
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  const int sources[] = {record.good() ? record.keys_fd() : null, record.good() ? record.logged_fd() : null,
                         slot.account_fd() >= 0 ? slot.account_fd() : null};
  int moved[3];
  for (int i = 0; i < 3; ++i) moved[i] = fcntl(sources[i], F_DUPFD_CLOEXEC, slot_fd + 1);
  const int places[] = {keys_fd, logged_fd, slot_fd};
  for (int i = 0; i < 3; ++i) {
    if (dup2(moved[i], places[i]) < 0) _exit(0);
  }
}

// Whom PAM is asked about in other phases may be nobody, who is not to be named.
void say_it_took_too_long(const Request& request) {
  const bool is_sure = request.phase == nullptr || is(request.phase, "account");
  if (!is_sure) return;
  for (const char* at = request.user; *at != '\0'; ++at) {
    if (*at <= ' ' || *at > '~') return;
  }
  alarm(say_seconds);
  syslog(
      LOG_AUTHPRIV | LOG_NOTICE,
      "key login refused: user=%.64s: the reason was not found within %d s: a file system or a name service does not "
      "answer",
      request.user, request.deadline_ms / 1000);
}

Finding wait_for(pid_t child, const Request& request) {
  const long until = now_ms() + request.deadline_ms;
  for (long pause = 1;; pause = pause < 20 ? pause + 1 : pause) {
    int status = 0;
    const pid_t done = waitpid(child, &status, WNOHANG);
    if (done == child) {
      const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
      return code == told ? Finding::told : code == nothing_found ? Finding::nothing : Finding::none;
    }
    if (done < 0 || now_ms() >= until) break;
    nap(pause);
  }
  kill(-child, SIGKILL);
  waitpid(child, nullptr, WNOHANG);
  say_it_took_too_long(request);
  return Finding::none;
}

}  // namespace

Finding find_reason(const Request& request, const Process& sshd, const ConnectionRecord& record, uid_t account) {
  const Slot slot(record.directory(), account, request.deadline_ms);
  const bool is_full = record.directory() >= 0 && !slot.good();
  if (is_full) {
    say_it_took_too_long(request);
    return Finding::none;
  }
  Words words;
  add_words(request, sshd, words);
  const pid_t child = fork();
  if (child < 0) return Finding::none;
  if (child == 0) {
    setpgid(0, 0);
    hand_over(record, slot);
    execv(words.get()[0], words.get());
    _exit(0);
  }
  setpgid(child, child);
  return wait_for(child, request);
}

int become_probe() {
  char program[] = SSHAUDIT_REASON_FINDER;
  char option[] = "--probe";
  char* const words[] = {program, option, nullptr};
  execv(program, words);
  dprintf(STDOUT_FILENO, "%s cannot be run: %s\n", program, std::strerror(errno));
  return 1;
}

}  // namespace sshaudit::logger
