// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <array>

#include "rules/key_line_rules.h"

namespace sshaudit {
namespace {

using Details = std::vector<Detail>;
using Fault = KeyLineFault;

bool has(const KeyLineSubject& subject, Fault fault) { return subject.line.fault == fault; }

// "/home/alice/.ssh/authorized_keys:3 is ignored (ED25519 key SHA256:...): unknown option ..., column 5".
Details ignored(const KeyLineSubject& subject, const std::string& why, std::string expected, std::string note) {
  const auto& line = subject.line;
  const auto key = line.meant.type.empty() ? std::string() : fmt::format(" ({})", key_in_words(line.meant));
  const auto column = line.column == 0 ? std::string() : fmt::format(", at column {}", line.column);
  return {{.path = subject.file.path,
           .message = fmt::format("{} is ignored{}: {}{}", place_of_line(subject), key, why, column),
           .expected = std::move(expected),
           .actual = why,
           .remedy = {{}, std::move(note)},
           .line = line.line,
           .column = line.column}};
}

// A word that may be an option is repeated; other text may be anything, a part of a private key among it.
bool may_be_option(std::string_view word) {
  constexpr std::size_t longest = 40;
  return word.size() <= longest && word.find_first_of("+/=") == std::string_view::npos;
}

Details option_unknown(const KeyLineSubject& subject, const Context&) {
  if (!has(subject, Fault::option_unknown)) return {};
  const auto& line = subject.line;
  std::string note = "remove it, or whatever stands before the key and is none of the options of sshd(8)";
  if (!line.better.empty()) note = fmt::format("write {} for {}", line.better, line.word);
  if (line.word.find(';') != std::string::npos) note = "write a comma in place of each semicolon between the options";
  const auto what = may_be_option(line.word) ? fmt::format("\"{}\"", line.word) : std::string("what stands there");
  return ignored(subject, what + " is no option", "options that sshd knows", note);
}

Details option_newer(const KeyLineSubject& subject, const Context&) {
  if (!has(subject, Fault::option_newer)) return {};
  const auto& line = subject.line;
  return ignored(subject, fmt::format("the option {} is known from OpenSSH {} on only", line.word, line.better),
                 "options that this sshd knows", fmt::format("remove {} from the line", line.word));
}

Details option_value(const KeyLineSubject& subject, const Context&) {
  if (!has(subject, Fault::option_value)) return {};
  const auto& line = subject.line;
  return ignored(subject, fmt::format("the option {} is wrong ({})", line.word, line.better), line.better,
                 fmt::format("correct the option {} ({})", line.word, line.better));
}

Details option_repeated(const KeyLineSubject& subject, const Context&) {
  if (!has(subject, Fault::option_repeated)) return {};
  const auto& word = subject.line.word;
  return ignored(subject, fmt::format("the option {} stands twice", word), fmt::format("one {}=\"...\"", word),
                 word == "from" ? "make one list of both, with commas: from=\"A,B\""
                                : fmt::format("keep one {}=\"...\" and remove the other", word));
}

Details option_unquoted(const KeyLineSubject& subject, const Context&) {
  if (!has(subject, Fault::option_unquoted)) return {};
  const auto& word = subject.line.word;
  return ignored(subject, fmt::format("the value of {} is not in double quotes", word), fmt::format("{}=\"...\"", word),
                 fmt::format("put the value in double quotes: {}=\"...\"", word));
}

Details option_unterminated(const KeyLineSubject& subject, const Context& context) {
  if (!has(subject, Fault::option_unterminated)) return {};
  auto details = ignored(subject, "a double quote has no end", "quotes in pairs",
                         "put the missing double quote behind the value of the option");
  if (context.facts.strict_options) {
    details[0].sshd_logs = context.grammar.version >= 1001
                               ? fmt::format("invalid key option string at {}:{}", subject.file.path, subject.line.line)
                               : "invalid key option string";
  }
  return details;
}

// Beside a comma or an equals sign the blank is too much; elsewhere it stands for the comma.
Details option_blank(const KeyLineSubject& subject, const Context&) {
  const auto& line = subject.line;
  if (!has(subject, Fault::option_blank)) return {};
  const auto note = line.better.empty() ? fmt::format("write a comma in place of the blank at column {}", line.column)
                                        : fmt::format("remove the blanks beside the \"{}\"", line.better);
  return ignored(subject, "a blank stands between its options", "options with commas and no blanks between them", note);
}

Details curly_quotes(const KeyLineSubject& subject, const Context&) {
  if (!has(subject, Fault::curly_quotes)) return {};
  return ignored(subject, "a curly quote stands where a straight one belongs", "straight double quotes (\")",
                 "type the quotes of the options again, as straight double quotes (\")");
}

constexpr std::string_view options_why =
    "One faulty option makes sshd ignore the line, and only its debug log says so. (OpenSSH auth-options.c: "
    "sshauthopt_parse)";

using R = Rule<KeyLineSubject>;
constexpr auto key = Subject::authorized_key;
constexpr auto refuses = Effect::refuses;
constexpr auto error = Severity::error;

const std::array rules = {
    R{{"option-unknown", key, refuses, error, "A key line has an option that sshd does not know.", options_why,
       "Correct or remove the option."},
      option_unknown},
    R{{"option-newer", key, refuses, error, "A key line has an option that only a later sshd knows.", options_why,
       "Remove the option."},
      option_newer},
    R{{"option-value", key, refuses, error, "An option of a key line has a wrong value.", options_why,
       "Correct the value."},
      option_value},
    R{{"option-repeated", key, refuses, error, "An option that may stand once stands twice in a key line.", options_why,
       "Keep one of the two."},
      option_repeated},
    R{{"option-unquoted", key, refuses, error, "The value of an option is not in double quotes.", options_why,
       "Put the value in double quotes."},
      option_unquoted},
    R{{"option-unterminated", key, refuses, error, "A double quote in a key line has no end.",
       "The options then go on to the end of the line, and no key is left. (OpenSSH authfile.c: "
       "sshkey_advance_past_options)",
       "Put the missing double quote."},
      option_unterminated},
    R{{"option-blank", key, refuses, error, "A blank stands between the options of a key line.",
       "The first blank outside of quotes ends the options, and sshd looks for the key behind it. (OpenSSH authfile.c: "
       "sshkey_advance_past_options)",
       "Remove the blank."},
      option_blank},
    R{{"option-curly-quotes", key, refuses, error, "A key line has curly quotes.", options_why,
       "Type the quotes again, as straight double quotes."},
      curly_quotes},
};

}  // namespace

std::span<const Rule<KeyLineSubject>> option_fault_rules() { return rules; }

}  // namespace sshaudit
