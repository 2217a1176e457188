// SPDX-License-Identifier: MIT
#include "parse/config_mentions.h"

#include <algorithm>

#include "parse/config_arguments.h"
#include "parse/config_keywords.h"

namespace sshaudit {
namespace {

std::string joined(const std::vector<std::string>& values) {
  std::string text;
  for (const auto& value : values) text += (text.empty() ? "" : " ") + value;
  return text;
}

std::string_view canonical_name(const ConfigKeyword& row) { return row.alias_of.empty() ? row.name : row.alias_of; }

MentionFate fate_of(const ConfigLine& line, const SshdConfig& config, const ConfigSetting& setting,
                    const std::vector<bool>& reached) {
  const auto is_here = [&](const ConfigValue& value) { return value.place == line.place; };
  if (std::ranges::any_of(setting.values, is_here)) return MentionFate::counts;
  const bool holds = line.section < reached.size() && reached[line.section];
  if (!config.sections[line.section].at_start && !holds) return MentionFate::not_reached;
  if (setting.from_match && !holds) return MentionFate::replaced;
  const bool is_set = !setting.values.empty() && !setting.values.front().place.file.empty();
  return is_set ? MentionFate::came_late : MentionFate::without_effect;
}

Mention mention_of(const ConfigLine& line, const SshdConfig& config, const ConfigSetting& setting,
                   const std::vector<bool>& reached) {
  const auto argument = config_keywords()[line.keyword].argument;
  const auto& section = config.sections[line.section];
  Mention mention{.place = line.place, .keyword = line.written};
  mention.text = joined(take_arguments(argument, line, {config.version, config.host, true, false}).values);
  mention.fate = fate_of(line, config, setting, reached);
  mention.in_match = line.section != 0;
  mention.condition = section.text;
  if (mention.fate == MentionFate::not_reached) {
    mention.winner = section.place;
  } else if (mention.fate != MentionFate::counts && !setting.values.empty()) {
    mention.winner = setting.values.front().place;
  }
  return mention;
}

}  // namespace

std::optional<std::string> shown_keyword(std::string_view written, const SshdVersion& version) {
  const auto row = find_config_keyword(written, version);
  if (!row) return std::nullopt;
  const auto name = canonical_name(config_keywords()[*row]);
  const auto target = find_config_keyword(name, version);
  if (!target || !config_keywords()[*target].shown) return std::nullopt;
  return std::string(name);
}

std::vector<Mention> mentions_of(const SshdConfig& config, std::string_view keyword, const EffectiveConfig& settings,
                                 const std::vector<bool>& reached) {
  const auto setting = std::ranges::find(settings, keyword, &ConfigSetting::keyword);
  std::vector<Mention> mentions;
  if (setting == settings.end()) return mentions;
  for (const auto& line : config.lines) {
    if (canonical_name(config_keywords()[line.keyword]) == keyword) {
      mentions.push_back(mention_of(line, config, *setting, reached));
    }
  }
  return mentions;
}

std::vector<ShadowedLine> shadowed_lines(const SshdConfig& config, const EffectiveConfig& at_start) {
  std::vector<ShadowedLine> shadowed;
  for (const auto& setting : at_start) {
    if (!setting.one_line) continue;  // the lines add up
    const auto mentions = mentions_of(config, setting.keyword, at_start, {});
    const auto winner = std::ranges::find(mentions, MentionFate::counts, &Mention::fate);
    if (winner == mentions.end()) continue;
    for (const auto& mention : mentions) {
      if (mention.fate != MentionFate::came_late || mention.text == winner->text) continue;
      shadowed.push_back({mention.place, mention.keyword, mention.text, winner->place, winner->text});
    }
  }
  return shadowed;
}

}  // namespace sshaudit
