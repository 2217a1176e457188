// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "parse/authorized_keys.h"
#include "parse/key_blob.h"
#include "parse/near_word.h"
#include "parse/pattern.h"
#include "rules/account_rules.h"
#include "rules/key_content_rules.h"
#include "rules/key_file_rules.h"
#include "rules/key_line_rules.h"
#include "rules/settings_rules.h"

namespace sshaudit {
namespace {

using Details = std::vector<Detail>;

std::vector<PublicKey> keys_in(std::string_view text, const Context& context) {
  std::vector<PublicKey> keys;
  read_key_lines(text, context.grammar, [&](const AuthorizedKey& line) {
    if (!line.key.type.empty()) keys.push_back(line.key);
  });
  return keys;
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string files_read(const AccountEvidence& evidence) {
  std::vector<std::string> paths;
  for (const auto& file : evidence.key_files) paths.push_back(file.path);
  return paths.empty() ? std::string("no key file") : fmt::format("{}", fmt::join(paths, " and "));
}

// Keys that stand only where sshd does not look, with how many there are.
std::vector<std::pair<const KeyFile*, std::size_t>> files_not_read(const AccountKeys& subject, const Context& context) {
  std::vector<KeyDigest> read;
  for (const auto& mention : subject.mentions) read.push_back(mention.digest);
  std::ranges::sort(read);
  std::vector<std::pair<const KeyFile*, std::size_t>> files;
  for (const auto& file : subject.evidence.ignored_key_files) {
    const auto is_missing = [&](const PublicKey& key) { return !std::ranges::binary_search(read, key.digest); };
    const auto missing = std::ranges::count_if(keys_in(file.text, context), is_missing);
    if (missing > 0) files.emplace_back(&file, static_cast<std::size_t>(missing));
  }
  return files;
}

Details not_read(const AccountKeys& subject, const Context& context, bool with_usable_keys, const std::string& note) {
  Details details;
  if (std::ranges::any_of(subject.mentions, &KeyMention::usable) != with_usable_keys) return details;
  for (const auto& [file, count] : files_not_read(subject, context)) {
    details.push_back({.path = file->path,
                       .message = fmt::format("{} ({} that sshd finds nowhere else) is ignored: sshd reads {}{}",
                                              file->path, counted(count, "key"), files_read(subject.evidence),
                                              place_of(subject.evidence, "authorizedkeysfile")),
                       .expected = "keys where AuthorizedKeysFile says",
                       .actual = file->path,
                       .remedy = {{}, note}});
  }
  return details;
}

Details key_file_not_read(const AccountKeys& subject, const Context& context) {
  return not_read(
      subject, context, false,
      "copy the keys that are still wanted to where sshd reads them, or correct AuthorizedKeysFile, before this "
      "file goes");
}

Details key_file_left_over(const AccountKeys& subject, const Context& context) {
  return not_read(subject, context, true, "nothing to do if this is meant: other keys of the account work");
}

bool is_public_key_file(const NearbyFile& file) { return file.path.ends_with(".pub"); }

// A slip of the hand; "authorized_keys.bak" or ".disabled" was meant.
bool is_misnamed(std::string_view path) {
  constexpr std::array<std::string_view, 3> usual = {"authenticated_keys", "authorized_keys.txt",
                                                     "authorized_keys.pub"};
  constexpr std::size_t farthest = 2;
  const auto name = lower_case(path.substr(path.rfind('/') + 1));
  if (std::ranges::find(usual, name) != usual.end()) return true;
  return name.find_first_of(".~#-") == std::string::npos && distance(name, "authorized_keys") <= farthest;
}

// No key file, but one that looks like it: "authorized_key".
Details key_file_misnamed(const AccountKeys& subject, const Context& context) {
  Details details;
  const auto& evidence = subject.evidence;
  if (has_keys(evidence) || evidence.key_files.empty()) return details;
  for (const auto& file : evidence.nearby_files) {
    const auto keys = is_misnamed(file.path) ? keys_in(file.text, context) : std::vector<PublicKey>();
    if (keys.empty()) continue;
    details.push_back(
        {.path = file.path,
         .message = fmt::format("{} ({}) is ignored, but looks like a key file: sshd reads {}", file.path,
                                counted(keys.size(), "key"), files_read(evidence)),
         .expected = evidence.key_files.front().path,
         .actual = file.path,
         .remedy = {{}, fmt::format("rename it to {}, if its keys are wanted", evidence.key_files.front().path)}});
  }
  return details;
}

Details public_key_not_installed(const AccountKeys& subject, const Context& context) {
  Details details;
  const auto& evidence = subject.evidence;
  if (has_keys(evidence) || evidence.key_files.empty() || !is_expected(evidence)) return details;
  for (const auto& file : evidence.nearby_files) {
    const auto keys = is_public_key_file(file) ? keys_in(file.text, context) : std::vector<PublicKey>();
    if (keys.empty()) continue;
    details.push_back(
        {.path = file.path,
         .message = fmt::format("{} ({}) is in no key file of the account", file.path, key_in_words(keys.front())),
         .expected = "nothing, unless somebody is to log in with this key",
         .actual = "a public key that is not installed",
         .remedy = {
             {},
             fmt::format("if it is to let somebody in here, append its line to {}", evidence.key_files.front().path)}});
  }
  return details;
}

using R = Rule<AccountKeys>;
constexpr auto of_account = Subject::account;
const std::array rules = {
    R{{"key-file-not-read", of_account, Effect::informs, Severity::warning,
       "There are keys in a file that sshd does not read.",
       "AuthorizedKeysFile (sshd_config(5)) names other files for the account.",
       "Copy the keys that are still wanted to where sshd reads them, or correct AuthorizedKeysFile."},
      key_file_not_read},
    R{{"key-file-left-over", of_account, Effect::informs, Severity::notice,
       "An account with keys has others in a file that sshd does not read.",
       "AuthorizedKeysFile (sshd_config(5)) names other files for the account.", "Nothing to do if this is meant."},
      key_file_left_over},
    R{{"key-file-misnamed", of_account, Effect::informs, Severity::warning,
       "A file beside the key file looks like it and has keys in it.",
       "sshd reads the files that AuthorizedKeysFile names (sshd_config(5)), and no others.", "Rename the file."},
      key_file_misnamed},
    R{{"public-key-not-installed", of_account, Effect::informs, Severity::notice,
       "An account without keys has a public key that is not installed.",
       "The .pub file of a pair lets nobody in where it was made; its line has to stand in a key file.",
       "Append the line to the key file, if it is to let somebody in here."},
      public_key_not_installed},
};

}  // namespace

std::vector<NearbyKey> nearby_keys(const AccountEvidence& evidence, const Context& context) {
  std::vector<NearbyKey> found;
  for (const auto& file : evidence.nearby_files) {
    if (!is_public_key_file(file)) continue;
    for (const auto& key : keys_in(file.text, context)) found.push_back({key.digest, file.path});
  }
  return found;
}

std::span<const Rule<AccountKeys>> nearby_file_rules() { return rules; }

}  // namespace sshaudit
