// SPDX-License-Identifier: MIT
// What mends owners, modes and ACLs: the commands to type, the change that `fix` makes, or what to do in words. Never
// anything recursive, and never anything on what others share.
#pragma once

#include <string>
#include <vector>

#include "rules/rule.h"
#include "rules/strict_modes.h"
#include "sshaudit/change.h"
#include "sshaudit/evidence.h"
#include "sshaudit/finding.h"

namespace sshaudit {

// Whether a command that changes `path` touches nothing that others share: it lies in the account's own home, which
// is no system directory and nobody else's.
bool is_private_to(const std::string& path, const AccountEvidence& evidence, const AccountIndex& accounts);

// Whether the file is one that sshd_config names for this account alone, where root alone could put another one:
// "/etc/ssh/keys/alice", not behind a link.
bool is_named_for_account(const std::string& path, const AccountEvidence& evidence);

// Whether a text of `owner` at `path` is a key file of this account alone, which may be written for it. One of root's
// is not when a link leads there that the account may have made: it may be any file of root's in its home.
bool is_its_key_file(const std::string& path, uid_t owner, const AccountEvidence& evidence,
                     const AccountIndex& accounts);

// Gives permission bits of the owner, such as S_IXUSR, to a component that is the account's own.
Remedy give_permission(const PathComponent& component, mode_t bits, const AccountEvidence& evidence,
                       const AccountIndex& accounts);

// The least change that takes the write permission away, or that gives the component to the account.
Remedy take_write_away(const Fault& fault, const AccountEvidence& evidence, const AccountIndex& accounts);
Remedy give_to_account(const PathComponent& component, const AccountEvidence& evidence, const AccountIndex& accounts);

}  // namespace sshaudit
