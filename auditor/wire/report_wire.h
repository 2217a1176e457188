// SPDX-License-Identifier: MIT
// A report, from the process that judged an account to the one that writes it down. The account itself is known there.
#pragma once

#include <string>
#include <string_view>

#include "sshaudit/report.h"

namespace sshaudit::wire {

void append_report(const AccountReport& report, std::string& out);

// False where the bytes are no report: then it holds anything but what was sent. Rules come out as rows of the
// catalogue. Memory is at most 8 times the size of the bytes.
bool read_report(std::string_view bytes, AccountReport& report);

}  // namespace sshaudit::wire
