// SPDX-License-Identifier: MIT
// One login after the other: what sshd made of it, and what the auditor says.
#pragma once

#include <string>

#include "differential/key_login.h"
#include "differential/login_scenario.h"
#include "differential/login_stage.h"

namespace sshaudit::differential {

enum class LoginOutcome { accepted, refused, closes };
inline constexpr const char* outcome_words[] = {"accepted", "refused", "closes"};

// What sshd did.
struct LoginTrial {
  LoginOutcome outcome = LoginOutcome::refused;
  bool ran_keys_command = false;
  bool is_one_of_several = false;  // AuthenticationMethods wants more than a key: for the audit a key that works
  std::string log;
  std::string output;  // of the client
};

// What the auditor says: words of its reports, or why there are none.
struct LoginVerdict {
  std::string outcome;    // of explain
  std::string key_login;  // of the audit
  std::string explained;  // the report of explain
};

class LoginDesk {
 public:
  LoginDesk(const LoginWorld& world, std::size_t number);

  void show(const LoginScenario& scenario);
  LoginTrial log_in(const LoginScenario& scenario);
  LoginVerdict judge(const LoginScenario& scenario) const;

 private:
  LoginTrial log_in(const LoginScenario& scenario, const std::string& algorithms, bool for_sftp);

  const LoginWorld& world_;
  LoginStage stage_;
  LoginDoor door_;
  std::string config_;
  std::string log_;
  std::string output_;
};

// How they differ; empty when they do not.
std::string difference(const LoginScenario& scenario, const LoginTrial& trial, const LoginVerdict& verdict);

}  // namespace sshaudit::differential
