// SPDX-License-Identifier: MIT
// Who answers for accounts and groups, as nsswitch.conf(5) has it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sshaudit {

// The words of a database's line, in their order: services, and actions in brackets. Nothing when there is no such
// line.
std::optional<std::vector<std::string>> switch_words(std::string_view database);

// The services of a database beyond this host's own: "sss", "ldap". None without nsswitch.conf. Whether they can list
// their entries, and how many these are, is not known.
std::vector<std::string> directory_services(std::string_view database);

// What becomes of a look-up that takes too long: `said` is written to the descriptor, and the process exits.
struct LookUpLimit {
  int seconds = 0;  // 0: look-ups take what they take, as in a process that somebody else watches
  std::string said;
  int descriptor = 2;
  int exit_status = 2;
};

// For all look-ups from here on. SIGALRM is taken for that; without a limit it ends the process again.
void limit_look_ups(const LookUpLimit& limit);

// A look-up (getpwnam(3), getgrouplist(3)) while this is in scope, one at a time.
class LimitedLookUp {
 public:
  LimitedLookUp();
  LimitedLookUp(const LimitedLookUp&) = delete;
  LimitedLookUp& operator=(const LimitedLookUp&) = delete;
  ~LimitedLookUp();
};

}  // namespace sshaudit
