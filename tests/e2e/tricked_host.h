// SPDX-License-Identifier: MIT
// All the tricks on one host, with honest accounts between them.
#pragma once

#include <string>
#include <vector>

#include "tricks.h"

namespace sshaudit::e2e {

// Every fifth account is honest, the first one and the last one too.
class TrickedHost {
 public:
  TrickedHost();

  // Takes this process into the host, and plays what can only be played there.
  void play_inside() const;

  const std::vector<Trick>& tricks() const { return tricks_; }
  const std::vector<std::string>& honest() const { return honest_; }
  const std::vector<std::string>& order() const { return order_; }  // without the system's own accounts
  const AuditedSystem& system() const { return system_; }

 private:
  Person add(const std::string& name);
  void add_honest();

  std::vector<Trick> tricks_;
  TemporaryDirectory directory_;
  AuditedSystem system_;
  std::vector<Person> tricksters_;
  std::vector<std::string> honest_;
  std::vector<std::string> order_;
};

}  // namespace sshaudit::e2e
