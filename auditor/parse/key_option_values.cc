// SPDX-License-Identifier: MIT
#include "parse/key_option_values.h"

#include <fmt/format.h>

#include <algorithm>

#include "parse/config_values.h"
#include "parse/pattern.h"

namespace sshaudit {
namespace {

constexpr std::int64_t seconds_a_day = 86400;
constexpr std::int64_t days_in_era = 146097;  // 400 years
constexpr std::size_t longest_host = 1025;    // NI_MAXHOST

// Days since 1970 in the Gregorian calendar, in eras that begin on the first of March, so that a leap day comes last.
std::int64_t days_since_epoch(int year, int month, int day) {
  const std::int64_t shifted = month <= 2 ? year - 1 : year;
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
  const auto year_of_era = shifted - era * 400;
  const auto day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const auto day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  constexpr std::int64_t epoch = 719468;
  return era * days_in_era + day_of_era - epoch;
}

std::int64_t utc_seconds(const WrittenTime& time) {
  const auto days = days_since_epoch(time.year, time.month, time.day);
  return ((days * 24 + time.hour) * 60 + time.minute) * 60 + time.second;
}

WrittenTime written_in_utc(std::int64_t seconds) {
  const auto days = seconds / seconds_a_day - (seconds % seconds_a_day < 0 ? 1 : 0);
  const auto rest = static_cast<int>(seconds - days * seconds_a_day);
  WrittenTime time{1970, 1, 1, rest / 3600, rest / 60 % 60, rest % 60};
  time.year = static_cast<int>(1970 + days * 400 / days_in_era) + 1;
  while (days_since_epoch(time.year, 1, 1) > days) --time.year;
  while (time.month < 12 && days_since_epoch(time.year, time.month + 1, 1) <= days) ++time.month;
  time.day = static_cast<int>(days - days_since_epoch(time.year, time.month, 1)) + 1;
  return time;
}

// Reads numbers as strptime(3) does: white space in front, and only as many digits as the largest value leaves room
// for.
class TimeScanner {
 public:
  explicit TimeScanner(std::string_view text) : rest_(text) {}

  bool number(int least, int most, std::size_t digits, int& value) {
    while (!rest_.empty() && (rest_.front() == ' ' || (rest_.front() >= '\t' && rest_.front() <= '\r'))) take();
    if (!at_digit()) return false;
    value = take() - '0';
    while (--digits > 0 && value * 10 <= most && at_digit()) value = value * 10 + (take() - '0');
    return value >= least && value <= most;
  }
  bool mark(char expected) { return !rest_.empty() && take() == expected; }
  bool at_end() const { return rest_.empty(); }

 private:
  bool at_digit() const { return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }
  char take() {
    const char first = rest_.front();
    rest_.remove_prefix(1);
    return first;
  }

  std::string_view rest_;
};

// sshd puts marks between the parts before it reads them.
std::optional<WrittenTime> read_time(std::string_view text, bool to_the_end) {
  const auto part = [&](std::size_t at) { return text.size() > at ? text.substr(at, 2) : std::string_view(); };
  std::string marked = fmt::format("{}-{}-{}", text.substr(0, 4), part(4), part(6));
  if (text.size() > 8) marked += fmt::format("T{}:{}", part(8), part(10));
  if (text.size() > 12) marked += fmt::format(":{}", part(12));
  WrittenTime time;
  TimeScanner scanner(marked);
  bool good = scanner.number(0, 9999, 4, time.year) && scanner.mark('-') && scanner.number(1, 12, 2, time.month) &&
              scanner.mark('-') && scanner.number(1, 31, 2, time.day);
  if (text.size() > 8) {
    good = good && scanner.mark('T') && scanner.number(0, 23, 2, time.hour) && scanner.mark(':') &&
           scanner.number(0, 59, 2, time.minute);
  }
  if (text.size() > 12) good = good && scanner.mark(':') && scanner.number(0, 61, 2, time.second);
  if (!good || (to_the_end && !scanner.at_end())) return std::nullopt;
  return time;
}

}  // namespace

std::optional<std::int64_t> parse_expiry_time(std::string_view text, const KeyGrammar& grammar) {
  const auto lower = lower_case(text);
  bool is_utc = false;
  for (const std::string_view zone : {"z", "utc"}) {
    if (is_utc || !grammar.facts.utc_times || text.size() <= zone.size() || !lower.ends_with(zone)) continue;
    is_utc = true;
    text.remove_suffix(zone.size());
  }
  if (text.size() != 8 && text.size() != 12 && text.size() != 14) return std::nullopt;
  const auto time = read_time(text, grammar.facts.utc_times);
  if (!time) return std::nullopt;
  const bool as_utc = is_utc || !grammar.local_time;
  const auto seconds = as_utc ? std::optional(utc_seconds(*time)) : grammar.local_time(*time);
  if (!seconds || *seconds == 0 || (*seconds < 0 && !grammar.facts.old_times)) return std::nullopt;
  return *seconds < 0 ? never : *seconds;
}

std::string print_expiry_time(std::int64_t seconds) {
  if (seconds == never) return "19691231Z";
  const auto time = written_in_utc(seconds);
  return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}Z", time.year, time.month, time.day, time.hour, time.minute,
                     time.second);
}

std::string date_in_words(std::int64_t seconds) {
  const auto time = written_in_utc(seconds);
  const auto date = fmt::format("{:04}-{:02}-{:02}", time.year, time.month, time.day);
  const bool at_midnight = time.hour == 0 && time.minute == 0 && time.second == 0;
  return at_midnight ? date : fmt::format("{}T{:02}:{:02}Z", date, time.hour, time.minute);
}

bool is_permit(std::string_view value, const KeyGrammar& grammar) {
  std::size_t delimiter = value.find_first_of(":/");
  if (value.starts_with('[')) {
    const auto bracket = value.find(']');
    delimiter = bracket == std::string_view::npos ? bracket : bracket + 1;
  }
  if (delimiter == std::string_view::npos || delimiter >= value.size() || delimiter >= longest_host) return false;
  if (value[delimiter] != ':' && value[delimiter] != '/') return false;
  const std::string port(value.substr(delimiter + 1));
  if (port == "*") return true;
  const auto number = parse_integer(port);
  if (number && *number <= 65535) return *number > 0;
  return grammar.facts.service_names && grammar.is_service && grammar.is_service(port);
}

bool is_environment_name(std::string_view name, const KeyGrammar& grammar) {
  const auto is_good = [&](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (c >= '0' && c <= '9') || (c == '_' && grammar.facts.underscore_names);
  };
  return (!name.empty() || !grammar.facts.needs_names) && std::ranges::all_of(name, is_good);
}

}  // namespace sshaudit
