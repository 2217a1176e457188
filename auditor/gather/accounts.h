// SPDX-License-Identifier: MIT
// The account database of the audited system.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sshaudit/account.h"
#include "sshaudit/result.h"

namespace sshaudit {

// Whose accounts are listed: this host's own, or all that the name service can list, which may be very many.
enum class Listing { own, all };

// Every account and group, and the rows of the host's own files that the name service drops. Where accounts come from
// nowhere but this host, both listings are the same.
Result<UserDatabase> gather_accounts(ShadowRows shadow = ShadowRows::read, Listing listing = Listing::all);

// The same from the files below `root` alone, without the name service. An error when DIR has no readable etc/passwd;
// missing group and shadow files are empty ones.
Result<UserDatabase> gather_accounts_below(const std::string& root);

// An account that the name service knows but may not enumerate (a directory service); nothing when it has none.
Result<std::optional<Account>> find_account(const std::string& name);
Result<std::optional<Account>> find_account(uid_t uid);

// The same of shadow(5). An error for who may not read it.
Result<std::optional<ShadowEntry>> find_shadow(const std::string& name);

// The same by a process of its own, which takes with it what else it has seen of the file.
Result<std::optional<ShadowEntry>> find_shadow_apart(const std::string& name);

// What chage(1) tells an account of its own entry in shadow(5): all but the password. Nothing when it says nothing.
std::optional<ShadowEntry> ask_chage(const std::string& name);

// The names of the groups of an account (getgrouplist(3)), the primary one first, as far as they have any. Asks the
// name service for each account.
std::vector<std::string> look_up_group_names(const Account& account);

// The supplementary groups of an account that is not enumerated (getgrouplist(3)), without its primary one.
std::vector<gid_t> supplementary_groups_of(const Account& account);

}  // namespace sshaudit
