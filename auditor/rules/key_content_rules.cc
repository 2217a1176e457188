// SPDX-License-Identifier: MIT
#include "rules/key_content_rules.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "parse/key_blob.h"
#include "rules/account_rules.h"
#include "rules/key_file_rules.h"

namespace sshaudit {
namespace {

using Details = std::vector<Detail>;
constexpr std::size_t most_told = 5;

bool was_read(const KeyFile& file) {
  return file.walk.end == WalkEnd::found && S_ISREG(file.walk.components.back().status.mode) && !file.changed &&
         file.open_errnum == 0 && file.read_errnum == 0;
}

Details key_file_empty(const KeyFileContent& subject, const Context&) {
  const auto& file = subject.file;
  const auto& evidence = subject.evidence;
  if (!was_read(file) || file.truncated || file.key_lines > 0 || has_keys(evidence) || !is_expected(evidence))
    return {};
  const bool empty = file.text.find_first_not_of(" \t\r\n") == std::string::npos;
  const auto what = empty ? "is empty" : "holds comments only";
  return {{.path = file.path,
           .message = fmt::format("{} {}: no key can get in by it", file.path, what),
           .expected = "a key, if somebody is to log in with one",
           .actual = what,
           .remedy = {{}, "put the line of the .pub file there, if somebody is to log in with a key"}}};
}

// Where a key was found that works, what comes behind does not change the verdict.
Details cut(const KeyFileContent& subject, bool with_usable_keys) {
  const auto& file = subject.file;
  if (!file.truncated || std::ranges::any_of(subject.mentions, &KeyMention::usable) != with_usable_keys) return {};
  return {
      {.path = file.path,
       .message = fmt::format("{} is larger than the 16 MiB that are read of an account's key files: what is behind "
                              "them was not looked at, sshd reads it all",
                              file.path),
       .expected = "16 MiB or less",
       .actual = "larger than 16 MiB",
       .remedy = {{}, "remove what is no key from it"}}};
}

Details key_file_cut(const KeyFileContent& subject, const Context&) { return cut(subject, false); }
Details key_file_large(const KeyFileContent& subject, const Context&) { return cut(subject, true); }

Details key_repeated(const KeyFileContent& subject, const Context&) {
  const auto mentions = subject.mentions;
  std::vector<std::uint32_t> order(mentions.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, [&](std::uint32_t at) -> const KeyDigest& { return mentions[at].digest; });
  Details details;
  std::size_t more = 0;
  for (std::size_t i = 1, first = 0; i < order.size(); ++i) {
    if (mentions[order[i]].digest != mentions[order[first]].digest) first = i;
    if (first == i || (details.size() == most_told && ++more > 0)) continue;
    PublicKey key;
    key.digest = mentions[order[i]].digest;
    const auto line = mentions[order[i]].line;
    details.push_back(
        {.path = subject.file.path,
         .message = fmt::format("{}:{} has the key {} of line {} again: the first of them that sshd accepts counts",
                                subject.file.path, line, fingerprint_of(key), mentions[order[first]].line),
         .expected = "a key once",
         .actual = "a key twice",
         .remedy = {{}, fmt::format("remove one of the lines {} and {}", mentions[order[first]].line, line)},
         .line = line});
  }
  if (more > 0) details.back().message += fmt::format(" (and {} more like it)", more);
  return details;
}

using R = Rule<KeyFileContent>;
const std::array rules = {
    R{{"key-file-empty", Subject::key_file, Effect::informs, Severity::notice, "A key file is empty.",
       "Where a key file has no key, none can get in by it. Tools leave such files behind when the disk is full, too.",
       "Put the key there, if somebody is to log in."},
      key_file_empty},
    R{{"key-file-cut", Subject::key_file, Effect::unknown, Severity::notice, "A key file is larger than is read.",
       "sshd reads a key file whole, whatever its size, twice at each login.", "Remove what is no key."},
      key_file_cut},
    R{{"key-file-large", Subject::key_file, Effect::informs, Severity::warning,
       "A key file is larger than is read, and has keys that work.",
       "sshd reads a key file whole, whatever its size, twice at each login.", "Remove what is no key."},
      key_file_large},
    R{{"key-repeated", Subject::key_file, Effect::informs, Severity::notice, "A key stands twice in a file.",
       "sshd goes on after a line that refuses, and stops at the first that accepts: the options of that line count. "
       "(OpenSSH auth2-pubkeyfile.c: auth_check_authkeys_file)",
       "Remove one of the lines."},
      key_repeated},
};

}  // namespace

std::span<const Rule<KeyFileContent>> key_content_rules() { return rules; }

}  // namespace sshaudit
