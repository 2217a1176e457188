// SPDX-License-Identifier: MIT
#include "parse/config_values.h"

#include <algorithm>
#include <charconv>
#include <climits>

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

}  // namespace

std::optional<long> parse_time(std::string_view text, bool keeps_unit) {
  if (text.empty()) return std::nullopt;
  long long total = 0;
  long factor = 1;
  while (!text.empty()) {
    const auto value = take_number(text);
    if (!value || *value < 0) return std::nullopt;
    if (!keeps_unit) factor = 1;
    if (!text.empty()) {
      const auto unit = static_cast<char>(text.front() | 0x20);
      if (unit != 's' || !keeps_unit) factor = seconds_in(unit);
      text.remove_prefix(1);
    }
    if (factor == 0 || *value > INT_MAX / factor) return std::nullopt;
    total += *value * factor;
    if (total > INT_MAX) return std::nullopt;
  }
  return static_cast<long>(total);
}

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

std::optional<std::string> expand_tilde(const std::string& name, const ConfigHost& host) {
  if (!name.starts_with('~')) return name;
  const auto slash = std::min(name.find('/'), name.size());
  const auto home = host.home_of ? host.home_of(name.substr(1, slash - 1)) : std::nullopt;
  if (!home) return std::nullopt;
  const auto path = name.substr(std::min(name.find_first_not_of('/', slash), name.size()));
  auto expanded = *home + (home->ends_with('/') ? "" : "/") + path;
  return expanded.size() < longest_path ? std::optional(std::move(expanded)) : std::nullopt;
}

std::optional<std::string> absolute_name(const std::string& name, const ConfigHost& host) {
  if (lower_case(name) == "none") return "none";
  auto expanded = expand_tilde(name, host);
  if (expanded && !expanded->starts_with('/')) expanded = "//" + *expanded;
  return expanded;
}

}  // namespace sshaudit
