// SPDX-License-Identifier: MIT
#include "key_addition.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <optional>

#include "parse/authorized_keys.h"
#include "parse/key_types.h"
#include "rules/key_file_rules.h"
#include "rules/key_lines.h"
#include "rules/remedies.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

constexpr auto stdin_name = "standard input";

std::optional<AuthorizedKey> only_line(const std::string& line, const Context& context) {
  std::optional<AuthorizedKey> found;
  read_key_lines(line + "\n", context.grammar, [&](const AuthorizedKey& one) { found = one; });
  return found;
}

// The first that is there; else the first that can be made.
const KeyFile* chosen_file(const AccountEvidence& evidence) {
  const auto& files = evidence.key_files;
  const auto whole = std::ranges::find_if(files, is_read_whole);
  if (whole != files.end()) return &*whole;
  const auto missing =
      std::ranges::find_if(files, [](const KeyFile& file) { return file.walk.end == WalkEnd::missing; });
  return missing == files.end() ? nullptr : &*missing;
}

std::string why_no_file(const AccountEvidence& evidence) {
  if (!evidence.name_error.empty()) return "the name of the key file cannot be expanded: " + evidence.name_error;
  if (evidence.key_files.empty()) return "sshd reads no key file of this account (AuthorizedKeysFile is none)";
  const auto& path = evidence.key_files.front().path;
  return fmt::format("sshd cannot read {} as it is: sshaudit explain says why", path);
}

bool shows_private_key(const std::string& text) { return text.find("PRIVATE KEY") != std::string::npos; }

// Comments and blank lines are in every file.
bool holds_keys_alone(const std::string& text, const Context& context) {
  bool only_keys = true;
  read_key_lines(text, context.grammar,
                 [&](const AuthorizedKey& line) { only_keys = only_keys && !line.key.type.empty(); });
  return only_keys;
}

void add_to_file(const KeyFile& file, const AccountEvidence& evidence, const Context& context, KeyAddition& addition) {
  const auto& component = file.walk.components.back();
  const auto& status = component.status;
  addition.judged = status;
  addition.before = file.text;
  if (status.uid != evidence.account.uid && status.uid != 0) {
    addition.why_not = fmt::format("{} belongs to somebody else", component.path);
  } else if ((status.mode & (S_ISUID | S_ISGID)) != 0) {
    addition.why_not = fmt::format("{} is a program that runs as somebody else", component.path);
  } else if (shows_private_key(file.text)) {
    addition.why_not = fmt::format("there is a PRIVATE key in {}, which has to go first", component.path);
  } else if (status.links > 1) {
    addition.why_not =
        fmt::format("{} has {} names (hard links): put a file of its own in its place", component.path, status.links);
  } else if (status.uid != evidence.account.uid && !holds_keys_alone(file.text, context)) {
    addition.why_not = fmt::format("{} is root's, and there is more in it than keys: look at it first", component.path);
  }
}

// The file, and at most one directory in the home for it.
void make_file(const KeyFile& file, const AccountEvidence& evidence, KeyAddition& addition) {
  const auto& deepest = file.walk.components.back();
  const auto& account = evidence.account;
  const auto prefix = deepest.path == "/" ? std::string("/") : deepest.path + "/";
  const auto name = file.path.substr(file.path.rfind('/') + 1);
  auto directory = deepest.path;
  if (file.walk.stopped_at != prefix + name) {
    directory = file.walk.stopped_at;
    addition.new_directory = directory;
  }
  addition.path = (directory == "/" ? std::string() : directory) + "/" + name;
  const auto rest = addition.path.substr(deepest.path.size());  // more than one directory may be missing
  const bool is_own_directory = deepest.status.uid == account.uid || !addition.new_directory.empty();
  addition.made =
      is_own_directory ? FileStatus{S_IFREG | 0600, account.uid, account.gid} : FileStatus{S_IFREG | 0644, 0, 0};
  const auto& home = addition.home;
  if (home.empty()) {
    addition.why_not = "the home is not there, so that sshd finds no key file in it";
  } else if (!addition.new_directory.empty() && (deepest.path != home || !file.path.ends_with(rest))) {
    addition.why_not = fmt::format("{} is not there: make it first", addition.new_directory);
  } else if (!S_ISDIR(deepest.status.mode)) {
    addition.why_not = fmt::format("{} is no directory", deepest.path);
  }
}

std::string with_line(const std::string& text, const std::string& line) {
  const bool is_ended = text.empty() || text.back() == '\n';
  return text + (is_ended ? "" : "\n") + line + "\n";
}

void look_for_key(const AuthorizedKey& key, const Context& context, KeyAddition& addition) {
  read_key_lines(addition.before, context.grammar, [&](const AuthorizedKey& line) {
    const bool is_it = !line.key.type.empty() && line.key.digest == key.key.digest;
    if (!is_it || addition.known_line != 0) return;
    if (line.options == key.options) {
      addition.known_line = line.line;
    } else {
      addition.why_not = fmt::format("the key is in line {} of {} already, with other options: edit that line",
                                     line.line, addition.path);
    }
  });
  if (addition.known_line != 0) addition.why_not.clear();
}

bool has_controls(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == 0x7f; });
}

}  // namespace

NewKeyLine new_key_line(std::string_view text, std::string_view options) {
  constexpr std::string_view blanks = " \t\r\n";
  if (text.find("PRIVATE KEY") != std::string_view::npos) {
    return {{}, "that is a PRIVATE key, which stays with its owner: the public key is in the .pub file beside it"};
  }
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {{}, "there is no key on standard input"};
  text = text.substr(first, text.find_last_not_of(blanks) - first + 1);
  if (text.find_first_of(std::string_view("\n\0", 2)) != std::string_view::npos) {
    return {{}, "one public key is expected, on one line as it is in the .pub file"};
  }
  if (has_controls(text) || has_controls(options)) return {{}, "there is a control character in it"};
  if (find_key_type(text.substr(0, text.find_first_of(" \t"))) == nullptr) {
    return {{}, "it does not begin with the type of a key, such as ssh-ed25519 (options are given with --options)"};
  }
  return {options.empty() ? std::string(text) : fmt::format("{} {}", options, text), {}};
}

KeyAddition plan_key_addition(const AccountEvidence& evidence, const std::string& line, const Context& context) {
  KeyAddition addition;
  const auto key = only_line(line, context);
  KeyFile alone;
  alone.path = stdin_name;
  alone.text = line + "\n";
  alone.key_lines = 1;
  const auto judged = judge_key_lines(evidence, alone, 0, context);
  addition.findings = judged.findings;
  const bool is_secret = key && (key->shows_private_key || key->fault == KeyLineFault::private_key);
  if (!key || key->key.type.empty() || judged.fates.unusable > 0 || is_secret) {
    addition.why_not = is_secret ? "there is a PRIVATE key in that line" : "sshd could never accept this key";
    return addition;
  }
  const auto* file = chosen_file(evidence);
  if (file == nullptr) {
    addition.why_not = why_no_file(evidence);
    return addition;
  }
  if (evidence.home.end == WalkEnd::found) addition.home = evidence.home.components.back().path;
  addition.path = file->walk.components.empty() ? file->path : file->walk.components.back().path;
  file->walk.end == WalkEnd::found ? add_to_file(*file, evidence, context, addition)
                                   : make_file(*file, evidence, addition);
  const auto owner = addition.judged ? addition.judged->uid : addition.made.uid;
  if (addition.why_not.empty() && !is_its_key_file(addition.path, owner, evidence, context.accounts)) {
    const bool is_private = is_private_to(addition.path, evidence, context.accounts);
    addition.why_not = fmt::format(
        "{} is {}", addition.path,
        is_private ? "root's, and a link leads there that the account may have made: the key can be put there by hand"
                   : "not this account's alone: a key in it may let in others, too");
  }
  if (addition.why_not.empty()) look_for_key(*key, context, addition);
  addition.after = with_line(addition.before, line);
  return addition;
}

}  // namespace sshaudit
