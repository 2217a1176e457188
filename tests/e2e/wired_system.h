// SPDX-License-Identifier: MIT
// A Debian with its own sshd that listens on the loopback interface, with pam-auth-update and what it needs, and with
// the logger and the module where packages put them. All of it lies in a mount namespace.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "audited_system.h"
#include "held_namespace.h"
#include "log_capture.h"
#include "tree_picture.h"

namespace sshaudit::e2e {

struct WiredSystemPlan {
  std::string settings = {};  // of sshd_config, behind the Include line
  std::string first_line = "Include /etc/ssh/sshd_config.d/*.conf\n";
  std::vector<std::string> sshd = {
      "/usr/sbin/sshd"};                          // argument 0 and what comes before the usual options; none: no sshd
  std::string program = "/usr/sbin/sshd";         // what is run by that name
  std::function<void(AuditedSystem&)> make = {};  // before sshd starts
  std::function<void()> mounts = {};              // within, before sshd starts
  bool has_module = true;
};

class WiredSystem {
 public:
  explicit WiredSystem(const WiredSystemPlan& plan = {});

  AuditedSystem& system() { return system_; }
  pid_t sshd() const { return sshd_; }
  std::string pid() const { return std::to_string(sshd_); }
  std::string logger() const;  // as sshd_config names it, with the tokens of the installed version
  std::string logger_program() const;

  AuditRun sshaudit(const std::string& verb) const;
  AuditRun run(const std::vector<std::string>& words) const;  // a program of the host, within
  std::string effective() const;                              // sshd -T
  TreePicture etc() const;                                    // /etc/ssh and /etc/pam.d
  std::string sshd_image() const;                             // differs when sshd has executed itself anew
  std::string log_in_as_alice() const;                        // what the client wrote
  LogCapture& log() { return log_; }
  HeldNamespace& space() { return *space_; }

 private:
  void enter_and_start(const WiredSystemPlan& plan);

  TemporaryDirectory directory_;
  AuditedSystem system_;
  LogCapture log_;
  int port_ = 0;
  std::unique_ptr<HeldNamespace> space_;
  pid_t sshd_ = 0;
};

}  // namespace sshaudit::e2e
