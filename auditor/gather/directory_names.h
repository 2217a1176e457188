// SPDX-License-Identifier: MIT
// What a directory holds.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "gather/path_resolver.h"

namespace sshaudit {

// The first `most` names in it, in the order of their bytes; none when it may not be read.
std::vector<std::string> names_in(const PathNode& directory, std::size_t most);

}  // namespace sshaudit
