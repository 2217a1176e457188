// SPDX-License-Identifier: MIT
// What the logger is started with: by sshd as AuthorizedKeysCommand, or by the PAM module.
#pragma once

#include <sys/types.h>

namespace sshaudit::logger {

// Words are those of the command line, and as hostile as who chose them. Null where not given.
struct Request {
  const char* user = nullptr;

  // From sshd: USER UID HOME TYPE FINGERPRINT KEY [CONNECTION [RDOMAIN]], as %u %U %h %t %f %k %C %D. In place of a
  // token that this sshd does not know stands "-".
  const char* key_type = nullptr;
  const char* fingerprint = nullptr;
  const char* key = nullptr;         // base64
  const char* connection = nullptr;  // "LADDR LPORT RADDR RPORT"

  // From the PAM module: --pam=PHASE, one of auth, account, session and tell; --process=PID is sshd's.
  const char* phase = nullptr;
  pid_t process = 0;

  const char* sshd_config = nullptr;  // --sshd-config=FILE
  int deadline_ms = 1000;             // --deadline=SECONDS: for finding the reason
  const char* then_user = nullptr;    // --then-user NAME: who runs it; never left to be root by oversight
  char** then = nullptr;              // --then COMMAND ARGUMENT..., null-terminated

  char** words = nullptr;  // all words behind the program, for whoever reads the rest of them
};

// False when the words are no request; what stands behind --then is known all the same, and is to run if there is a
// --then-user.
bool parse_request(int argc, char** argv, Request& request);

}  // namespace sshaudit::logger
