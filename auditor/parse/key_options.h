// SPDX-License-Identifier: MIT
// The options of a key line (sshd(8), "AUTHORIZED_KEYS FILE FORMAT"). Source: OpenSSH auth-options.c,
// sshauthopt_parse, and auth_parse_options up to 7.6.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "parse/key_grammar.h"
#include "sshaudit/authorized_key.h"

namespace sshaudit {

// What makes sshd ignore the whole line.
struct OptionsFault {
  KeyLineFault fault = KeyLineFault::none;
  std::size_t at = 0;  // offset into the options
  std::string word;
  std::string better;  // as in AuthorizedKey
};

struct ParsedOptions {
  KeyOptions options;  // as far as they were read
  std::optional<OptionsFault> fault;
};

// `text` begins with the options, which end at the first blank outside of quotes; what follows is not looked at.
ParsedOptions parse_key_options(std::string_view text, const KeyGrammar& grammar);

// How far the options go, whether they make sense or not; nothing when a quote has no end. Source: authfile.c,
// sshkey_advance_past_options.
std::optional<std::size_t> end_of_options(std::string_view text);

// The options as a line would have them, in one order; empty when all have their initial values. Reads back as the same
// options, with a grammar that knows them all.
std::string print_key_options(const KeyOptions& options);

}  // namespace sshaudit
