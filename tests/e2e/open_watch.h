// SPDX-License-Identifier: MIT
// A process and all that it starts under a tracer, which looks at each file that they open for reading: by what is open
// and by the identity that opened it, whatever name it had.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace sshaudit::e2e {

using FileId = std::pair<dev_t, ino_t>;

// An account may open what it could open by itself, with its own group alone, and what the run has written as root.
// Root may open neither what belongs to one of these accounts, nor anything of `not_as_root` but once by the name that
// stands there, whole or behind the descriptor of its directory; "" is no name at all.
struct OpenRules {
  std::map<uid_t, gid_t> accounts;
  std::set<uid_t> users;  // those of the accounts that are people
  std::map<FileId, std::string> not_as_root;
};

struct WatchedRun {
  int status = 0;                   // of waitpid(2)
  std::vector<std::string> faults;  // sorted, each once
  std::set<uid_t> readers;          // whose identity something was opened with
};

// `body` is called in a new process and does not return. Processes that it leaves behind stay.
WatchedRun watch_opens(const OpenRules& rules, const std::function<void()>& body);

}  // namespace sshaudit::e2e
