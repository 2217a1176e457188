// SPDX-License-Identifier: MIT
#include "parse/config_values.h"

#include <algorithm>
#include <charconv>
#include <climits>
#include <cstdint>
#include <utility>

#include "parse/pattern.h"

namespace sshaudit {
namespace {

constexpr std::size_t longest_path = 4096;

long seconds_in(char unit) {
  switch (unit) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3600;
    case 'd':
      return 86400;
    case 'w':
      return 604800;
    default:
      return 0;
  }
}

std::string_view without_blanks_in_front(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(" \t\n\v\f\r"), text.size()));
}

// A number as strtol(3) reads it from the front of `text`, which is moved behind it.
std::optional<long long> take_number(std::string_view& text) {
  auto rest = without_blanks_in_front(text);
  if (rest.starts_with('+')) {
    rest.remove_prefix(1);
    if (rest.starts_with('-')) return std::nullopt;
  }
  long long value = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (error != std::errc{}) return std::nullopt;
  text = rest.substr(static_cast<std::size_t>(end - rest.data()));
  return value;
}

// Before 10.3.
std::optional<long> parse_whole_time(std::string_view text, unsigned version) {
  const bool keeps_unit = version >= 705 && version < 804;
  const bool is_cut_to_int = version >= 705 && version <= 804;
  long long total = 0;
  long factor = 1;
  while (!text.empty()) {
    const bool is_bare = text.front() >= '0' && text.front() <= '9';
    const auto value = take_number(text);
    if (!value || *value < 0 || (!is_bare && version >= 908)) return std::nullopt;
    if (!keeps_unit) factor = 1;
    if (!text.empty()) {
      const auto unit = static_cast<char>(text.front() | 0x20);
      if (unit != 's' || !keeps_unit) factor = seconds_in(unit);
      text.remove_prefix(1);
    }
    const long long most = is_cut_to_int ? LLONG_MAX / 2 : INT_MAX;
    if (factor == 0 || *value > most / factor || total > most - *value * factor) return std::nullopt;
    total += *value * factor;
  }
  const auto kept = is_cut_to_int ? static_cast<std::int32_t>(total & 0xffffffffLL) : static_cast<long>(total);
  return kept == -1 ? std::nullopt : std::optional<long>(kept);
}

// From 10.3 on. Fractions are of seconds only and do not count.
std::optional<long> parse_decimal_time(std::string_view text) {
  double total = 0;
  bool seconds_seen = false;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto digits = text.substr(0, end);
    double value = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + end, value, std::chars_format::fixed);
    if (parsed.ec != std::errc{} || parsed.ptr != digits.data() + end) return std::nullopt;
    const auto unit = end < text.size() ? static_cast<char>(text[end] | 0x20) : 's';
    const long factor = seconds_in(unit);
    const bool has_fraction = digits.find('.') != std::string_view::npos;
    if (factor == 0 || (has_fraction && (factor > 1 || digits.ends_with('.')))) return std::nullopt;
    if (unit == 's' && std::exchange(seconds_seen, true)) return std::nullopt;
    total += value * static_cast<double>(factor);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return total > INT_MAX ? std::nullopt : std::optional(static_cast<long>(total));
}

}  // namespace

std::optional<long> parse_time(std::string_view text, unsigned version) {
  if (text.empty()) return std::nullopt;
  return version >= 1003 ? parse_decimal_time(text) : parse_whole_time(text, version);
}

long leading_number(std::string_view text) { return static_cast<long>(take_number(text).value_or(0)); }

std::optional<long> parse_integer(std::string_view text) {
  const auto value = take_number(text);
  if (!value || !text.empty() || *value < 0 || *value > INT_MAX) return std::nullopt;
  return static_cast<long>(*value);
}

std::optional<int> parse_port(const std::string& text, const ConfigHost& host) {
  const auto number = parse_integer(text);
  if (number && *number <= 65535) return static_cast<int>(*number);
  return host.port_of ? host.port_of(text) : std::nullopt;
}

std::optional<std::string> expand_tilde(const std::string& name, const ConfigHost& host, unsigned version) {
  if (!name.starts_with('~')) return name;
  const bool old = version < 809;
  const bool names_user = !old || name.find('/') != std::string::npos;
  const auto slash = std::min(name.find('/'), name.size());
  const auto user = names_user ? name.substr(1, slash - 1) : std::string();
  const auto home = host.home_of ? host.home_of(user) : std::nullopt;
  if (!home) return std::nullopt;
  auto path = names_user ? name.substr(slash) : name.substr(1);
  const auto slashes = old ? std::min<std::size_t>(path.starts_with('/') ? 1 : 0, path.size())
                           : std::min(path.find_first_not_of('/'), path.size());
  auto expanded = *home + (home->ends_with('/') ? "" : "/") + path.substr(slashes);
  return expanded.size() < longest_path ? std::optional(std::move(expanded)) : std::nullopt;
}

std::optional<std::string> absolute_name(const std::string& name, const ConfigHost& host, unsigned version) {
  if (lower_case(name) == "none") return "none";
  auto expanded = expand_tilde(name, host, version);
  if (expanded && !expanded->starts_with('/')) expanded = "//" + *expanded;
  return expanded;
}

}  // namespace sshaudit
