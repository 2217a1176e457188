// SPDX-License-Identifier: MIT
// A finding as lines of text, for a terminal, a mail or a file.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

#include "render/renderer.h"
#include "sshaudit/finding.h"

namespace sshaudit {

// `text` behind `start` columns; lines after the first begin with `indent` blanks. Folded at blanks only, and not at
// all where there is hardly any room.
std::string fold(std::string_view text, std::size_t start, std::size_t indent, std::size_t columns);

std::string painted(std::string_view text, std::string_view color, bool on);  // color as SGR has it: "1", "31"

// Severity, rule and message, then what sshd logs and what to do. A command that mends several findings is given once,
// with the first: `commands` holds those that were given.
std::string finding_text(const Finding& finding, const std::string& message, const TextStyle& style,
                         std::set<std::string>& commands);

// Only the last part: what sshd logs and what to do, behind `indent` blanks.
std::string remedy_text(const Finding& finding, std::size_t indent, const TextStyle& style,
                        std::set<std::string>& commands);

}  // namespace sshaudit
