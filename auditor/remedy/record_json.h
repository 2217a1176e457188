// SPDX-License-Identifier: MIT
// A step of a record as a line of JSON.
#pragma once

#include <optional>
#include <string>

#include "remedy/record.h"

namespace sshaudit {

std::string step_line(const RecordedStep& step);

// Nothing when it is no such line.
std::optional<RecordedStep> parse_step(const std::string& line);

// Of the step before: it was not done.
std::string not_done_line();
bool is_not_done(const std::string& line);

std::string stand_in_line(const StandIn& stand_in);
std::optional<StandIn> parse_stand_in(const std::string& line);

std::string header_line(const std::string& verb, const std::string& started);

// Verb and time; nothing when it is no header of a record that this version reads.
std::optional<RecordSummary> parse_header(const std::string& line);

}  // namespace sshaudit
