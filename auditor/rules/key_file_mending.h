// SPDX-License-Identifier: MIT
// The text of a key file without what keeps sshd from reading its keys, as far as that can be told from the text alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parse/key_grammar.h"

namespace sshaudit {

struct MendedText {
  std::string text;
  std::vector<std::string> what;  // was done, in words
};

// A byte order mark and carriage returns at ends of lines go, keys that a lost newline has joined get a line each, the
// last line gets its newline, and lines in which this sshd will never read a key become comments with the date
// ("2026-01-31"). Nothing when the text is well, when it is longer than 1 MiB, when there is something in it that is
// not to be copied or guessed at, NUL bytes or a private key, or lines without any key among them.
std::optional<MendedText> mend_key_text(std::string_view text, const KeyGrammar& grammar, std::string_view date);

}  // namespace sshaudit
