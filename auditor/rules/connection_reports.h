// SPDX-License-Identifier: MIT
// Reports of one account for connections that sshd treats differently.
#pragma once

#include <string>
#include <vector>

#include "sshaudit/report.h"

namespace sshaudit {

// The same account judged for several kinds of connections, in one report. It is accepted when one of them is.
struct ConnectionReport {
  std::string connections;  // in the words of Match
  AccountReport report;
};
AccountReport merge_reports(std::vector<ConnectionReport> reports);

}  // namespace sshaudit
