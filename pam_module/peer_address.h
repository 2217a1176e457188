// SPDX-License-Identifier: MIT
// Who is at the other end of sshd's connection, for versions that do not say so (%C is there from 9.4 on).
#pragma once

#include <sys/types.h>

#include <cstddef>

namespace sshaudit::logger {

// "LADDR LPORT RADDR RPORT" of the first connected TCP socket of the process, as %C has it; false when it has none, or
// when the kernel lets nobody know.
bool find_connection(pid_t sshd, char* text, std::size_t size);

}  // namespace sshaudit::logger
