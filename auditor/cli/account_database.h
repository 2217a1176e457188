// SPDX-License-Identifier: MIT
// The account database that a run needs. A directory service is asked by a process of its own: one that does not answer
// does not hold up the run.
#pragma once

#include <string>
#include <vector>

#include "cli/arguments.h"
#include "sshaudit/account.h"
#include "sshaudit/result.h"

namespace sshaudit {

// This host's own accounts with what `arguments` say is to be listed beside them, and the accounts that they name.
Result<UserDatabase> open_account_database(const Arguments& arguments);

// Adds who has been here, where `arguments` want that; `key_file_names` are those of AuthorizedKeysFile. True when
// there is somebody new.
bool add_seen_people(const Arguments& arguments, const std::vector<std::string>& key_file_names,
                     UserDatabase& database);

// The names of the groups of each account, as the name service has them. An error when it does not answer.
using GroupNames = std::vector<std::vector<std::string>>;
Result<GroupNames> group_names_of(const std::vector<const Account*>& accounts, int deadline);

// How long an answer of the name service is waited for, in seconds.
int name_service_patience(int deadline);

// Where --users names a file: the accounts that are named there, one a line, without empty lines and those that begin
// with "#". An error when there is none.
Result<void> read_user_list(Arguments& arguments);

}  // namespace sshaudit
