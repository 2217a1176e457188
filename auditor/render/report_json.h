// SPDX-License-Identifier: MIT
// The pieces of a report as JSON, schema sshaudit-report/1.
#pragma once

#include "render/json_text.h"
#include "sshaudit/report.h"

namespace sshaudit {

Json header_json(const ReportHeader& header);  // without findings
Json summary_json(const Summary& summary);
Json account_json(const AccountReport& report);

}  // namespace sshaudit
