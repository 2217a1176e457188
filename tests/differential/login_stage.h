// SPDX-License-Identifier: MIT
// Where whole logins are tried: a mount namespace with /etc, /home, /root, /run and /srv of its own, made anew for each
// scenario. The keys are made once, before, in a place that all the namespaces share.
#pragma once

#include <string>
#include <vector>

#include "differential/login_scenario.h"

namespace sshaudit::differential {

// Enters a mount namespace, copies the auditor there and makes the keys. Gives up where that is not possible.
LoginWorld make_login_world();
inline constexpr const char* staged_auditor = "/mnt/sshaudit";

class LoginStage {
 public:
  LoginStage();  // enters a namespace of its own
  void show(const LoginScenario& scenario);

 private:
  std::vector<StageNode> usual_;  // of /etc
};

}  // namespace sshaudit::differential
