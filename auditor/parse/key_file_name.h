// SPDX-License-Identifier: MIT
// The names of an account's key files, as sshd makes them from AuthorizedKeysFile (auth.c: expand_authorized_keys).
#pragma once

#include <string>
#include <string_view>

#include "parse/sshd_version.h"
#include "sshaudit/account.h"
#include "sshaudit/result.h"

namespace sshaudit {

// One entry of AuthorizedKeysFile with %%, %h, %u and (7.8) %U replaced, and the home before it unless it is absolute.
// An error, which ends the connection in sshd, for any other token and for a name of PATH_MAX bytes or more.
Result<std::string> expand_key_file_name(std::string_view entry, const Account& account, const SshdFacts& facts);

// The same tokens in another value, such as ChrootDirectory: nothing is put before it. A "~" in front is the home, and
// "~NAME" that of somebody else, which is an error here.
Result<std::string> expand_directory_name(std::string_view value, const Account& account, const SshdFacts& facts);

// Whether glob(7) would take the name for a pattern.
bool has_glob_characters(std::string_view name);

}  // namespace sshaudit
