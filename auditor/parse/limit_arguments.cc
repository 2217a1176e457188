// SPDX-License-Identifier: MIT
// Arguments of keywords that limit connections: how many, how long, how much.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "parse/address_list.h"
#include "parse/config_arguments.h"
#include "parse/config_values.h"
#include "parse/pattern.h"

namespace sshaudit {
namespace {

using Line = ConfigLine;
using Context = ArgumentContext;
using Taken = TakenArguments;
using Take = Taken (*)(const Line&, const Context&);

// What sscanf(3) makes of "%d:%d:%d": as many numbers as are there.
std::vector<int> numbers_with_colons(std::string_view text) {
  std::vector<int> numbers;
  while (numbers.size() < 3) {
    text = text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
    if (text.starts_with('+')) text.remove_prefix(1);
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{}) break;
    numbers.push_back(value);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.starts_with(':')) break;
    text.remove_prefix(1);
  }
  return numbers;
}

Taken take_max_startups(const Line& line, const Context& context) {
  const auto numbers = numbers_with_colons(first_word(line));
  const bool one = numbers.size() == 1 && (numbers[0] > 0 || version_number(context.version) < 902);
  const bool three =
      numbers.size() == 3 && numbers[0] > 0 && numbers[0] <= numbers[2] && numbers[1] >= 1 && numbers[1] <= 100;
  return one_word(line, one || three);
}

Taken take_source_max_startups(const Line& line, const Context&) {
  return one_word(line, first_word(line) == "none" || parse_integer(first_word(line)));
}

Taken take_source_block_size(const Line& line, const Context&) {
  const auto numbers = numbers_with_colons(first_word(line));
  const auto fits = [&](std::size_t at, int most) {
    return numbers.size() <= at || (numbers[at] >= 0 && numbers[at] <= most);
  };
  return one_word(line, !numbers.empty() && fits(0, 32) && fits(1, 128));
}

bool is_penalty(const std::string& word, unsigned version) {
  constexpr std::array<std::string_view, 4> overflows = {"overflow:deny-all", "overflow:permissive",
                                                         "overflow6:deny-all", "overflow6:permissive"};
  constexpr std::array<std::string_view, 7> times = {
      "crash", "authfail", "noauth", "grace-exceeded", "refuseconnection", "max", "min"};
  if (std::ranges::find(overflows, word) != overflows.end()) return true;
  const auto colon = std::min(word.find(':'), word.size());
  const auto name = word.substr(0, colon);
  const auto value = std::string_view(word).substr(std::min(colon + 1, word.size()));
  if (name == "max-sources4" || name == "max-sources6") return parse_integer(value).has_value();
  const bool known = std::ranges::find(times, name) != times.end() || (name == "invaliduser" && version >= 1003);
  return known && colon < word.size() && parse_time(value, version).has_value();
}

Taken take_source_penalties(const Line& line, const Context& context) {
  for (const auto& word : line.words) {
    const auto lower = lower_case(word);
    const bool alone = (lower == "yes" || lower == "no");
    if (alone && &word != &line.words.back()) return fault_of("takes \"" + word + "\" only alone");
    if (!alone && !is_penalty(word, version_number(context.version))) return wrong(word);
  }
  if (line.words.empty()) return wrong("");
  return {{}, all_words, {}};
}

Taken take_address_patterns(const Line& line, const Context& context) {
  return one_word(line, is_address_list(first_word(line), version_number(context.version)));
}

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// "1G", "512.5m": what openbsd-compat's scan_scaled takes, and not less than 16.
bool is_rekey_amount(std::string_view text) {
  if (text == "default") return true;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc{}) return false;
  constexpr std::string_view units = "BbKkMmGgTtPpEe";
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (!unit.empty() && units.find(unit.front()) == std::string_view::npos) return false;
  if (unit.size() > 1 && is_alphanumeric(unit[1])) return false;  // and anything else is not looked at
  const auto step = unit.empty() ? 0 : units.find(unit.front()) / 2;
  for (std::size_t i = 0; i < step; ++i) value *= 1024;
  return (value > -1 && value < 1) || (value >= 16 && value < 9.2e18);
}

Taken take_rekey_limit(const Line& line, const Context& context) {
  if (!is_rekey_amount(first_word(line))) return wrong(first_word(line));
  if (line.words.size() < 2 || line.words[1] == "none") return {{}, 2, {}};
  return parse_time(line.words[1], version_number(context.version)) ? Taken{{}, 2, {}} : wrong(line.words[1]);
}

Taken take_channel_timeout(const Line& line, const Context& context) {
  for (const auto& word : line.words) {
    const auto equals = word.find('=');
    const bool none = lower_case(word) == "none";
    const bool is_last = &word == &line.words.back();
    const bool alone = line.words.size() == 1 || (is_last && version_number(context.version) < 907);
    if (none && !alone) return fault_of("takes \"none\" only alone");
    const bool good = equals != std::string::npos && equals > 0 &&
                      parse_time(word.substr(equals + 1), version_number(context.version)).has_value();
    if (!none && !good) return wrong(word);
  }
  if (line.words.empty() && version_number(context.version) >= 907) return wrong("");
  return {{}, all_words, {}};
}

Taken take_unused_timeout(const Line& line, const Context& context) {
  const auto word = first_word(line);
  return one_word(line, lower_case(word) == "none" || parse_time(word, version_number(context.version)));
}

struct Row {
  ConfigArgument argument;
  Take take;
};
using A = ConfigArgument;
constexpr std::array rows = {
    Row{A::max_startups, take_max_startups},           Row{A::source_max_startups, take_source_max_startups},
    Row{A::source_block_size, take_source_block_size}, Row{A::source_penalties, take_source_penalties},
    Row{A::address_patterns, take_address_patterns},   Row{A::rekey_limit, take_rekey_limit},
    Row{A::channel_timeout, take_channel_timeout},     Row{A::unused_timeout, take_unused_timeout},
};

}  // namespace

TakenArguments take_limit_arguments(ConfigArgument argument, const ConfigLine& line, const ArgumentContext& context) {
  const auto* const row = std::ranges::find(rows, argument, &Row::argument);
  return row == rows.end() ? TakenArguments{{}, all_words, {}} : row->take(line, context);
}

}  // namespace sshaudit
