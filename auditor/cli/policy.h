// SPDX-License-Identifier: MIT
// The command line over the configuration file.
#pragma once

#include "cli/arguments.h"
#include "sshaudit/result.h"

namespace sshaudit {

inline constexpr auto policy_path = "/etc/sshaudit/sshaudit.toml";

// What the command line does not say is as the file has it, for the verbs that judge; the others do not read it, so
// that they work however broken it is. It is the host's also with --root, but waivers speak of this host's accounts
// and do not go with it. An error when the file is not as it has to be.
Result<Parsed> parse_with_policy(int argc, const char* const* argv);

}  // namespace sshaudit
