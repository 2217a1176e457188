// SPDX-License-Identifier: MIT
// sshaudit-log-refusal, which sshd starts as AuthorizedKeysCommand for each key that it is about to refuse, and the PAM
// module for what sshd does not ask a command about. It stands in the way of the login: so it splits off what takes
// time and ends at once, without a word on standard output, with exit status 0. A command behind --then it becomes. It
// links the C library only, and asks for no memory on the way to that command.
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cstring>

#include "background.h"
#include "chained_command.h"
#include "finder.h"
#include "log_apart.h"
#include "request.h"

namespace sshaudit::logger {
namespace {

constexpr int most_ms = 100;  // that the login is held up, on a host that is too busy

// sshd goes on, and may be gone, as soon as this process ends: not before the other one has seen who it is.
void split_off(const Request& request, pid_t sshd) {
  int ends[2] = {-1, -1};
  if (request.phase == nullptr && pipe2(ends, O_CLOEXEC) != 0) ends[0] = ends[1] = -1;
  if (fork() == 0) {
    if (ends[0] >= 0) close(ends[0]);
    work_in_background(request, sshd, ends[1]);
  }
  if (ends[0] < 0) return;
  close(ends[1]);
  pollfd one = {ends[0], POLLIN, 0};
  poll(&one, 1, most_ms);
  close(ends[0]);
}

}  // namespace
}  // namespace sshaudit::logger

int main(int argc, char** argv) {
  using namespace sshaudit::logger;
  if (argc == 2 && std::strcmp(argv[1], "--probe") == 0) return become_probe();  // of "sshaudit status"
  Request request;
  const bool is_request = parse_request(argc, argv, request);
  const pid_t sshd = request.phase == nullptr ? getppid() : request.process;
  const bool is_root = geteuid() == 0;
  if (is_request && is_root) split_off(request, sshd);
  if (!is_request) {
    log_apart(
        "wrong arguments",
        "they are %u %U %h %t %f %k and, from OpenSSH 9.4 on, %C %D; then --then-user NAME --then COMMAND, if any");
  } else if (!is_root) {
    log_apart("has to be started as root", "AuthorizedKeysCommandUser root");
  }
  if (request.then == nullptr || request.then_user == nullptr) return 0;
  return become_command(request.then, request.then_user);
}
