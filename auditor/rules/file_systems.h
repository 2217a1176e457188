// SPDX-License-Identifier: MIT
// What a file lies on, as far as it decides whether a change of owner or mode can be made.
#pragma once

#include <string>
#include <string_view>

#include "sshaudit/path_walk.h"

namespace sshaudit {

// Modes on it come from the mount, not from the files: how much of that is certain.
enum class Modes { kept, perhaps_made_up, made_up };
Modes modes_of(std::string_view file_system_type);

// What gives the files other owners and modes then.
std::string_view advice_for(std::string_view file_system_type);

// "/home is mounted read-only": why chmod(1) and chown(1) fail on the component or do nothing, and what helps; empty
// when nothing is known to be in the way.
std::string obstacle_to_change(const PathComponent& component);

}  // namespace sshaudit
