// SPDX-License-Identifier: MIT
// The output of `sshd -T` (sshd(8), "extended test mode") as Settings.
#pragma once

#include <string_view>

#include "sshaudit/result.h"
#include "sshaudit/server.h"

namespace sshaudit {

// Keywords may have any case (MixedCase from 10.5); those that the audit does not need are passed over. An error
// when the text lacks strictmodes: then it is not that output.
Result<Settings> parse_sshd_settings(std::string_view text);

// What a whole-file look at sshd_config(5) text needs to know before sshd is asked.
struct ConfigMentions {
  std::vector<std::string> includes;  // arguments of Include lines, in order
  bool match = false;                 // a Match line other than "Match all"
  bool match_address = false;         // a Match line with a criterion beyond User, Group and All

  bool operator==(const ConfigMentions&) const = default;
};
ConfigMentions scan_sshd_config(std::string_view text);

}  // namespace sshaudit
