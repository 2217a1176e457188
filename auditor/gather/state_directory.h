// SPDX-License-Identifier: MIT
// The directory that what sshaudit remembers lies in. Root's alone.
#pragma once

#include <optional>

#include "gather/fd.h"
#include "sshaudit/result.h"

namespace sshaudit {

inline constexpr auto state_directory = "/var/lib/sshaudit";

// It, or the directory `name` in it, opened; both are made when they are not there. An error when somebody else than
// root could write there.
Result<Fd> open_state();
Result<Fd> open_state(const char* name);

// It, when it is there; nothing is made.
Result<std::optional<Fd>> find_state();

}  // namespace sshaudit
