// SPDX-License-Identifier: MIT
#include "gather/named_files.h"

#include <string>
#include <utility>

#include "parse/authority_file.h"
#include "parse/config_words.h"
#include "parse/keys_command.h"
#include "parse/revoked_keys.h"

namespace sshaudit {
namespace {

void note_faulty_line(const std::string& bytes, const KeyGrammar& grammar, NamedFile& file) {
  if (file.keyword == "trustedusercakeys") {
    const auto read = parse_authority_file(bytes, grammar);
    file.faulty_line = read.faulty_line;
    file.hidden_keys = read.hidden.size();
  } else if (!is_revocation_list(bytes)) {
    file.faulty_line = parse_revoked_keys(bytes, grammar).faulty_line;
  }
}

// Settings whose file every login depends on, or that sshd runs.
std::vector<std::pair<std::string, std::string>> files_named_by(const Settings& settings) {
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto& file : settings.revoked_keys) files.emplace_back("revokedkeys", file);
  if (!settings.trusted_user_ca_keys.empty()) files.emplace_back("trustedusercakeys", settings.trusted_user_ca_keys);
  if (const auto words = split_words(settings.authorized_keys_command); words && !words->empty()) {
    files.emplace_back("authorizedkeyscommand", words->front());
    const auto supplying = supplying_words(*words);  // behind this project's own logger
    if (!supplying.empty() && supplying != *words) files.emplace_back("authorizedkeyscommand", supplying.front());
  }
  return files;
}

}  // namespace

std::vector<NamedFile> look_at_named_files(ConfigFiles& files, const Settings& settings, const ConfigPlaces& places,
                                           const KeyGrammar& grammar) {
  std::vector<NamedFile> found;
  for (const auto& [keyword, path] : files_named_by(settings)) {
    const auto place = places.find(keyword);
    const bool is_list = keyword == "revokedkeys" || keyword == "trustedusercakeys";
    std::string bytes;
    found.push_back(files.look_at(keyword, path, place == places.end() ? ConfigPlace{} : place->second,
                                  is_list ? &bytes : nullptr));
    if (is_list) note_faulty_line(bytes, grammar, found.back());
  }
  return found;
}

}  // namespace sshaudit
