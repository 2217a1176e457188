// SPDX-License-Identifier: MIT
// What lies beneath key files: file systems, flags, encryption and labels, which make the usual remedies fail.
#pragma once

#include <span>

#include "rules/key_file_rules.h"
#include "rules/rule.h"
#include "sshaudit/evidence.h"

namespace sshaudit {

// Beside what is wrong with a key file, and of key files that are well.
std::span<const Rule<KeyFileSubject>> environment_rules();

// Of accounts whose key files are out of sight, or empty.
std::span<const Rule<AccountEvidence>> account_environment_rules();

// SELinux labels of the home and what leads from there to the key files.
std::span<const Rule<AccountEvidence>> label_rules();

}  // namespace sshaudit
