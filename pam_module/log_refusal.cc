// SPDX-License-Identifier: MIT
// sshaudit-log-refusal, which sshd starts as AuthorizedKeysCommand for each key that it is about to refuse, and the PAM
// module for what sshd does not ask a command about. It stands in the way of the login: so it splits off what takes
// time and ends at once, without a word on standard output, with exit status 0. A command behind --then it becomes. It
// links the C library only, and asks for no memory on the way to that command.
#include <unistd.h>

#include <cstring>

#include "background.h"
#include "chained_command.h"
#include "finder.h"
#include "log_apart.h"
#include "request.h"

int main(int argc, char** argv) {
  using namespace sshaudit::logger;
  if (argc == 2 && std::strcmp(argv[1], "--probe") == 0) return become_probe();  // of "sshaudit status"
  Request request;
  const bool is_request = parse_request(argc, argv, request);
  const pid_t sshd = request.phase == nullptr ? getppid() : request.process;
  const bool is_root = geteuid() == 0;
  if (is_request && is_root && fork() == 0) work_in_background(request, sshd);
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
