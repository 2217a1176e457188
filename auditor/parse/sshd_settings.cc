// SPDX-License-Identifier: MIT
#include "parse/sshd_settings.h"

#include <algorithm>

#include "parse/authentication_methods.h"
#include "parse/config_values.h"
#include "parse/pattern.h"
#include "parse/sshd_config.h"

namespace sshaudit {
namespace {

std::string joined(const std::vector<ConfigValue>& values, std::string_view separator) {
  std::string text;
  for (const auto& value : values) {
    if (&value != &values.front()) text += separator;
    text += value.text;
  }
  return text;
}

std::vector<std::string> texts_of(const std::vector<ConfigValue>& values) {
  std::vector<std::string> texts;
  texts.reserve(values.size());
  for (const auto& value : values) texts.push_back(value.text);
  return texts;
}

std::string first_text(const EffectiveConfig& config, std::string_view keyword) {
  const auto& values = values_of(config, keyword);
  return values.empty() ? std::string() : values.front().text;
}

std::string unless_none(const std::string& value) { return lower_case(value) == "none" ? std::string() : value; }

// The name changed in 8.5.
std::string accepted_algorithms(const EffectiveConfig& config) {
  const auto now = first_text(config, "pubkeyacceptedalgorithms");
  return now.empty() ? first_text(config, "pubkeyacceptedkeytypes") : now;
}

unsigned number_of(const std::string& text) {
  const auto number = parse_integer(text);
  return number ? static_cast<unsigned>(*number) : 0;
}

bool is_yes(const EffectiveConfig& config, std::string_view keyword) { return first_text(config, keyword) == "yes"; }

// "none" in a Match block is the name of a file, up to 10.2.
std::vector<std::string> revoked_keys_of(const EffectiveConfig& config) {
  const auto setting = std::ranges::find(config, "revokedkeys", &ConfigSetting::keyword);
  if (setting == config.end()) return {};
  auto files = texts_of(setting->values);
  const bool means_none = files.size() == 1 && lower_case(files[0]) == "none" && !setting->from_match;
  if (means_none) files.clear();
  return files;
}

// "none" in a Match block is the name of a file.
std::string principals_file_of(const EffectiveConfig& config) {
  const auto setting = std::ranges::find(config, "authorizedprincipalsfile", &ConfigSetting::keyword);
  if (setting == config.end() || setting->values.empty()) return {};
  const auto& text = setting->values.front().text;
  return setting->from_match ? text : unless_none(text);
}

// "none" that is written out is a command for sshd, which it cannot run: no principal is listed then.
std::string principals_command_of(const EffectiveConfig& config) {
  const auto& values = values_of(config, "authorizedprincipalscommand");
  if (values.empty()) return {};
  return values.front().place.file.empty() ? unless_none(values.front().text) : values.front().text;
}

// PAMServiceName came with 9.8.
std::string pam_service_of(const EffectiveConfig& config) {
  auto name = first_text(config, "pamservicename");
  return name.empty() ? "sshd" : name;
}

// The lines that sshd prints for a keyword, without it.
std::vector<std::string> lines_for(std::string_view output, std::string_view keyword) {
  std::vector<std::string> lines;
  while (!output.empty()) {
    const auto end = output.find('\n');
    const auto line = output.substr(0, end);
    output = end == std::string_view::npos ? std::string_view{} : output.substr(end + 1);
    const auto blank = std::min(line.find(' '), line.size());
    if (lower_case(line.substr(0, blank)) == keyword) lines.emplace_back(line.substr(std::min(blank + 1, line.size())));
  }
  return lines;
}

bool has_several_words(std::string_view keyword) {
  return keyword == "authorizedkeysfile" || keyword == "authenticationmethods" || keyword == "revokedkeys";
}

std::vector<ConfigValue> told_values(const std::vector<std::string>& lines, std::string_view keyword) {
  const ConfigPlace place{"sshd -T", 0};
  std::vector<ConfigValue> values;
  for (const auto& line : lines) {
    std::string_view rest = line;
    while (has_several_words(keyword) && rest.find(' ') != std::string_view::npos) {
      values.push_back({std::string(rest.substr(0, rest.find(' '))), place});
      rest.remove_prefix(rest.find(' ') + 1);
    }
    values.push_back({std::string(rest), place});
  }
  return values;
}

}  // namespace

Settings settings_of(const EffectiveConfig& config) {
  Settings settings;
  settings.strict_modes = is_yes(config, "strictmodes");
  settings.use_pam = is_yes(config, "usepam");
  settings.pubkey_authentication = is_yes(config, "pubkeyauthentication");
  settings.permit_root_login = first_text(config, "permitrootlogin");
  if (settings.permit_root_login == "without-password") settings.permit_root_login = "prohibit-password";
  settings.authorized_keys_file = texts_of(values_of(config, "authorizedkeysfile"));
  settings.authorized_keys_command = unless_none(first_text(config, "authorizedkeyscommand"));
  settings.authorized_keys_command_user = unless_none(first_text(config, "authorizedkeyscommanduser"));
  settings.authentication_methods = texts_of(values_of(config, "authenticationmethods"));
  if (settings.authentication_methods == std::vector<std::string>{"any"}) settings.authentication_methods.clear();
  const auto is_impossible = [&](const std::string& list) {
    return !is_possible(list, [&](std::string_view keyword) { return is_yes(config, keyword); });
  };
  settings.no_method_left =
      !settings.authentication_methods.empty() && std::ranges::all_of(settings.authentication_methods, is_impossible);
  if (!settings.no_method_left) std::erase_if(settings.authentication_methods, is_impossible);
  settings.revoked_keys = revoked_keys_of(config);
  settings.pubkey_accepted_algorithms = accepted_algorithms(config);
  settings.ca_signature_algorithms = first_text(config, "casignaturealgorithms");
  settings.required_rsa_size = number_of(first_text(config, "requiredrsasize"));
  settings.use_dns = is_yes(config, "usedns");
  settings.trusted_user_ca_keys = unless_none(first_text(config, "trustedusercakeys"));
  settings.allow_users = texts_of(values_of(config, "allowusers"));
  settings.deny_users = texts_of(values_of(config, "denyusers"));
  settings.allow_groups = texts_of(values_of(config, "allowgroups"));
  settings.deny_groups = texts_of(values_of(config, "denygroups"));
  settings.authorized_principals_file = principals_file_of(config);
  settings.authorized_principals_command = principals_command_of(config);
  settings.authorized_principals_command_user = unless_none(first_text(config, "authorizedprincipalscommanduser"));
  settings.pam_service_name = pam_service_of(config);
  settings.chroot_directory = unless_none(first_text(config, "chrootdirectory"));
  settings.force_command = unless_none(first_text(config, "forcecommand"));
  settings.refuse_connection = is_yes(config, "refuseconnection");
  return settings;
}

ConfigPlaces places_of(const EffectiveConfig& config) {
  ConfigPlaces places;
  for (const auto& setting : config) {
    if (!setting.values.empty()) places[setting.keyword] = setting.values.front().place;
  }
  return places;
}

Result<CheckedConfig> check_against_sshd(const EffectiveConfig& read, std::string_view output) {
  if (lines_for(output, "strictmodes").empty()) {
    return tl::unexpected(Error{"no StrictModes in the output of sshd -T", "", 0});
  }
  CheckedConfig checked;
  for (const auto& setting : read) {
    const auto told = lines_for(output, setting.keyword);
    std::vector<std::string> mine;
    if (setting.one_line && !setting.values.empty()) mine.push_back(joined(setting.values, " "));
    if (!setting.one_line) mine = texts_of(setting.values);
    checked.settings.push_back(setting);
    if (mine == told) continue;
    checked.settings.back().values = told_values(told, setting.keyword);
    checked.differences.push_back({.keyword = setting.keyword,
                                   .read = joined(setting.values, " "),
                                   .told = joined(checked.settings.back().values, " "),
                                   .user = {}});
  }
  return checked;
}

}  // namespace sshaudit
