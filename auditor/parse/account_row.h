// SPDX-License-Identifier: MIT
// Rows of passwd(5), shadow(5) and group(5), read as the C library's "files" service reads them: what it drops is
// malformed here, what it forgives (missing trailing fields, blanks in front) is forgiven here.
#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "sshaudit/account.h"

namespace sshaudit {

// The row is dropped by the C library; the reason in words.
struct RowError {
  std::string_view reason;

  bool operator==(const RowError&) const = default;
};

// A row that holds no entry: empty or a comment.
struct NoRow {
  bool operator==(const NoRow&) const = default;
};

template <class T>
using Row = std::variant<T, NoRow, RowError>;

// `line` is without its newline. A row that switches to another service ("+", "-": nsswitch.conf's compat) is NoRow.
Row<Account> parse_passwd_row(std::string_view line);
Row<Group> parse_group_row(std::string_view line);

// Only whether the row is well formed: the value is the account name. No password field leaves this function.
Row<std::string_view> parse_shadow_row(std::string_view line);

}  // namespace sshaudit
