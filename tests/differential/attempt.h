// SPDX-License-Identifier: MIT
// What every comparison with a real sshd begins and ends with.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

#include "sshaudit/server.h"

namespace sshaudit::differential {

[[noreturn]] void give_up(const std::string& what);                      // ends the process with status 2
void must(bool done, const std::string& what);                           // gives up with errno
std::string setting_of(const char* name, const std::string& otherwise);  // in the environment

// The sshd of SSHAUDIT_SSHD and SSHAUDIT_SSHD_VERSION, or the installed one. Gives up without any.
struct TriedSshd {
  std::string program;
  SshdVersion version;
};
TriedSshd tried_sshd();

// Does the work in a child, whose exit status it is.
pid_t in_child(const std::function<int()>& work);

// Waits for it; 3 when it did not end by itself.
int status_of(pid_t child);

}  // namespace sshaudit::differential
