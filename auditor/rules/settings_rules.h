// SPDX-License-Identifier: MIT
// What settings do to keys: to those of one account, and to those of everybody.
#pragma once

#include <span>
#include <string>

#include "rules/rule.h"
#include "sshaudit/evidence.h"
#include "sshaudit/server.h"

namespace sshaudit {

// "/etc/ssh/sshd_config:12", "the command line of sshd", or "the compiled-in default".
std::string place_in_words(const ConfigPlace& place);

// The place of a setting of the account: " (/etc/ssh/sshd_config:12)".
std::string place_of(const AccountEvidence& evidence, std::string_view keyword);

// Whether the settings of the whole server leave no key usable. What it finds is said there, not with each account.
bool refuses_every_key(const Server& server);

std::span<const Rule<AccountEvidence>> settings_rules();
std::span<const Rule<AccountEvidence>> own_file_rules();
std::span<const Rule<Server>> named_file_rules();

}  // namespace sshaudit
