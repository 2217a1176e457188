// SPDX-License-Identifier: MIT
// Rows of passwd(5), shadow(5) and group(5), read as the C library's "files" service reads them: what it drops is
// malformed here, what it forgives (missing trailing fields, blanks in front) is forgiven here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
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

// No password field leaves this function.
struct ShadowRow {
  std::string name;
  ShadowEntry entry;
};
Row<ShadowRow> parse_shadow_row(std::string_view line);

// What password fields of passwd and shadow come to.
PasswordField passwd_field(std::string_view field);
PasswordField shadow_field(std::string_view field);

// Whether a password can match the field of shadow(5), once no "!" is in front of it.
bool has_hash(std::string_view field);

// A number of shadow(5) as the C library gives it: -1 stands for none.
std::optional<std::int64_t> shadow_number(long number);

}  // namespace sshaudit
