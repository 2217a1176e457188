// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <array>

#include "rules/key_line_rules.h"

namespace sshaudit {
namespace {

using Details = std::vector<Detail>;
using Fault = KeyLineFault;

bool has(const KeyLineSubject& subject, Fault fault) { return subject.line.fault == fault; }

// `what` goes on after the place: "/home/alice/.ssh/authorized_keys:3 ...".
Details about_line(const KeyLineSubject& subject, const std::string& what, std::string expected, std::string actual,
                   std::string note) {
  return {{.path = subject.file.path,
           .message = place_of_line(subject) + " " + what,
           .expected = std::move(expected),
           .actual = std::move(actual),
           .remedy = {{}, std::move(note)},
           .line = subject.line.line,
           .column = subject.line.column}};
}

std::string lines_in_words(const AuthorizedKey& line) {
  if (line.line == line.last_line) return fmt::format("line {}", line.line);
  return fmt::format("lines {} to {}", line.line, line.last_line);
}

Details keys_joined(const KeyLineSubject& subject, const Context&) {
  const auto& line = subject.line;
  if (!has(subject, Fault::keys_joined)) return {};
  const auto what = line.key.type.empty() ? "sshd reads neither"
                                          : "sshd takes it for the comment of the first, so only the first counts";
  return about_line(subject,
                    fmt::format("holds two keys on one line: the second ({}) begins at column {}; {}",
                                key_in_words(line.meant), line.column, what),
                    "one key a line", "joined to another key",
                    fmt::format("start a new line before {} at column {}, or before its options, if it has any",
                                line.word, line.column));
}

Details key_wrapped(const KeyLineSubject& subject, const Context&) {
  const auto& line = subject.line;
  if (!has(subject, Fault::key_wrapped)) return {};
  return about_line(subject,
                    fmt::format("is one key ({}) broken into {} lines: sshd reads none of them",
                                key_in_words(line.meant), line.last_line - line.line + 1),
                    "the key on one line", "broken into lines",
                    fmt::format("join {} into one, without blanks in the key", lines_in_words(line)));
}

Details byte_order_mark(const KeyLineSubject& subject, const Context&) {
  if (!has(subject, Fault::byte_order_mark)) return {};
  return about_line(subject,
                    fmt::format("is ignored ({}): the file starts with a UTF-8 byte order mark (EF BB BF), which sshd "
                                "takes for a part of the line",
                                key_in_words(subject.line.meant)),
                    "a file without byte order mark", "behind a byte order mark",
                    "save the file without it, as plain UTF-8");
}

Details utf_16(const KeyLineSubject& subject, const Context&) {
  if (!has(subject, Fault::utf16)) return {};
  return about_line(
      subject, "and what follows is UTF-16, as PowerShell writes it: sshd reads no key in it", "plain UTF-8", "UTF-16",
      fmt::format("convert it, and put the result in its place: iconv -f UTF-16 -t UTF-8 {}", subject.file.path));
}

Details foreign_format(const KeyLineSubject& subject, const Context&) {
  if (!has(subject, Fault::rfc4716)) return {};
  return about_line(
      subject, "is a public key in another format (RFC 4716, PuTTY or PEM), which sshd does not read",
      "\"TYPE BASE64 COMMENT\" on one line", "another format",
      fmt::format(
          "save {} as a file of their own, convert it with ssh-keygen -i -f FILE (for PEM add -m PEM or -m PKCS8), "
          "and put the line that it prints in their place",
          lines_in_words(subject.line)));
}

Details private_key(const KeyLineSubject& subject, const Context&) {
  const auto& line = subject.line;
  if (!line.shows_private_key && line.fault != Fault::private_key) return {};
  return about_line(subject,
                    fmt::format("{} a PRIVATE key: sshd does not read it, and whoever can read the file has it",
                                line.key.type.empty() ? "is" : "holds"),
                    "public keys only", "a private key",
                    fmt::format("treat the key as leaked: remove {}, make a new pair, and put the line of the new .pub "
                                "file here; take the old public key out everywhere",
                                lines_in_words(subject.line)));
}

Details type_missing(const KeyLineSubject& subject, const Context&) {
  if (!has(subject, Fault::type_missing)) return {};
  return about_line(subject,
                    fmt::format("is ignored ({}): the type {} is missing before the key, at column {}",
                                key_in_words(subject.line.meant), subject.line.better, subject.line.column),
                    subject.line.better, "the type is missing",
                    fmt::format("write \"{} \" at column {}", subject.line.better, subject.line.column));
}

// A longer one is no type that somebody typed, and may be anything.
constexpr std::size_t longest_word = 40;

Details type_misspelt(const KeyLineSubject& subject, const Context&) {
  const auto& line = subject.line;
  if (!has(subject, Fault::type_misspelt)) return {};
  const bool letters_lost = line.better.ends_with(line.word);
  const auto word = line.word.size() > longest_word ? std::string("the word before the key") : line.word;
  const auto what = letters_lost ? fmt::format("has lost its first letters ({})", line.better)
                                 : fmt::format("is not {}", line.better);
  const bool struck_out = line.word.ends_with(line.better);  // "//ssh-rsa"
  return about_line(
      subject,
      fmt::format("is ignored ({}): \"{}\" at column {} {}", key_in_words(line.meant), word, line.column, what),
      line.better, fmt::format("\"{}\" {}", word, what),
      struck_out
          ? fmt::format("put # in front if the key is meant to be off; otherwise write {} for {}", line.better, word)
          : fmt::format("write {} for {}", line.better, word));
}

Details type_mismatch(const KeyLineSubject& subject, const Context&) {
  const auto& line = subject.line;
  if (!has(subject, Fault::type_mismatch)) return {};
  return about_line(subject,
                    fmt::format("is ignored: it says {} at column {}, but the key behind it is {}", line.word,
                                line.column, line.better),
                    line.better, fmt::format("{} named {}", line.better, line.word),
                    fmt::format("write {} for {}, or paste the key again", line.better, line.word));
}

Details type_unsupported(const KeyLineSubject& subject, const Context&) {
  if (!has(subject, Fault::type_unsupported)) return {};
  const bool is_dsa = subject.line.word == "ssh-dss";
  return about_line(subject,
                    fmt::format("is ignored: this sshd does not know keys of the type {}{}", subject.line.word,
                                is_dsa ? " (DSA), which OpenSSH has given up" : ""),
                    "a type that this sshd knows", fmt::format("unknown type {}", subject.line.word),
                    "replace it by an ed25519 key: ssh-keygen -t ed25519");
}

Details separator(const KeyLineSubject& subject, const Context& context) {
  const auto& line = subject.line;
  if (!has(subject, Fault::separator)) return {};
  std::string why = line.better;
  if (why.empty()) {
    why = context.facts.free_separators ? "a character that is no blank (a carriage return?) stands beside the type"
                                        : "more than one blank, or a tab, stands between the type and the key";
  }
  return about_line(subject,
                    fmt::format("is ignored ({}): {}, at column {}", key_in_words(line.meant), why, line.column),
                    "one blank between type and key", why, fmt::format("type one blank at column {}", line.column));
}

Details key_incomplete(const KeyLineSubject& subject, const Context&) {
  if (!has(subject, Fault::key_incomplete)) return {};
  return about_line(subject,
                    fmt::format("is ignored: the end of its {} key is missing, behind column {}", subject.line.word,
                                subject.line.column),
                    "a whole key", "the end of the key is missing", "paste the whole line of the .pub file again");
}

Details key_malformed(const KeyLineSubject& subject, const Context&) {
  if (!has(subject, Fault::key_malformed)) return {};
  return about_line(subject,
                    fmt::format("is ignored: its {} key is damaged: {}, at column {}", subject.line.word,
                                subject.line.better, subject.line.column),
                    "a key as it is in the .pub file", subject.line.better,
                    "paste the whole line of the .pub file again");
}

Details key_too_short(const KeyLineSubject& subject, const Context&) {
  const auto& line = subject.line;
  if (!has(subject, Fault::key_too_short)) return {};
  return about_line(subject,
                    fmt::format("is ignored: its RSA key has {} bits, and sshd reads none of less than {}",
                                line.meant.bits, line.better),
                    fmt::format("{} bits or more", line.better), fmt::format("{} bits", line.meant.bits),
                    "replace it by an ed25519 key: ssh-keygen -t ed25519");
}

Details certificate(const KeyLineSubject& subject, const Context&) {
  if (!has(subject, Fault::certificate)) return {};
  return about_line(subject,
                    fmt::format("is a certificate ({}), which lets nobody in from a key file", subject.line.word),
                    "a public key", "a certificate",
                    "put the .pub file that belongs to it here (not the one that ends in -cert.pub); or trust its "
                    "authority with TrustedUserCAKeys");
}

Details line_too_long(const KeyLineSubject& subject, const Context&) {
  if (!has(subject, Fault::line_too_long)) return {};
  return about_line(subject, "is ignored: it has more than the 16382 bytes that this sshd reads of a line",
                    "a shorter line", "too long", "shorten its options or its comment");
}

Details line_swallowed(const KeyLineSubject& subject, const Context&) {
  if (!has(subject, Fault::line_swallowed)) return {};
  return about_line(subject, "is ignored: a NUL byte makes this sshd pass over its line and the one behind it",
                    "text without NUL bytes", "a NUL byte", fmt::format("type {} again", lines_in_words(subject.line)));
}

Details no_key(const KeyLineSubject& subject, const Context&) {
  if (!has(subject, Fault::no_key)) return {};
  return about_line(subject, "is neither a key nor a comment: sshd ignores it", "a key, or a # in front", "no key",
                    "remove it, or put # in front if it is a comment");
}

constexpr std::string_view silent_why =
    "sshd ignores a line in which it finds no key, and says so only in its debug log. (OpenSSH auth2-pubkeyfile.c: "
    "auth_check_authkey_line; sshkey.c: sshkey_read)";

using R = Rule<KeyLineSubject>;
constexpr auto key = Subject::authorized_key;
constexpr auto refuses = Effect::refuses;
constexpr auto error = Severity::error;
constexpr auto warning = Severity::warning;

const std::array rules = {
    R{{"private-key-in-key-file", key, Effect::endangers, error, "A private key lies in a key file.",
       "Key files are for public keys. Backups, other administrators and, often, the group can read them; the account "
       "that the private key belongs to can be taken over.",
       "Treat it as leaked: make a new pair, and take the old public key out everywhere."},
      private_key},
    R{{"keys-joined", key, refuses, error, "Two keys stand on one line.",
       "Whatever follows a key is its comment. It happens when a key is added to a file whose last line has no "
       "newline. "
       "(OpenSSH sshkey.c: sshkey_read)",
       "Start a new line before the second key."},
      keys_joined},
    R{{"key-wrapped", key, refuses, error, "A key is broken into several lines.", silent_why,
       "Join the lines into one."},
      key_wrapped},
    R{{"byte-order-mark", key, refuses, error, "A key file starts with a UTF-8 byte order mark.", silent_why,
       "Save the file without it."},
      byte_order_mark},
    R{{"utf-sixteen", key, refuses, error, "A key file is UTF-16.", silent_why, "Convert it: iconv -f UTF-16 -t UTF-8"},
      utf_16},
    R{{"foreign-key-format", key, refuses, error, "A public key is in a format that sshd does not read.", silent_why,
       "Convert it: ssh-keygen -i -f FILE"},
      foreign_format},
    R{{"key-type-missing", key, refuses, error, "The type is missing before a key.", silent_why,
       "Write the type before the key."},
      type_missing},
    R{{"key-type-misspelt", key, refuses, error, "The type before a key is misspelt.", silent_why, "Correct the type."},
      type_misspelt},
    R{{"key-type-mismatch", key, refuses, error, "The type before a key is not that of the key.", silent_why,
       "Write the type that the key has."},
      type_mismatch},
    R{{"key-type-unsupported", key, refuses, warning, "sshd does not know the type of a key.", silent_why,
       "Replace the key: ssh-keygen -t ed25519"},
      type_unsupported},
    R{{"key-separator", key, refuses, error, "Type and key are not separated by one blank.",
       "Up to OpenSSH 7.6 one blank has to stand there; later blanks and tabs, and nothing else. (OpenSSH sshkey.c: "
       "sshkey_read)",
       "Put one blank there."},
      separator},
    R{{"key-incomplete", key, refuses, error, "The end of a key is missing.", silent_why, "Paste the key again."},
      key_incomplete},
    R{{"key-malformed", key, refuses, error, "A key is damaged.", silent_why, "Paste the key again."}, key_malformed},
    R{{"key-too-short", key, refuses, warning, "An RSA key is shorter than sshd reads.",
       "Less than 1024 bits (768 up to OpenSSH 7.5) are no key, whatever RequiredRSASize says. (OpenSSH sshkey.c: "
       "sshkey_check_rsa_length)",
       "Replace the key: ssh-keygen -t ed25519"},
      key_too_short},
    R{{"certificate-as-key", key, refuses, warning, "A certificate stands where a key belongs.",
       "sshd compares keys with keys; certificates are accepted for the sake of their authority. (OpenSSH "
       "auth2-pubkeyfile.c: auth_check_authkey_line)",
       "Put the public key there."},
      certificate},
    R{{"key-line-too-long", key, refuses, error, "A line of a key file is longer than sshd reads.",
       "Up to OpenSSH 7.7 sshd passes over lines of more than 16382 bytes. (OpenSSH misc.c: read_keyfile_line)",
       "Shorten the line."},
      line_too_long},
    R{{"key-line-nul", key, refuses, error, "A NUL byte in a key file hides two lines.",
       "Up to OpenSSH 7.7 sshd takes such a line for too long, and passes over the next one, too. (OpenSSH misc.c: "
       "read_keyfile_line)",
       "Type the lines again."},
      line_swallowed},
    R{{"no-key-in-line", key, Effect::informs, warning, "A line of a key file is neither a key nor a comment.",
       silent_why, "Remove it, or put # in front."},
      no_key},
};

}  // namespace

std::span<const Rule<KeyLineSubject>> line_fault_rules() { return rules; }

}  // namespace sshaudit
