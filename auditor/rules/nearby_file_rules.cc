// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

#include "parse/authorized_keys.h"
#include "parse/key_blob.h"
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

// Keys that stand only where sshd does not look.
Details key_file_not_read(const AccountKeys& subject, const Context& context) {
  Details details;
  const auto& evidence = subject.evidence;
  for (const auto& file : evidence.ignored_key_files) {
    const auto is_read_elsewhere = [&](const PublicKey& key) {
      return std::ranges::find(subject.mentions, key.digest, &KeyMention::digest) != subject.mentions.end();
    };
    const auto keys = keys_in(file.text, context);
    const auto missing = keys.size() - static_cast<std::size_t>(std::ranges::count_if(keys, is_read_elsewhere));
    if (missing == 0) continue;
    details.push_back({.path = file.path,
                       .message = fmt::format("{} ({} that sshd finds nowhere else) is ignored: sshd reads {}{}",
                                              file.path, counted(missing, "key"), files_read(evidence),
                                              place_of(evidence, "authorizedkeysfile")),
                       .expected = "keys where AuthorizedKeysFile says",
                       .actual = file.path,
                       .remedy = {{},
                                  "copy the keys that are still wanted to where sshd reads them, or correct "
                                  "AuthorizedKeysFile, before this file goes"}});
  }
  return details;
}

bool is_public_key_file(const NearbyFile& file) { return file.path.ends_with(".pub"); }

// With the rights of the account, and nothing is overwritten.
Remedy rename(const std::string& path, const AccountEvidence& evidence) {
  const auto& target = evidence.key_files.front();
  const bool is_free = target.walk.end == WalkEnd::missing &&
                       path.substr(0, path.rfind('/')) == target.path.substr(0, target.path.rfind('/'));
  if (!is_free) return {{}, fmt::format("rename it to {}, if its keys are wanted", target.path)};
  std::vector<std::string> command = {"mv", "-n", path, target.path};
  if (evidence.by_root && evidence.account.uid != 0) {
    command.insert(command.begin(), {"runuser", "-u", evidence.account.name, "--"});
  }
  return {{std::move(command)}, {}};
}

// No key file, but one that looks like it: "authorized_key".
Details key_file_misnamed(const AccountKeys& subject, const Context& context) {
  Details details;
  const auto& evidence = subject.evidence;
  if (has_keys(evidence) || evidence.key_files.empty()) return details;
  for (const auto& file : evidence.nearby_files) {
    const auto keys = is_public_key_file(file) ? std::vector<PublicKey>() : keys_in(file.text, context);
    if (keys.empty()) continue;
    details.push_back({.path = file.path,
                       .message = fmt::format("{} ({}) is ignored, but looks like a key file: sshd reads {}", file.path,
                                              counted(keys.size(), "key"), files_read(evidence)),
                       .expected = evidence.key_files.front().path,
                       .actual = file.path,
                       .remedy = rename(file.path, evidence)});
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
