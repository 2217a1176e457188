// SPDX-License-Identifier: MIT
// A socket in place of /dev/log, and the logger and the PAM module as they are built, in a system that is made up.
#pragma once

#include <string>
#include <vector>

#include "audited_system.h"

namespace sshaudit::e2e {

class LogCapture {
 public:
  explicit LogCapture(const AuditedSystem& system);
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;
  ~LogCapture();

  // Within the namespace of the system: what goes to syslog(3) comes here.
  void take_over() const;

  // What sshaudit has written so far, in order, without time and process: "sshaudit: key login ...".
  std::vector<std::string> lines() const;

 private:
  const AuditedSystem& system_;
  std::string path_;
  int socket_ = -1;
};

// Where install_logger() puts it, and how sshd_config(5) of the installed version names it with its tokens.
constexpr auto logger_path = "/opt/sshaudit/sshaudit-log-refusal";
std::string logger_command(const std::string& behind = "");
void install_logger(AuditedSystem& system);

std::string module_path();         // of the PAM module of the build
std::string module_logger_path();  // of the logger that it starts

}  // namespace sshaudit::e2e
