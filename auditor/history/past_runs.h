// SPDX-License-Identifier: MIT
// What the history tells.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "history/sqlite.h"
#include "sshaudit/history.h"
#include "sshaudit/result.h"

namespace sshaudit {

// Every run that is remembered, oldest first, each with its events by account. `tell` returns an error to end it.
Result<void> read_past_runs(const Database& history, const std::function<Result<void>(const PastRun&)>& tell);

}  // namespace sshaudit
