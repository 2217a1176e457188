// SPDX-License-Identifier: MIT
// A file that tells this program what to do.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "sshaudit/result.h"

namespace sshaudit {

// Nothing where there is none, or none that the caller may read. An error when it is no regular file, is larger than
// `limit` bytes, belongs to somebody else than root and the caller, or can be written by others.
Result<std::optional<std::string>> read_trusted_file(const std::string& path, std::size_t limit);

}  // namespace sshaudit
