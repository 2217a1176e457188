// SPDX-License-Identifier: MIT
// The StrictModes walk (OpenSSH misc.c: safe_path): the key file, then each directory from it up to the resolved home
// or to "/", has to belong to root or the user and not to be writable by group or others. Debian's and Ubuntu's sshd
// (user-group-modes.patch) lets a group write that nobody but the user is in.
#pragma once

#include <cstddef>
#include <vector>

#include "rules/rule.h"
#include "sshaudit/evidence.h"

namespace sshaudit {

enum class Place { key_file, ssh_directory, home, outside };

// One component that sshd objects to.
struct Fault {
  const PathComponent* component = nullptr;
  Place place = Place::key_file;
  bool owner = false;         // neither root nor the user
  bool group_writes = false;  // and that is not forgiven
  bool others_write = false;
  bool first = false;  // the one that sshd names; it looks no further
};

// Debian's scan of all accounts stops in the middle when it meets a stranger, and the next scan in the same
// connection goes on from there. 0 is the start of the database; kept from key file to key file of one login.
using ScanPosition = std::size_t;

// Where the walk goes, in sshd's order: from the file outward. Empty unless the file was found.
std::vector<const PathComponent*> strict_modes_path(const KeyFile& file, const AccountEvidence& evidence);

// All faults of a regular key file that was found, whether StrictModes is on or not, in sshd's order. None of them is
// `first`, and `position` stays, when the file could not be opened: sshd walks only after that.
std::vector<Fault> strict_modes_faults(const KeyFile& file, const AccountEvidence& evidence, const Context& context,
                                       ScanPosition& position);

// Whether someone beside root and the account may write, by owner and mode and without any group forgiven.
bool others_may_write(const PathComponent& component, const Account& account);

}  // namespace sshaudit
