// SPDX-License-Identifier: MIT
// What administrators believe sshd to mind, and what other auditors complain about, but sshd does not.
#pragma once

#include <vector>

#include "audited_system.h"

namespace sshaudit::e2e {

struct Belief {
  const char* name;
  void (*make)(AuditedSystem&, Person&);
  const char* key_login = "accepted";
};
std::vector<Belief> beliefs();

}  // namespace sshaudit::e2e
