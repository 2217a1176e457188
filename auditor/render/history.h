// SPDX-License-Identifier: MIT
// The history as text: a line a run, and a line for each of its events.
#pragma once

#include <string>
#include <vector>

#include "sshaudit/history.h"

namespace sshaudit {

// Of these accounts only, and then without the lines of the runs; of all when there are none. Notices when asked for.
std::string render_past_run(const PastRun& run, const std::vector<std::string>& users, bool notices);

}  // namespace sshaudit
