// SPDX-License-Identifier: MIT
// Modes, owners and groups in words, and the commands that change them. Bytes pass through as they are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/rule.h"
#include "rules/strict_modes.h"
#include "sshaudit/evidence.h"
#include "sshaudit/finding.h"

namespace sshaudit {

// "alice, bob and 3 more": at most four names.
std::string listed(const std::vector<std::string>& names);

// What a user wrote, as much of it as a message can do with: a long text is cut.
std::string shown(std::string_view text);

std::string octal(mode_t mode);                                                      // "0775"
std::string mode_and_owner(const FileStatus& status, const AccountIndex& accounts);  // "0775 alice:staff"
std::string group_in_words(gid_t gid, const AccountIndex& accounts);                 // group "staff" (alice, bob)
std::string owner_in_words(uid_t uid, const AccountIndex& accounts);                 // uid 14 (no account)
std::string errno_in_words(int errnum);                                              // "Permission denied"
std::string kind_of(mode_t mode);                                                    // "a directory"

// ", reached through the link /home/alice/.ssh -> /srv/keys" for the last link that leads to `path`; else empty.
std::string by_link(const PathWalk& walk, std::string_view path);

// An entry as setfacl(1) takes it: "user:bob:rwx".
std::string acl_entry(const AclEntry& entry, const AccountIndex& accounts);

// Who can write the component by the bits that the fault names: "writable by group ... and by everyone".
std::string writers_in_words(const Fault& fault, const AccountIndex& accounts);

// Whether a command that changes `path` touches nothing that others share: it lies in the account's own home, which
// is no system directory and nobody else's.
bool is_private_to(const std::string& path, const AccountEvidence& evidence, const AccountIndex& accounts);

// The commands, as root may type them: with the account's own rights wherever the account could put a link in the way
// meanwhile, and none where that is not enough.
Remedy change_mode(const PathComponent& component, const AccountEvidence& evidence,
                   std::vector<std::vector<std::string>> commands);

// The least change that takes the write permission away, or that gives the component to the account.
Remedy take_write_away(const Fault& fault, const AccountEvidence& evidence, const AccountIndex& accounts);
Remedy give_to_account(const PathComponent& component, const AccountEvidence& evidence, const AccountIndex& accounts);

}  // namespace sshaudit
