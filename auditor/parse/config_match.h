// SPDX-License-Identifier: MIT
// Match lines of sshd_config(5). Source: OpenSSH servconf.c, match_cfg_line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parse/sshd_config.h"

namespace sshaudit {

struct ParsedMatch {
  std::vector<std::pair<std::string, std::string>> criteria;  // empty for "all"
  bool at_start = false;                                      // holds without any connection
  std::string fault;                                          // sshd does not start
  std::string connection_fault;                               // sshd ends every connection that gets here
};

// `rest` is the line behind the keyword, `words` the same in words of the newer reader.
ParsedMatch parse_match(std::string_view rest, const std::vector<std::string>& words, const SshdVersion& version,
                        const ConfigHost& host);

// Whether one criterion holds for a connection.
bool holds(const std::pair<std::string, std::string>& criterion, const Connection& connection,
           const SshdVersion& version, const ConfigHost& host);

}  // namespace sshaudit
