// SPDX-License-Identifier: MIT
// Findings as JSON, the same in every schema.
#pragma once

#include <vector>

#include "render/json_text.h"
#include "sshaudit/finding.h"

namespace sshaudit {

Json findings_json(const std::vector<Finding>& findings);  // an array

}  // namespace sshaudit
