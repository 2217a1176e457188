// SPDX-License-Identifier: MIT
#include "parse/key_file_name.h"

#include <algorithm>
#include <climits>
#include <utility>

namespace sshaudit {

namespace {

Result<std::string> expand_tokens(std::string_view text, const Account& account, const SshdFacts& facts) {
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      name += text[i];
      continue;
    }
    const char token = ++i < text.size() ? text[i] : '\0';
    if (token == '%') {
      name += '%';
    } else if (token == 'h') {
      name += account.home;
    } else if (token == 'u') {
      name += account.name;
    } else if (token == 'U' && facts.expands_uid) {
      name += std::to_string(account.uid);
    } else {
      return tl::unexpected(Error{"sshd does not know the token %" + std::string(1, token), std::string(text), 0});
    }
  }
  return name;
}

Result<std::string> checked(std::string name, std::string_view text) {
  if (name.size() >= PATH_MAX) return tl::unexpected(Error{"the name is too long for sshd", std::string(text), 0});
  return name;
}

}  // namespace

Result<std::string> expand_key_file_name(std::string_view entry, const Account& account, const SshdFacts& facts) {
  auto name = expand_tokens(entry, account, facts);
  if (name && !name->starts_with('/')) *name = account.home + "/" + *name;
  return name ? checked(std::move(*name), entry) : name;
}

// misc.c: tilde_expand puts exactly one slash between home and rest.
Result<std::string> expand_directory_name(std::string_view value, const Account& account, const SshdFacts& facts) {
  std::string text(value);
  if (value.starts_with('~')) {
    const auto slash = std::min(value.find('/'), value.size());
    if (slash != 1) return tl::unexpected(Error{"the home of another account", text, 0});
    auto home = account.home;
    if (!home.ends_with('/')) home += '/';
    text = home + std::string(value.substr(std::min<std::size_t>(2, value.size())));
  }
  auto name = expand_tokens(text, account, facts);
  return name ? checked(std::move(*name), value) : name;
}

bool has_glob_characters(std::string_view name) { return name.find_first_of("*?[\\") != std::string_view::npos; }

}  // namespace sshaudit
