// SPDX-License-Identifier: MIT
#include "parse/chage_list.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace sshaudit {
namespace {

using Days = std::optional<std::int64_t>;

constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// What stands behind the colon of the line that begins with `label`.
std::optional<std::string_view> value_of(std::string_view text, std::string_view label) {
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto colon = line.rfind(": ");
    if (line.starts_with(label) && colon != std::string_view::npos) return line.substr(colon + 2);
  }
  return std::nullopt;
}

Days number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Since 1970, in the calendar that we have: years begin in March, so that a leap day is the last of one.
std::int64_t days_since_1970(std::int64_t year, std::int64_t month, std::int64_t day) {
  constexpr std::int64_t days_of_400_years = 146097;
  constexpr std::int64_t days_to_1970 = 719468;
  if (month <= 2) --year;
  const auto of_400 = year % 400;
  const auto day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return year / 400 * days_of_400_years + of_400 * 365 + of_400 / 4 - of_400 / 100 + day_of_year - days_to_1970;
}

Days date(std::string_view text) {
  Days year;
  Days month;
  Days day;
  if (text.size() == 10 && text[4] == '-' && text[7] == '-') {
    year = number(text.substr(0, 4));
    month = number(text.substr(5, 2));
    day = number(text.substr(8));
  } else if (text.size() == 12 && text.substr(6, 2) == ", ") {
    const auto name = std::ranges::find(months, text.substr(0, 3));
    if (name != months.end()) month = name - months.begin() + 1;
    day = number(text.substr(text[4] == ' ' ? 5 : 4, text[4] == ' ' ? 1 : 2));
    year = number(text.substr(8));
  }
  if (!year || !month || !day || *year < 1970 || *month < 1 || *month > 12) return std::nullopt;
  return days_since_1970(*year, *month, *day);
}

// "never", or a date. False when it is neither.
bool take_date(std::optional<std::string_view> text, Days& days) {
  if (!text) return false;
  days = date(*text);
  return days || *text == "never";
}

bool take_number(std::optional<std::string_view> text, Days& days) {
  if (!text) return false;
  days = number(*text);
  const bool is_number = days.has_value();
  if (days == -1) days.reset();
  return is_number;
}

}  // namespace

std::optional<ShadowEntry> parse_chage_list(std::string_view text) {
  ShadowEntry entry;
  const auto changed = value_of(text, "Last password change");
  Days inactive_from;
  bool done = take_number(value_of(text, "Minimum number of days"), entry.min) &&
              take_number(value_of(text, "Maximum number of days"), entry.max) &&
              take_number(value_of(text, "Number of days of warning"), entry.warn) &&
              take_date(value_of(text, "Account expires"), entry.expire);
  if (changed == "password must be changed") {
    entry.last_change = 0;
    return done ? std::optional(entry) : std::nullopt;
  }
  done = done && take_date(changed, entry.last_change) && take_date(value_of(text, "Password inactive"), inactive_from);
  if (!done) return std::nullopt;
  if (inactive_from && entry.last_change && entry.max)
    entry.inactive = *inactive_from - *entry.last_change - *entry.max;
  return entry;
}

}  // namespace sshaudit
