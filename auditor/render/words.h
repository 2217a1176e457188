// SPDX-License-Identifier: MIT
// The names of enumerators as they stand in reports. They never change once released.
#pragma once

#include <string_view>

#include "sshaudit/explanation.h"
#include "sshaudit/finding.h"
#include "sshaudit/report.h"
#include "sshaudit/server.h"

namespace sshaudit {

std::string_view word(Effect effect);
std::string_view word(Severity severity);
std::string_view word(Subject subject);
std::string_view word(KeyLogin verdict);
std::string_view word(KeyUse use);
std::string_view word(Vendor vendor);
std::string_view word(SelfCheck outcome);
std::string_view word(LoginStep step);
std::string_view word(StepResult result);
std::string_view word(Outcome outcome);

// Behind "key login is": "accepted, but the session ends at once".
std::string_view verdict_in_words(KeyLogin verdict);

}  // namespace sshaudit
