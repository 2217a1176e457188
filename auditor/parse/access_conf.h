// SPDX-License-Identifier: MIT
// access.conf(5), as pam_access takes its lines apart. Source: Linux-PAM 1.5, modules/pam_access/pam_access.c.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sshaudit/pam.h"

namespace sshaudit {

struct AccessConf {
  std::vector<AccessRule> rules;
  std::vector<std::size_t> wrong_lines;  // that pam_access passes over, with a message in the log
  std::size_t cut_line = 0;              // one without a newline behind it, which it passes over; 0 for none
};

// `separators` is what fieldsep= says, or ":".
AccessConf parse_access_conf(std::string_view text, std::string_view separators);

// Cuts the next word off `rest`, as strtok_r(3) does; empty when there is none.
std::string_view take_word(std::string_view& rest, std::string_view separators);

}  // namespace sshaudit
