// SPDX-License-Identifier: MIT
// One login with the installed ssh and the installed sshd, over a loopback connection that serves nothing else.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace sshaudit::e2e {

struct LoginAttempt {
  std::string user;
  std::vector<std::string> keys;            // files of private keys, in the order in which the client offers them
  std::vector<std::string> client_options;  // of ssh -o
  std::vector<std::string> sshd_options;    // of sshd -o
  std::string sshd = "/usr/sbin/sshd";      // under another name PAM knows another service
  bool on_pipe = false;                     // instead of a loopback connection: without an address
};

struct LoginEnd {
  std::string came;  // "accepted": the command ran; "closes": the key was accepted, the command did not run; "refused"
  std::string log;   // of sshd, at the LogLevel of its configuration
  std::string told;  // what the client wrote
};

// The client comes from here.
constexpr auto client_address = "127.0.0.1";

// What a client without BatchMode runs for a password, in the system where it is.
constexpr auto askpass = "/opt/askpass";

// Logs in after `prepare`, which is called in a new process and takes it where /etc/ssh/sshd_config is meant. Throws
// when no login could be tried.
LoginEnd log_in(const LoginAttempt& attempt, const std::function<void()>& prepare);

// The same in this process, which is where the configuration is meant: the seconds until the client has ended. What
// sshd and the client write goes to files in the directory.
double timed_login(const LoginAttempt& attempt, const std::string& directory);

}  // namespace sshaudit::e2e
