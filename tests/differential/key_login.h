// SPDX-License-Identifier: MIT
// One login with one key, over a loopback connection to an sshd that serves nothing else.
#pragma once

#include <string>
#include <vector>

#include "gather/fd.h"

namespace sshaudit::differential {

struct LoginRequest {
  std::string sshd;    // the program
  std::string config;  // its configuration
  std::string log;     // of sshd, at LogLevel DEBUG2
  std::string user;
  std::string key;         // file of the private key
  std::string algorithms;  // PubkeyAcceptedKeyTypes of the client
  std::string client;      // an address of this host

  std::vector<std::string> words = {"127.0.0.1", "true"};  // the end of the client's command: options, host, command
  std::string input;                                       // what the client reads, before it waits for an answer
  std::string output;                                      // file for all that it prints; empty: none
  bool may_not_start = false;  // otherwise the test is given up when sshd does not come as far as the user's name
};

struct Login {
  bool accepted = false;
  bool tried = false;  // the client offered the key; else it saw that its type is not accepted
  std::string log;
};

// Where the client connects to; one login at a time.
class LoginDoor {
 public:
  LoginDoor();
  Login log_in(const LoginRequest& request);

 private:
  Fd accept_client(const std::string& expected) const;

  Fd listener_;
  std::string port_;
};

}  // namespace sshaudit::differential
