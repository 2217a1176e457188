// SPDX-License-Identifier: MIT
// What holds for the whole server, and what only shows when accounts are compared.
#pragma once

#include <span>

#include "rules/rule.h"
#include "sshaudit/server.h"

namespace sshaudit {

std::span<const Rule<Server>> server_rules();
std::span<const Rule<Server>> config_rules();
std::span<const Rule<UserDatabase>> host_rules();

}  // namespace sshaudit
