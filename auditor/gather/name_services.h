// SPDX-License-Identifier: MIT
// Who answers for accounts and groups, as nsswitch.conf(5) has it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sshaudit {

// The words of a database's line, in their order: services, and actions in brackets. Nothing when there is no such
// line.
std::optional<std::vector<std::string>> switch_words(std::string_view database);

// The services of a database beyond this host's own: "sss", "ldap". None without nsswitch.conf. Whether they can list
// their entries, and how many these are, is not known.
std::vector<std::string> directory_services(std::string_view database);

}  // namespace sshaudit
