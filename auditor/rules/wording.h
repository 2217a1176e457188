// SPDX-License-Identifier: MIT
// Modes, owners and groups in words. Bytes pass through as they are.
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

std::string permissions_in_letters(unsigned permissions);  // "r-x"

// An entry as setfacl(1) takes it: "user:bob:rwx".
std::string acl_entry(const AclEntry& entry, const AccountIndex& accounts);

// Who can write the component by the bits that the fault names: "writable by group ... and by everyone".
std::string writers_in_words(const Fault& fault, const AccountIndex& accounts);

}  // namespace sshaudit
