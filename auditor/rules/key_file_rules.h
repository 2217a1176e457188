// SPDX-License-Identifier: MIT
// What makes sshd pass over a key file, and what makes one dangerous that it accepts.
#pragma once

#include <span>
#include <vector>

#include "rules/rule.h"
#include "rules/strict_modes.h"
#include "sshaudit/evidence.h"

namespace sshaudit {

// A key file that is there, or that should be.
struct KeyFileSubject {
  const AccountEvidence& evidence;
  const KeyFile& file;
  std::vector<Fault> faults;  // of the StrictModes walk
};

// Whether all of it is known: a regular file that was read to its end, and that was what had been judged.
bool is_read_whole(const KeyFile& file);

// Whether there is nothing for sshd to refuse or accept: no such file, or one without keys in it.
bool holds_no_keys(const KeyFile& file, const AccountEvidence& evidence);

// Whether any key file of the account may hold keys, or AuthorizedKeysCommand was run and has printed some.
bool has_keys(const AccountEvidence& evidence);

// Owner and mode along the walk: one row for each place and kind of fault.
std::span<const Rule<KeyFileSubject>> walk_rules();

// Everything else that stops sshd from opening the file or that could not be seen.
std::span<const Rule<KeyFileSubject>> open_rules();

}  // namespace sshaudit
