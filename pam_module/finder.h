// SPDX-License-Identifier: MIT
// The program that finds the reason, as the logger runs it.
#pragma once

#include <sys/types.h>

#include "connection_record.h"
#include "request.h"
#include "sshd_process.h"

namespace sshaudit::logger {

enum class Finding {
  none,     // it did not come to look
  told,     // the log, or standard output
  nothing,  // it has looked, and there is nothing to tell
};

// Ended, with whatever it has started, when it takes longer than the request allows: the log is told that, where the
// user is sure to be one. Its standard output is that of this process. `account` is the user's id.
Finding find_reason(const Request& request, const Process& sshd, const ConnectionRecord& record, uid_t account);

// Becomes the program, for a look at whether it could find a reason and tell it: one line on standard output, nothing
// in the log. Returns an exit status where it cannot be started.
int become_probe();

}  // namespace sshaudit::logger
