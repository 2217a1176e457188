// SPDX-License-Identifier: MIT
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <ctime>
#include <vector>

#include "differential/key_line_generator.h"
#include "differential/key_option_words.h"

namespace sshaudit::differential {
namespace {

std::string upper_or_lower(std::string text, Dice& dice) {
  const bool upper = dice.chance(50);
  for (auto& c : text) {
    if (!dice.chance(60)) continue;
    const auto byte = static_cast<unsigned char>(c);
    c = static_cast<char>(upper ? std::toupper(byte) : std::tolower(byte));
  }
  return text;
}

// A time that comes in the next hours, or went by in the last: never so near that a login could outlast it.
std::string soon(std::int64_t now, Dice& dice) {
  constexpr std::int64_t quarter = 900;
  const auto steps = 1 + static_cast<std::int64_t>(dice.below(64));
  const std::time_t time = now + (dice.chance(50) ? steps : -steps) * quarter;
  std::tm parts{};
  gmtime_r(&time, &parts);
  return fmt::format("{:%Y%m%d%H%M%S}", parts) + (dice.chance(50) ? "Z" : "");
}

// How a value is put behind its name.
std::string spelled(const std::string& name, const std::string& value, Dice& dice) {
  const std::array<std::string, 22> ways = {
      name + "=" + value,
      name + "='" + value + "'",
      name + "=\xE2\x80\x9C" + value + "\xE2\x80\x9D",
      name + "=\xE2\x80\x9E" + value + "\xE2\x80\x9C",
      name + "=\"" + value,
      name + "=" + value + "\"",
      name + "=\"" + value + "\"\"",
      name + "=\"\"" + value + "\"",
      name + "=\"" + value + "\\\"",
      name + "=\"" + value + "\\\\\"",
      name + "=\\\"" + value + "\\\"",
      name + "=\"" + value + "\"x",
      name + "=\"" + value + "\";no-pty",
      name + "=\"" + value + "\"=1",
      name + " =\"" + value + "\"",
      name + "= \"" + value + "\"",
      name + "\t=\t\"" + value + "\"",
      name + "==\"" + value + "\"",
      name + ":\"" + value + "\"",
      name + "\"" + value + "\"",
      "no-" + name + "=\"" + value + "\"",
      name + "s=\"" + value + "\"",
  };
  return ways.at(dice.below(ways.size()));
}

std::string misspelt(std::string name, Dice& dice) {
  const auto at = dice.below(name.size());
  switch (dice.below(4)) {
    case 0:
      return name.erase(at, 1);
    case 1:
      return name.insert(at, 1, name[at]);
    case 2:
      std::swap(name[at], name[dice.below(name.size())]);
      return name;
    default:
      name[at] = static_cast<char>('a' + dice.below(26));
      return name;
  }
}

std::string value_option(Dice& dice, std::int64_t now, bool is_quirk) {
  constexpr std::size_t never_good = 1;  // principals
  const auto forms = option_forms();
  const auto way = is_quirk ? dice.below(11) : 11;
  const auto& form = forms[dice.below(forms.size() - (way < 6 ? 0 : never_good))];
  const auto value = form.name == std::string("expiry-time") && dice.chance(30)
                         ? soon(now, dice)
                         : one_line_of(way < 6 ? form.bad : form.good, dice);
  if (way == 6) return spelled(form.name, value, dice);
  std::string name = way >= 7 && way < 10 ? upper_or_lower(form.name, dice)
                     : way == 10          ? misspelt(form.name, dice)
                                          : form.name;
  return name + "=\"" + value + "\"";
}

std::string option(Dice& dice, std::int64_t now, bool is_quirk) {
  if (dice.chance(is_quirk ? 70 : 55)) return value_option(dice, now, is_quirk);
  if (!is_quirk) return one_line_of(good_flags(), dice);
  if (dice.chance(20)) return upper_or_lower(one_line_of(good_flags(), dice), dice);
  if (dice.chance(20)) return misspelt(one_line_of(good_flags(), dice), dice);
  return one_line_of(bad_flags(), dice);
}

// As many as sshd takes, and one or two more or less.
std::string very_many(Dice& dice) {
  const bool variables = dice.chance(50);
  const std::size_t count = (variables ? 1024 : 4096) + dice.below(4);
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += fmt::format(fmt::runtime(variables ? "environment=\"N{}=\"," : "permitopen=\"h:{}\","), i + 1);
  }
  return text + "no-pty";
}

std::string comma(Dice& dice) {
  constexpr std::array commas = {", ", " ,", " , ", ",,", ",\t", " ", ";", "", ",,,", "\t", ".", ",\f", ",\r", ", \t"};
  return commas.at(dice.below(commas.size()));
}

}  // namespace

std::string one_line_of(const char* lines, Dice& dice) {
  std::vector<std::string> all(1);
  for (const char* at = lines; *at != '\0'; ++at) {
    if (*at == '\n') {
      all.emplace_back();
    } else {
      all.back() += *at;
    }
  }
  return all[dice.below(all.size())];
}

std::string generate_options(Dice& dice, std::int64_t now, std::size_t quirks) {
  if (quirks > 0 && dice.chance(1)) return very_many(dice);
  std::vector<bool> is_quirk(1 + dice.below(3), false);
  is_quirk.resize(std::max(is_quirk.size(), quirks), false);
  std::string odd_comma;
  for (std::size_t i = 0; i < quirks; ++i) {
    if (odd_comma.empty() && is_quirk.size() > 1 && dice.chance(15)) {
      odd_comma = comma(dice);
    } else {
      is_quirk[dice.below(is_quirk.size())] = true;
    }
  }
  std::vector<std::string> options;
  options.reserve(is_quirk.size() + 1);
  for (const bool odd : is_quirk) options.push_back(option(dice, now, odd));
  if (quirks > 0 && dice.chance(6)) options.push_back(options.front());
  const auto odd_place = odd_comma.empty() ? options.size() : 1 + dice.below(options.size() - 1);
  std::string text;
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (i > 0) text += i == odd_place ? odd_comma : ",";
    text += options[i];
  }
  return text;
}

}  // namespace sshaudit::differential
