// SPDX-License-Identifier: MIT
#include "render/config.h"

#include <fmt/format.h>

#include <algorithm>

#include "render/visible_text.h"

namespace sshaudit {
namespace {

constexpr std::size_t place_column = 44;

std::string line_of(const std::string& text, const ConfigPlace& place) {
  const auto shown = visible(text);
  return fmt::format("{:<{}}  # {}\n", shown, place_column, render_place(place));
}

std::string joined(const ConfigSetting& setting) {
  std::string text = setting.keyword;
  for (const auto& value : setting.values) text += " " + value.text;
  return text;
}

}  // namespace

std::string render_place(const ConfigPlace& place) {
  if (place.file.empty()) return "default";
  const auto file = visible(place.file);
  return place.line == 0 ? file : fmt::format("{}:{}", file, place.line);
}

std::string render_config(const EffectiveConfig& config) {
  std::string text;
  for (const auto& setting : config) {
    if (setting.one_line) {
      if (!setting.values.empty()) text += line_of(joined(setting), setting.values.front().place);
      continue;
    }
    for (const auto& value : setting.values) text += line_of(setting.keyword + " " + value.text, value.place);
  }
  return text;
}

std::string render_why(const std::vector<ExplainedLine>& lines, const ConfigSetting& setting) {
  std::string text;
  for (const auto& line : lines) {
    text += fmt::format("{}: {}\n    {}\n", render_place(line.place), visible(line.text), visible(line.fate));
  }
  const bool is_default =
      std::ranges::all_of(setting.values, [](const auto& value) { return value.place.file.empty(); });
  text += fmt::format("in effect: {}{}\n", visible(joined(setting)), is_default ? " (default)" : "");
  return text;
}

}  // namespace sshaudit
