// SPDX-License-Identifier: MIT
// A socket in place of /dev/log, and the logger and the PAM module as they are built, in a system that is made up.
#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "audited_system.h"

namespace sshaudit::e2e {

class LogCapture {
 public:
  // Who writes to one that does not listen waits for good before long.
  explicit LogCapture(const AuditedSystem& system, bool listens = true);
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;
  ~LogCapture();

  // Within the namespace of the system: what goes to syslog(3) comes here.
  void take_over() const;
  void take_over_journal() const;  // and what goes to the journal of systemd

  // What sshaudit has written, in order, without time and process: "sshaudit: key login ...". Ends the capture.
  std::vector<std::string> lines();
  std::vector<std::string> messages();  // all of them, byte by byte

 private:
  void receive();
  void stop();

  std::string path_;
  int socket_ = -1;
  std::atomic<bool> is_listening_ = false;
  std::atomic<bool> is_over_ = false;
  std::vector<std::string> received_;
  std::thread receiver_;  // a socket takes a handful of messages, and then whoever writes waits
};

// Where install_logger() puts it, and how sshd_config(5) of the installed version names it with its tokens.
constexpr auto logger_path = "/opt/sshaudit/sshaudit-log-refusal";
std::string logger_command(const std::string& behind = "");
void install_logger(AuditedSystem& system);

std::string module_path();         // of the PAM module of the build
std::string module_lines();        // of each kind that it has a part in, for a service file
std::string module_logger_path();  // of the logger that it starts

}  // namespace sshaudit::e2e
