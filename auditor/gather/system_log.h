// SPDX-License-Identifier: MIT
// The system's log: the journal where there is one, with fields of its own, and syslog(3) elsewhere.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace sshaudit {

using LogFields = std::vector<std::pair<std::string, std::string>>;

class SystemLog {
 public:
  // Lines come from `identifier`, in the facility authpriv. It has to outlive the object. What is needed for that is
  // opened here.
  explicit SystemLog(const char* identifier);
  SystemLog(const SystemLog&) = delete;
  SystemLog& operator=(const SystemLog&) = delete;
  ~SystemLog();

  // At priority notice. `fields` are for the journal alone, the one that names the kind of message first. Where nobody
  // listens it is lost, without a word.
  void write(const std::string& line, const LogFields& fields);

 private:
  const char* identifier_;
};

}  // namespace sshaudit
