// SPDX-License-Identifier: MIT
#include "background.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <syslog.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <initializer_list>

#include "connection_record.h"
#include "finder.h"
#include "peer_address.h"
#include "sshd_process.h"

namespace sshaudit::logger {
namespace {

constexpr int settle_ms = 2000;            // without another key: the client asks for a password, or thinks
constexpr int most_settles = 5;            // as long as more keys come
constexpr int chained_settle_ms = 180000;  // sshd's LoginGraceTime and more: the other command may have let the key in
constexpr unsigned most_seconds = 300;     // whatever happens, this process is gone then
constexpr int lesser_priority = 10;
constexpr int most_descriptors = 1024;  // sshd has closed its own before
constexpr int most_entries = 2000;      // of records: then there are more connections than anybody reads about

bool is(const char* text, const char* word) { return text != nullptr && std::strcmp(text, word) == 0; }

// sshd reads the standard output of its command to the end.
void let_go_of_output(bool keep_output) {
  setsid();
  for (const int number : {SIGTERM, SIGHUP, SIGINT, SIGPIPE}) signal(number, SIG_IGN);
  for (const int number : {SIGALRM, SIGCHLD}) signal(number, SIG_DFL);
  alarm(most_seconds);
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) _exit(0);
  dup2(null, STDIN_FILENO);
  if (!keep_output) dup2(null, STDOUT_FILENO);
  dup2(null, STDERR_FILENO);
}

// Nothing else of sshd's stays open either.
void detach() {
#ifdef SYS_close_range
  const bool closed = syscall(SYS_close_range, static_cast<unsigned>(STDERR_FILENO + 1), ~0U, 0U) == 0;
#else
  const bool closed = false;
#endif
  for (int fd = STDERR_FILENO + 1; !closed && fd < most_descriptors; ++fd) close(fd);
  if (chdir("/") != 0) _exit(0);
  umask(077);
  setpriority(PRIO_PROCESS, 0, lesser_priority);  // logins come first
}

bool is_often_well(const Request& request) { return is(request.phase, "session") || is(request.phase, "auth"); }

class Work {
 public:
  Work(const Request& request, const Process& sshd, uid_t account)
      : request_(request), sshd_(sshd), account_(account), record_(sshd), watch_(sshd) {}

  void run() {
    if (record_.directory() >= 0 && record_.sweep() > most_entries) return;
    if (is(request_.phase, "tell") || (request_.phase != nullptr && !record_.good())) {
      look();
    } else if (record_.good()) {
      request_.phase == nullptr ? look_at_keys() : look_in_turn();
      if (record_.is_empty() || !is_running(sshd_)) record_.remove();
    }
  }

 private:
  // Of root's keys the fingerprint has to do: who reads the record for root has no root to give up. Whoever has the
  // lock looks at this key too.
  void look_at_keys() {
    if (request_.fingerprint == nullptr) return;
    record_.add_key(request_.key_type == nullptr ? "-" : request_.key_type, request_.fingerprint,
                    account_ == 0 ? nullptr : request_.key);
    while (record_.has_news() && record_.try_lock()) {
      const auto size = wait_for_end();
      if (end_ == End::closed || (end_ == End::open && request_.then == nullptr)) look();
      record_.look_done(size);
      record_.unlock();
    }
  }

  void look_in_turn() {
    if (!record_.lock()) return;
    look();
    record_.unlock();
  }

  // Returns how much of the record stood there when the end was seen.
  off_t wait_for_end() {
    off_t size = 0;
    end_ = End::open;
    for (int i = 0; i < most_settles && end_ == End::open && size != record_.size(); ++i) {
      size = record_.size();
      end_ = watch_.wait(request_.then == nullptr ? settle_ms : chained_settle_ms);
    }
    return record_.size();
  }

  void look() {
    const auto found = find_reason(request_, sshd_, record_, account_);
    if (is_often_well(request_) && found == Finding::nothing) note_well(request_.phase, account_);
  }

  Request request_;
  Process sshd_;
  uid_t account_;
  ConnectionRecord record_;
  Watch watch_;
  End end_ = End::open;
};

}  // namespace

void work_in_background(Request request, pid_t sshd, int seen) {
  let_go_of_output(is(request.phase, "tell"));
  const auto connection = process_of(process_of_connection(sshd));
  const bool is_tried_by_hand = request.phase == nullptr && !is_sshd(sshd);
  char ends[256] = {};
  const bool has_to_ask = request.connection == nullptr && request.phase == nullptr;
  if (has_to_ask && find_connection(connection.pid, ends, sizeof ends)) request.connection = ends;
  if (seen >= 0) close(seen);
  detach();
  openlog("sshaudit", LOG_PID, LOG_AUTHPRIV);
  const passwd* const account = getpwnam(request.user);
  if (account == nullptr) _exit(0);  // nobody's name is to be logged
  if (is_often_well(request) && !has_record(connection) && was_well_lately(request.phase, account->pw_uid)) _exit(0);
  if (!is_tried_by_hand && (connection.started != 0 || request.phase != nullptr)) {
    Work(request, connection, account->pw_uid).run();
  }
  _exit(0);
}

}  // namespace sshaudit::logger
