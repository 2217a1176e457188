// SPDX-License-Identifier: MIT
// The time and the name of the host, which are evidence like any other.
#pragma once

#include <cstdint>
#include <string>

#include "parse/key_grammar.h"
#include "sshaudit/host_state.h"

namespace sshaudit {

std::string utc_now();       // RFC 3339, seconds: "2026-01-31T02:17:03Z"
std::string host_name();     // as gethostname(2) has it
std::int64_t seconds_now();  // since 1970

// What holds for every login on the system whose "/" is `root`.
HostState gather_host_state(const std::string& root);

// What key lines refer to on the audited system, whose "/" is `root`: its services and its time zone, not that of the
// caller's environment.
void add_host_to(KeyGrammar& grammar, const std::string& root);

}  // namespace sshaudit
