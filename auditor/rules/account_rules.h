// SPDX-License-Identifier: MIT
// What refuses an account whatever its key files say: settings, shell and home, as far as sshd cares.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "rules/rule.h"
#include "sshaudit/evidence.h"

namespace sshaudit {

// Whether its shell ends a session at once, whatever the client asked for.
bool is_session_ender(const Account& account);

// Whether it is root's or a person's, by its uid.
bool is_person(const Account& account);

// Whether somebody logs in to the account as a matter of course: it is root's or a person's, or its shell is one to
// work in, or sshd needs no shell for it.
bool is_expected(const AccountEvidence& evidence);

// Whether every session of the account starts its shell. internal-sftp runs inside sshd.
bool needs_shell(const AccountEvidence& evidence);

// In words: what the shell is; empty when it can be worked in.
std::string why_shell_ends_session(const AccountEvidence& evidence, const Context& context);

// Whether it makes a difference what becomes of its logins: it has keys, or somebody asks.
bool matters(const AccountEvidence& evidence);

std::span<const Rule<AccountEvidence>> account_rules();
std::span<const Rule<AccountEvidence>> shell_rules();
std::span<const Rule<AccountEvidence>> list_rules();
std::span<const Rule<AccountEvidence>> session_rules();

// What every rule over the account itself finds, in sshd's order.
std::vector<Finding> judge_account(const AccountEvidence& evidence, const Context& context);

}  // namespace sshaudit
