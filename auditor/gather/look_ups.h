// SPDX-License-Identifier: MIT
// Questions to the name service (nsswitch.conf(5)), which may be a server that is down: such a question is asked by a
// process of its own, and given up when there is no answer in time; then none of that database is asked again.
#pragma once

#include <sys/types.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "sshaudit/account.h"
#include "sshaudit/result.h"

namespace sshaudit {

// How long an answer is waited for, in seconds. 0, as it is at first: for ever, and nothing is asked by another
// process; for a process that somebody else watches.
void limit_look_ups(int seconds);

// Why there is no answer, by what made_apart() returned.
Error no_answer_of_name_service(int seconds, int errnum);

// What those throw that cannot return an error.
struct NoAnswer : std::runtime_error {
  explicit NoAnswer(Error given) : std::runtime_error(given.what), error(std::move(given)) {}
  Error error;
};

// An account that the name service knows but may not enumerate (a directory service); nothing when it has none.
Result<std::optional<Account>> find_account(const std::string& name);
Result<std::optional<Account>> find_account(uid_t uid);

// The same of shadow(5). An error for who may not read it.
Result<std::optional<ShadowEntry>> find_shadow(const std::string& name);

// The same by a process of its own in any case, which takes with it what else it has seen of the file.
Result<std::optional<ShadowEntry>> find_shadow_apart(const std::string& name);

// The names of the groups of an account (getgrouplist(3)), the primary one first, as far as they have any. Asks the
// name service for each account. Throws NoAnswer.
std::vector<std::string> look_up_group_names(const Account& account);

// The supplementary groups of an account that is not enumerated (getgrouplist(3)), without its primary one. Throws
// NoAnswer.
std::vector<gid_t> supplementary_groups_of(const Account& account);

// The names of services(5) for tcp, aliases too. Nothing where there is no answer.
std::optional<std::vector<std::string>> list_services();

// The port of one of them; nothing when there is none, and 65535 where there is no answer.
std::optional<int> find_port(const std::string& service);

}  // namespace sshaudit
