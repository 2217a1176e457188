// SPDX-License-Identifier: MIT
#include "parse/account_row.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>

namespace sshaudit {
namespace {

constexpr std::string_view blanks = " \t\n\v\f\r";

std::string_view without_leading_blanks(std::string_view text) {
  const auto start = text.find_first_not_of(blanks);
  return start == std::string_view::npos ? std::string_view{} : text.substr(start);
}

// Cuts the first field off `rest`; past the end every field is empty.
std::string_view take_field(std::string_view& rest) {
  const auto colon = rest.find(':');
  const auto field = rest.substr(0, colon);
  rest = colon == std::string_view::npos ? std::string_view{} : rest.substr(colon + 1);
  return field;
}

// A number as strtoul(3) with a check for the end reads it: blanks and a sign in front are allowed, nothing behind.
std::optional<std::uint32_t> take_id(std::string_view& rest) {
  auto field = without_leading_blanks(take_field(rest));
  const bool negative = field.starts_with('-');
  if (negative || field.starts_with('+')) field.remove_prefix(1);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error != std::errc{} || end != field.data() + field.size()) return std::nullopt;
  if (negative) value = 0 - value;
  if (value > UINT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(value);
}

struct Start {
  std::string_view rest;
  std::optional<std::variant<NoRow, RowError>> end;
};

// What all three files share: leading blanks, comments, embedded NUL bytes, compat rows.
Start start_of(std::string_view line) {
  const auto nul = line.find('\0');
  Start start{without_leading_blanks(line.substr(0, nul)), std::nullopt};
  constexpr std::string_view comment_or_compat = "#+-";
  if (start.rest.empty() || comment_or_compat.find(start.rest.front()) != std::string_view::npos) {
    start.end = NoRow{};
  } else if (start.rest.find(':') == std::string_view::npos) {
    start.end = RowError{"there is no ':' in it"};
  }
  return start;
}

template <class T>
Row<T> ended(const Start& start) {
  return std::visit([](const auto& end) -> Row<T> { return end; }, *start.end);
}

}  // namespace

Row<Account> parse_passwd_row(std::string_view line) {
  auto start = start_of(line);
  if (start.end) return ended<Account>(start);
  auto& rest = start.rest;
  Account account;
  account.name = take_field(rest);
  account.password = passwd_field(take_field(rest));
  const auto uid = take_id(rest);
  if (!uid) return RowError{"the uid is not a number"};
  const auto gid = take_id(rest);
  if (!gid) return RowError{"the gid is not a number"};
  account.uid = *uid;
  account.gid = *gid;
  take_field(rest);  // gecos
  account.home = take_field(rest);
  account.shell = rest;
  return account;
}

Row<Group> parse_group_row(std::string_view line) {
  auto start = start_of(line);
  if (start.end) return ended<Group>(start);
  auto& rest = start.rest;
  Group group;
  group.name = take_field(rest);
  take_field(rest);  // password
  const auto gid = take_id(rest);
  if (!gid) return RowError{"the gid is not a number"};
  group.gid = *gid;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    const auto member = without_leading_blanks(rest.substr(0, comma));
    if (!member.empty()) group.members.emplace_back(member);
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
  }
  return group;
}

Row<ShadowRow> parse_shadow_row(std::string_view line) {
  auto start = start_of(line);
  if (start.end) return ended<ShadowRow>(start);
  auto& rest = start.rest;
  ShadowRow row;
  row.name = take_field(rest);
  const auto password = take_field(rest);
  row.entry.password = shadow_field(password);
  row.entry.has_hash = has_hash(password);
  auto& entry = row.entry;
  std::optional<std::int64_t> flag;
  for (auto* field : {&entry.last_change, &entry.min, &entry.max, &entry.warn, &entry.inactive, &entry.expire, &flag}) {
    auto before = rest;
    if (take_field(before).empty()) {
      take_field(rest);
      continue;
    }
    const auto days = take_id(rest);
    if (!days) return RowError{"a field that must be a number is not"};
    *field = shadow_number(static_cast<std::int32_t>(*days));
  }
  return row;
}

PasswordField passwd_field(std::string_view field) {
  if (field == "x" || field.starts_with("##")) return PasswordField::shadowed;
  return shadow_field(field);
}

PasswordField shadow_field(std::string_view field) {
  if (field.empty()) return PasswordField::empty;
  return field.starts_with('!') ? PasswordField::locked : PasswordField::other;
}

// crypt(5): every method makes more than 12 characters.
bool has_hash(std::string_view field) {
  constexpr std::size_t shortest = 13;
  field.remove_prefix(std::min(field.find_first_not_of('!'), field.size()));
  return field.size() >= shortest && field.front() != '*';
}

std::optional<std::int64_t> shadow_number(long number) {
  return number == -1 ? std::nullopt : std::optional<std::int64_t>(number);
}

}  // namespace sshaudit
