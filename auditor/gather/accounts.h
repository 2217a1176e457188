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

// What chage(1) tells an account of its own entry in shadow(5): all but the password. Nothing when it says nothing.
std::optional<ShadowEntry> ask_chage(const std::string& name);

}  // namespace sshaudit
