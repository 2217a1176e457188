// SPDX-License-Identifier: MIT
// The system's log: the journal where there is one, with fields of its own, and syslog(3) elsewhere.
#pragma once

#include <syslog.h>

#include <string>
#include <utility>
#include <vector>

namespace sshaudit {

using LogFields = std::vector<std::pair<std::string, std::string>>;

class SystemLog {
 public:
  // Lines come from `identifier`, which has to outlive the object, in a facility of syslog(3). What is needed for that
  // is opened here.
  explicit SystemLog(const char* identifier, int facility = LOG_AUTHPRIV);
  SystemLog(const SystemLog&) = delete;
  SystemLog& operator=(const SystemLog&) = delete;
  ~SystemLog();

  // `fields` are for the journal alone, the one that names the kind of message first. Where nobody listens it is lost,
  // without a word; where nobody takes it, this waits.
  void write(const std::string& line, const LogFields& fields, int priority = LOG_NOTICE);

 private:
  const char* identifier_;
  int facility_;
};

// One line from "sshaudit" in the facility auth, by a process of its own: whoever does not take it is waited for five
// seconds, and then it is lost.
void log_in_time(const std::string& line, int priority);

// Whether somebody takes what is written: the journal, or who listens at /dev/log. Nothing is sent.
bool log_is_heard();

}  // namespace sshaudit
