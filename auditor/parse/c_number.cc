// SPDX-License-Identifier: MIT
#include "parse/c_number.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>

namespace sshaudit {
namespace {

bool is_hexadecimal(std::string_view digits) {
  return digits.size() > 2 && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X') &&
         std::string_view("0123456789abcdefABCDEF").find(digits[2]) != std::string_view::npos;
}

}  // namespace

std::optional<long long> c_number(std::string_view text) {
  if (text.empty()) return 0;
  text.remove_prefix(std::min(text.find_first_not_of(" \t\n\v\f\r"), text.size()));
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  int base = text.starts_with('0') ? 8 : 10;
  if (is_hexadecimal(text)) {
    base = 16;
    text.remove_prefix(2);
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  const auto most = static_cast<std::uint64_t>(std::numeric_limits<long long>::max());
  if (error != std::errc{} || end != text.data() + text.size() || value > most + (is_negative ? 1 : 0))
    return std::nullopt;
  return static_cast<long long>(is_negative ? 0 - value : value);
}

}  // namespace sshaudit
