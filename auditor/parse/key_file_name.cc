// SPDX-License-Identifier: MIT
#include "parse/key_file_name.h"

#include <climits>

namespace sshaudit {

Result<std::string> expand_key_file_name(std::string_view entry, const Account& account, const SshdFacts& facts) {
  std::string name;
  for (std::size_t i = 0; i < entry.size(); ++i) {
    if (entry[i] != '%') {
      name += entry[i];
      continue;
    }
    const char token = ++i < entry.size() ? entry[i] : '\0';
    if (token == '%') {
      name += '%';
    } else if (token == 'h') {
      name += account.home;
    } else if (token == 'u') {
      name += account.name;
    } else if (token == 'U' && facts.expands_uid) {
      name += std::to_string(account.uid);
    } else {
      return tl::unexpected(Error{"sshd does not know the token %" + std::string(1, token), std::string(entry), 0});
    }
  }
  if (!name.starts_with('/')) name = account.home + "/" + name;
  if (name.size() >= PATH_MAX) return tl::unexpected(Error{"the name is too long for sshd", std::string(entry), 0});
  return name;
}

bool has_glob_characters(std::string_view name) { return name.find_first_of("*?[\\") != std::string_view::npos; }

}  // namespace sshaudit
