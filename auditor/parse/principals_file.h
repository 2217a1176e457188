// SPDX-License-Identifier: MIT
// AuthorizedPrincipalsFile (sshd_config(5)): names of principals, one a line, with the options of a key line in front.
// Source: OpenSSH auth2-pubkeyfile.c (before 9.1 auth2-pubkey.c), auth_process_principals, auth_check_principals_line.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "parse/key_grammar.h"
#include "parse/key_options.h"
#include "sshaudit/authorized_key.h"

namespace sshaudit {

struct PrincipalsLine {
  std::size_t line = 0;   // 1-based
  std::string principal;  // as it is compared; a carriage return at its end belongs to it
  bool has_options = false;
  KeyOptions options;
  std::optional<OptionsFault> fault;  // sshd passes over the line
};

// Visits, in order, everything that is neither blank nor a comment.
void read_principals(std::string_view text, const KeyGrammar& grammar,
                     const std::function<void(const PrincipalsLine&)>& visit);

}  // namespace sshaudit
