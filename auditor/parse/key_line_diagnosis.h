// SPDX-License-Identifier: MIT
// What is wrong with a line that sshd passes over. Nothing here decides whether it does.
#pragma once

#include <cstddef>
#include <string_view>

#include "parse/key_grammar.h"
#include "parse/key_options.h"
#include "sshaudit/authorized_key.h"

namespace sshaudit {

// A line in which sshd finds no key: sets fault, column, word, better and meant.
void diagnose_key_line(std::string_view line, const KeyGrammar& grammar, AuthorizedKey& parsed);

// Options, which begin at `start`, that make sshd ignore the key behind them.
void describe_options_fault(std::string_view line, std::size_t start, const OptionsFault& fault, AuthorizedKey& parsed);

// A second key in the comment of the first, which begins at `comment`.
void find_joined_key(std::string_view line, std::size_t comment, AuthorizedKey& parsed);

// Whether a line holds a part of a private key, or begins one.
bool shows_private_key(std::string_view line);

}  // namespace sshaudit
