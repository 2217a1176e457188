// SPDX-License-Identifier: MIT
// This run against what the run before has left open.
#pragma once

#include <vector>

#include "sshaudit/changes.h"
#include "sshaudit/report.h"

namespace sshaudit {

Changes compare(const AccountReport& report, const Memory& memory);

// Of the findings that are no single account's.
Changes compare_host(const std::vector<Finding>& findings, const Memory& memory);

// Of an account that is no more.
Changes changes_of_gone(const Memory& memory);

}  // namespace sshaudit
