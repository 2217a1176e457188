// SPDX-License-Identifier: MIT
// The words of a line of sshd_config(5). There are two readers: the older one, which sshd used for everything up to 8.6
// and uses for the keyword to this day, and the one for arguments from 8.7 on. Source: OpenSSH misc.c.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sshaudit {

// Takes words from a line one at a time. Blanks or one `=` (where it `splits_at_equals`) separate them, `"` quotes.
class OldWords {
 public:
  explicit OldWords(std::string_view line, bool splits_at_equals = true)
      : rest_(line), splits_at_equals_(splits_at_equals) {}

  // The next word, which may be empty; nothing at the end of the line, and when a quote has no end (nothing more comes
  // then).
  std::optional<std::string> next();

  // What has not been taken yet; nothing at the end.
  std::optional<std::string_view> rest() const { return at_end_ ? std::nullopt : std::optional(rest_); }

 private:
  std::string_view rest_;
  bool splits_at_equals_;
  bool at_end_ = false;
};

// All words of a text by the newer reader: blanks separate, `"` and `'` quote, `\` escapes quotes, itself and blanks,
// and `#` at the start of a word ends the line. Nothing when a quote has no end.
std::optional<std::vector<std::string>> split_words(std::string_view text);

// The lines of a file as sshd counts them, each without its leading blanks. A NUL byte joins its line with the next.
// Before 8.7 (`cut_comments`) a `#` anywhere ends the line.
std::vector<std::string> config_lines(std::string_view bytes, bool cut_comments);

// Without blanks and form feeds at the end, except as first character.
std::string_view without_trailing_blanks(std::string_view line);

}  // namespace sshaudit
