// SPDX-License-Identifier: MIT
#include "parse/sshd_settings.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace sshaudit {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

std::vector<std::string> words_of(std::string_view line, std::string_view separators) {
  std::vector<std::string> words;
  while (true) {
    const auto start = line.find_first_not_of(separators);
    if (start == std::string_view::npos) return words;
    line.remove_prefix(start);
    const auto end = std::min(line.find_first_of(separators), line.size());
    words.emplace_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

template <class Visit>
void for_each_line(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    visit(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
}

std::string unless_none(std::string_view value) { return lower(value) == "none" ? std::string() : std::string(value); }

void take_setting(std::string_view keyword, std::string_view value, Settings& settings) {
  if (keyword == "strictmodes") settings.strict_modes = value == "yes";
  if (keyword == "usepam") settings.use_pam = value == "yes";
  if (keyword == "pubkeyauthentication") settings.pubkey_authentication = value == "yes";
  if (keyword == "authorizedkeysfile") settings.authorized_keys_file = words_of(value, " ");
  if (keyword == "chrootdirectory") settings.chroot_directory = unless_none(value);
  if (keyword == "forcecommand") settings.force_command = unless_none(value);
}

void take_match(const std::vector<std::string>& words, ConfigMentions& mentions) {
  constexpr std::array<std::string_view, 2> of_user = {"user", "group"};
  if (words.size() >= 2 && lower(words[1]) == "all") return;
  mentions.match = true;
  for (std::size_t i = 1; i < words.size(); i += 2) {
    if (std::ranges::find(of_user, lower(words[i])) == of_user.end()) mentions.match_address = true;
  }
}

}  // namespace

Result<Settings> parse_sshd_settings(std::string_view text) {
  Settings settings;
  bool recognised = false;
  for_each_line(text, [&](std::string_view line) {
    const auto blank = line.find(' ');
    const auto keyword = lower(line.substr(0, blank));
    if (keyword == "strictmodes") recognised = true;
    take_setting(keyword, blank == std::string_view::npos ? std::string_view{} : line.substr(blank + 1), settings);
  });
  if (!recognised) return tl::unexpected(Error{"no StrictModes in the output of sshd -T", "", 0});
  return settings;
}

ConfigMentions scan_sshd_config(std::string_view text) {
  ConfigMentions mentions;
  for_each_line(text, [&](std::string_view line) {
    const auto words = words_of(line, " \t\r\f=\"'");
    if (words.empty()) return;
    const auto keyword = lower(words.front());
    if (keyword == "match") take_match(words, mentions);
    if (keyword == "include") mentions.includes.insert(mentions.includes.end(), words.begin() + 1, words.end());
  });
  return mentions;
}

}  // namespace sshaudit
