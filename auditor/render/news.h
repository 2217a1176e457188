// SPDX-License-Identifier: MIT
// What a whole run comes to, in one line without its end.
#pragma once

#include <cstdint>
#include <string>

#include "sshaudit/report.h"

namespace sshaudit {

// "key login is refused for 2 accounts, unknown for 1 (of 214); 3 errors, 1 warning"
std::string news_of(const Summary& summary);

// For the system's log: "audited 214 accounts: 210 accepted, 2 refused, ...; 3 errors, 1 warning; 12 s"
std::string log_line_of(const Summary& summary, std::int64_t seconds);

}  // namespace sshaudit
