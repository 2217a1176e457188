// SPDX-License-Identifier: MIT
// What stands behind the name of the module in a PAM service file.
#pragma once

#include <cstddef>

namespace sshaudit::pam {

struct ModuleArguments {
  bool acts = false;       // for this service: one that service= names, or sshd when none does
  int deadline_ms = 1000;  // deadline=SECONDS, 1 to 60: how long a login may wait for the reason
  bool debug = false;
  bool quiet = false;      // no word about this module's own troubles
  bool tell_user = false;  // the reason goes to the user too
};

// `unknown` is called with each argument that is none of these. `service` may be null.
ModuleArguments parse_arguments(const char* service, std::size_t count, const char* const* arguments,
                                void (*unknown)(void* data, const char* argument), void* data);

}  // namespace sshaudit::pam
