// SPDX-License-Identifier: MIT
// The result of an audit, ready to be rendered.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "sshaudit/account.h"
#include "sshaudit/finding.h"
#include "sshaudit/server.h"

namespace sshaudit {

enum class KeyLogin { accepted, refused, closes, none, unknown };

struct AccountReport {
  Account account;
  KeyLogin key_login = KeyLogin::none;
  std::vector<Finding> findings;
};

struct ReportHeader {
  std::string tool_version;
  std::string host;
  std::string generated;  // UTC, RFC 3339
  Server server;
  std::vector<Finding> findings;  // of the server and of the host
};

struct Summary {
  std::size_t accounts = 0;
  std::array<std::size_t, 5> key_login{};  // by KeyLogin
  std::array<std::size_t, 3> findings{};   // by Severity
  bool complete = true;                    // nothing needed was out of sight
};

}  // namespace sshaudit
