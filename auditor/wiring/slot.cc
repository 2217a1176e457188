// SPDX-License-Identifier: MIT
#include "wiring/slot.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>

#include "parse/config_keywords.h"
#include "parse/config_words.h"
#include "parse/keys_command.h"
#include "parse/pattern.h"
#include "wiring/drop_in.h"

namespace sshaudit {
namespace {

constexpr std::string_view command = "authorizedkeyscommand";
constexpr std::string_view command_user = "authorizedkeyscommanduser";

bool sets(const ConfigLine& line, std::string_view keyword) {
  return config_keywords()[line.keyword].name == keyword && !line.words.empty();
}

// The value without the blanks around it.
std::string value_of(const ConfigLine& line) {
  constexpr auto blanks = " \t=";
  auto text = line.rest;
  text.erase(0, std::min(text.find_first_not_of(blanks), text.size()));
  text.erase(text.find_last_not_of(" \t\r") + 1);
  return text;
}

bool is_none(const ConfigLine& line) { return lower_case(line.words.front()) == "none"; }

// Of the same section, or else of those that hold for everybody. What enable has written says who the logger runs as,
// and nobody else.
std::string user_in(const SshdConfig& config, const std::string& file, std::size_t section) {
  std::string global;
  for (const auto& line : config.lines) {
    if (!sets(line, command_user) || (line.place.file == drop_in_path && file != drop_in_path)) continue;
    if (line.section == section) return line.words.front();
    if (config.sections[line.section].at_start && global.empty()) global = line.words.front();
  }
  return global;
}

std::string as_written(const ConfigLine& line) { return fmt::format("{} {}", line.written, value_of(line)); }

// The line that gives a setting its value when sshd starts, when that is not in the file.
std::optional<Hindrance> earlier_line(const std::string& file, const SshdConfig& config, std::string_view keyword,
                                      std::string_view harmless) {
  const auto settings = evaluate(config, {}).settings;
  const auto& values = values_of(settings, keyword);
  if (values.empty() || values.front().place.file == file || values.front().text == harmless) return std::nullopt;
  const auto& place = values.front().place;
  const auto line = std::ranges::find_if(
      config.lines, [&](const ConfigLine& one) { return one.place == place && sets(one, keyword); });
  if (line == config.lines.end()) return std::nullopt;
  return Hindrance{Hindrance::Kind::came_late, place, as_written(*line)};
}

}  // namespace

std::vector<CommandLine> command_lines(const SshdConfig& config, std::string_view logger) {
  std::vector<CommandLine> lines;
  for (const auto& line : config.lines) {
    if (!sets(line, command)) continue;
    CommandLine one{
        .place = line.place, .text = value_of(line), .user = user_in(config, line.place.file, line.section)};
    if (line.section != 0) one.condition = config.sections[line.section].text;
    one.is_none = is_none(line);
    const auto words = split_command(one.text, facts_of(config.version));
    one.is_ours = words && !words->empty() && words->front() == logger;
    lines.push_back(std::move(one));
  }
  return lines;
}

SshdConfig with_file(const SshdConfig& config, const ConfigFile& main, const ConfigFile& added) {
  auto host = config.host;
  host.include = [&added, inner = config.host.include](const std::string& pattern) {
    auto files = inner ? inner(pattern) : Result<std::vector<ConfigFile>>{std::vector<ConfigFile>{}};
    if (!files || fnmatch(pattern.c_str(), added.path.c_str(), FNM_PATHNAME | FNM_PERIOD) != 0) return files;
    std::erase_if(*files, [&](const ConfigFile& file) { return file.path == added.path; });
    files->insert(std::ranges::lower_bound(*files, added.path, {}, &ConfigFile::path), added);
    return files;
  };
  auto changed = parse_sshd_config(main, config.overrides, host, config.version);
  changed.host = config.host;
  return changed;
}

ConfigPlace include_line(const ConfigFile& main, const std::string& file) {
  std::size_t number = 0;
  for (const auto& line : config_lines(main.bytes, true)) {
    ++number;
    OldWords words(line);
    if (lower_case(words.next().value_or("")) != "include") continue;
    while (const auto word = words.next()) {
      const auto pattern = word->starts_with('/') ? *word : "/etc/ssh/" + *word;
      if (fnmatch(pattern.c_str(), file.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0) return {main.path, number};
    }
  }
  return {main.path, 0};
}

std::optional<Hindrance> hindrance_to(const std::string& file, const SshdConfig& config) {
  using Kind = Hindrance::Kind;
  if (std::ranges::find(config.files, file) == config.files.end()) return Hindrance{Kind::not_read, {}, {}};
  const auto is_here = [&](const ConfigLine& line) { return line.place.file == file && sets(line, command); };
  const auto here = std::ranges::find_if(config.lines, is_here);
  if (here == config.lines.end()) return Hindrance{Kind::not_read, {}, {}};
  if (const auto& section = config.sections[here->section]; !section.at_start) {
    return Hindrance{Kind::in_match, section.place, fmt::format("Match {}", section.text)};
  }
  if (auto earlier = earlier_line(file, config, command, "")) return earlier;
  if (auto earlier = earlier_line(file, config, command_user, "root")) return earlier;
  for (const auto& line : config.lines) {
    const bool is_elsewhere = sets(line, command_user) && !config.sections[line.section].at_start;
    if (is_elsewhere && line.words.front() != "root") return Hindrance{Kind::other_user, line.place, as_written(line)};
  }
  return std::nullopt;
}

}  // namespace sshaudit
