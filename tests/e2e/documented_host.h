// SPDX-License-Identifier: MIT
// The host that the documents speak of: web1, where alice's home can be written by the group staff.
#pragma once

#include <string>

#include "audited_system.h"

namespace sshaudit::e2e {

class DocumentedHost {
 public:
  DocumentedHost();

  // As it was made: alice's home and bob's keys, and nothing that sshaudit remembers.
  void renew();

  // What a shell of root's prints in /root, both streams together. `terminal`: on one, where "y" answers questions.
  AuditRun run(const std::string& command, bool terminal);

  AuditedSystem& system() { return system_; }

  // The name of the newest record of a change; empty: there is none.
  std::string newest_record() const;

 private:
  void put_key(const std::string& path, const std::string& name, const std::string& comment, Owner owner);

  TemporaryDirectory directory_;
  AuditedSystem system_{directory_.path()};
};

}  // namespace sshaudit::e2e
