// SPDX-License-Identifier: MIT
#include "background.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <initializer_list>

#include "connection_record.h"
#include "peer_address.h"
#include "sshd_process.h"

#ifndef SSHAUDIT_REASON_FINDER
#error "SSHAUDIT_REASON_FINDER is the absolute path of the program that finds the reason"
#endif

namespace sshaudit::logger {
namespace {

constexpr int settle_ms = 2000;            // without another key: the client asks for a password, or thinks
constexpr int most_settles = 5;            // as long as more keys come
constexpr int chained_settle_ms = 180000;  // sshd's LoginGraceTime and more: the other command may have let the key in
constexpr unsigned most_seconds = 300;     // whatever happens, this process is gone then
constexpr unsigned say_seconds = 5;        // a log that takes nothing is not waited for
constexpr int keys_fd = 3;                 // of the program that finds the reason
constexpr int logged_fd = 4;
constexpr int lesser_priority = 10;
constexpr int nothing_found = 0;  // its exit status

bool is(const char* text, const char* word) { return text != nullptr && std::strcmp(text, word) == 0; }

// Nothing of sshd's stays open: it reads the standard output of its command to the end.
void detach(bool keep_output) {
  setsid();
  for (const int number : {SIGTERM, SIGHUP, SIGINT, SIGPIPE}) signal(number, SIG_IGN);
  for (const int number : {SIGALRM, SIGCHLD}) signal(number, SIG_DFL);
  const int null = open("/dev/null", O_RDWR);
  if (null < 0) _exit(0);
  dup2(null, STDIN_FILENO);
  if (!keep_output) dup2(null, STDOUT_FILENO);
  dup2(null, STDERR_FILENO);
#ifdef SYS_close_range
  if (syscall(SYS_close_range, static_cast<unsigned>(STDERR_FILENO + 1), ~0U, 0U) != 0)
#endif
    for (int fd = STDERR_FILENO + 1; fd < 1024; ++fd) close(fd);
  if (chdir("/") != 0) _exit(0);
  umask(077);
  setpriority(PRIO_PROCESS, 0, lesser_priority);  // logins come first
  alarm(most_seconds);
}

bool is_often_well(const Request& request) { return is(request.phase, "session") || is(request.phase, "auth"); }

class Work {
 public:
  Work(const Request& request, const Process& sshd)
      : request_(request), sshd_(sshd), record_(sshd), watch_(sshd), is_tell_(is(request.phase, "tell")) {
    if (request_.connection == nullptr && request_.phase == nullptr &&
        find_connection(sshd.pid, found_, sizeof found_)) {
      request_.connection = found_;
    }
  }

  void run() {
    if (is_tell_ || !record_.good()) {
      if (is_tell_ || request_.phase != nullptr) find_reason();
      return;
    }
    if (request_.phase == nullptr && request_.fingerprint != nullptr) {
      record_.add_key(request_.key_type == nullptr ? "-" : request_.key_type, request_.fingerprint, request_.key);
    }
    if (!record_.lock()) return;
    if (request_.phase == nullptr ? is_refused() : true) look();
    if (record_.is_empty() || !is_running(sshd_)) record_.remove();
  }

 private:
  // Of a key that sshd has just asked about. Someone who has waited before may have looked at it too.
  bool is_refused() {
    if (!record_.has_news()) return false;
    const bool is_chained = request_.then != nullptr;
    auto end = End::open;
    for (int i = 0; i < most_settles && end == End::open; ++i) {
      const auto size = record_.size();
      end = watch_.wait(is_chained ? chained_settle_ms : settle_ms);
      if (record_.size() == size) break;
    }
    if (end == End::let_in || (end == End::open && is_chained)) {
      record_.look_done(record_.size());
      return false;
    }
    return true;
  }

  void look() {
    const auto size = record_.size();
    const int status = find_reason();
    if (is_often_well(request_) && status == nothing_found) note_well(request_.phase, request_.user);
    record_.look_done(size);  // a key that came meanwhile is for whoever waits
  }

  // The program's exit status; -1 when it did not end by itself.
  int find_reason() {
    const pid_t child = fork();
    if (child == 0) become_finder();
    if (child < 0) return -1;
    const long until = now_ms() + request_.deadline_ms;
    for (long pause = 1;; pause = pause < 20 ? pause + 1 : pause) {
      int status = 0;
      const pid_t done = waitpid(child, &status, WNOHANG);
      if (done == child) return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
      if (now_ms() >= until) break;
      nap(pause);
    }
    kill(child, SIGKILL);
    waitpid(child, nullptr, WNOHANG);
    say_it_took_too_long();
    return -1;
  }

  // Whom PAM is asked about need not be an account, and then is not to be named.
  void say_it_took_too_long() const {
    alarm(say_seconds);
    if (is_tell_ || is(request_.phase, "auth") || is(request_.phase, "session")) return;
    for (const char* at = request_.user; *at != '\0'; ++at) {
      if (*at <= ' ' || *at > '~') return;
    }
    syslog(LOG_AUTHPRIV | LOG_NOTICE,
           "key login refused: user=%.64s: the reason was not found within %d s: a file system or a name service does "
           "not answer",
           request_.user, request_.deadline_ms / 1000);
  }

  // Above all descriptors that are in use first, so that none is lost.
  void hand_over_record() const {
    if (!record_.good()) return;
    const int keys = fcntl(record_.keys_fd(), F_DUPFD, logged_fd + 1);
    const int logged = fcntl(record_.logged_fd(), F_DUPFD, logged_fd + 1);
    dup2(keys, keys_fd);
    dup2(logged, logged_fd);
    close(keys);
    close(logged);
  }

  [[noreturn]] void become_finder() {
    char connection[512];
    char user[512];
    char process[64];
    char* words[32] = {};
    std::size_t count = 0;
    const auto add = [&](char* word) {
      if (count + 1 < sizeof words / sizeof *words) words[count++] = word;
    };
    static char program[] = SSHAUDIT_REASON_FINDER;
    static char chained[] = "--chained";
    add(program);
    if (request_.phase != nullptr) {
      for (char** word = request_.words; *word != nullptr; ++word) add(*word);
    } else {
      std::snprintf(user, sizeof user, "--user=%s", request_.user);
      add(user);
      std::snprintf(connection, sizeof connection, "--tuple=%s",
                    request_.connection == nullptr ? "" : request_.connection);
      add(connection);
      std::snprintf(process, sizeof process, "--process=%d", static_cast<int>(sshd_.pid));
      add(process);
      if (request_.then != nullptr) add(chained);
    }
    char config[1024];
    if (request_.phase == nullptr && request_.sshd_config != nullptr) {
      std::snprintf(config, sizeof config, "--sshd-config=%s", request_.sshd_config);
      add(config);
    }
    hand_over_record();
    execv(program, words);
    _exit(0);
  }

  Request request_;
  Process sshd_;
  ConnectionRecord record_;
  Watch watch_;
  bool is_tell_;
  char found_[256] = {};
};

}  // namespace

void work_in_background(const Request& request, pid_t sshd) {
  detach(is(request.phase, "tell"));
  openlog("sshaudit", LOG_PID, LOG_AUTHPRIV);
  const auto connection = process_of(process_of_connection(sshd));
  const bool is_tried_by_hand = request.phase == nullptr && !is_sshd(sshd);
  if (is(request.phase, "auth") && getpwnam(request.user) == nullptr) _exit(0);  // nobody's name is to be logged
  if (is_often_well(request) && !has_record(connection) && was_well_lately(request.phase, request.user)) _exit(0);
  if (!is_tried_by_hand && (connection.started != 0 || request.phase != nullptr)) Work(request, connection).run();
  _exit(0);
}

}  // namespace sshaudit::logger
