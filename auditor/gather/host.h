// SPDX-License-Identifier: MIT
// The time and the name of the host, which are evidence like any other.
#pragma once

#include <string>

namespace sshaudit {

std::string utc_now();    // RFC 3339, seconds: "2026-01-31T02:17:03Z"
std::string host_name();  // as gethostname(2) has it

}  // namespace sshaudit
