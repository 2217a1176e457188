// SPDX-License-Identifier: MIT
// sshd's settings as text: the form of `sshd -T`, with the place of each value behind it.
#pragma once

#include <string>
#include <vector>

#include "sshaudit/sshd_config.h"

namespace sshaudit {

// "/etc/ssh/sshd_config:12", "command line", "default".
std::string render_place(const ConfigPlace& place);

std::string render_config(const EffectiveConfig& config);

// A line that sets a keyword, and what became of it.
struct ExplainedLine {
  ConfigPlace place;
  std::string text;  // "PermitRootLogin no"
  std::string fate;  // in words
};
std::string render_why(const std::vector<ExplainedLine>& lines, const ConfigSetting& setting);

}  // namespace sshaudit
