// SPDX-License-Identifier: MIT
#include "rules/keys_command_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "parse/authorized_keys.h"
#include "parse/keys_command.h"
#include "rules/account_rules.h"
#include "rules/settings_rules.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

using Details = std::vector<Detail>;

bool has_no_such_user(const Settings& settings, const Context& context) {
  if (context.server == nullptr) return false;
  const auto words = split_command(settings.authorized_keys_command, context.facts);
  const auto& user = settings.authorized_keys_command_user;
  const auto behind = words ? supplying_user(*words, user) : user;
  const auto is_it = [&](const KeysCommand& known) {
    return !known.user_exists && known.text == settings.authorized_keys_command &&
           (known.user == user || known.user == behind);
  };
  return std::ranges::any_of(context.server->keys_commands, is_it);
}

// Root sees the program even where the user of the command does not; that shows when it is run.
bool is_unsafe(const AccountEvidence& evidence, const Context& context) {
  if (!evidence.origin) return false;
  const auto& files = evidence.origin->named_files;
  return std::ranges::any_of(files, [&](const NamedFile& file) {
    const auto& walk = file.walk;
    const bool seen = walk.end != WalkEnd::unseen && walk.end != WalkEnd::automount && walk.errnum != EACCES;
    return file.keyword == "authorizedkeyscommand" && seen && !why_program_is_unsafe(walk, context).empty();
  });
}

KeysCommandFate fate_of_run(const std::optional<KeysCommandRun>& run) {
  if (!run || run->end == KeysCommandEnd::not_run) return KeysCommandFate::not_run;
  if (run->end == KeysCommandEnd::skipped) return KeysCommandFate::none;
  const bool done = run->end == KeysCommandEnd::exited && run->status == 0;
  return done ? KeysCommandFate::printed : KeysCommandFate::failed;
}

// Some exit with an error where an account has no keys; to be ended or not to be found is never meant.
bool is_broken(const KeysCommandRun& run) {
  constexpr int not_executable = 126;
  return run.end != KeysCommandEnd::exited || run.status >= not_executable;
}

std::string source_in_words(const std::string& command, const Context& context) {
  const auto words = split_command(command, context.facts);
  const auto* const known = words ? known_command(supplying_words(*words)) : nullptr;
  return known == nullptr ? std::string() : fmt::format(" ({}: keys come from {})", known->name, known->source);
}

Details keys_command_unasked(const KeysCommandSubject& subject, const Context& context) {
  const auto& evidence = subject.evidence;
  const bool matters = !subject.files_accept && (subject.files_refuse || evidence.asked_about);
  if (!matters || fate_of_keys_command(evidence, context) != KeysCommandFate::not_run) return {};
  const auto& command = evidence.settings.authorized_keys_command;
  const auto reason = evidence.keys_command ? evidence.keys_command->reason : std::string("it was not run");
  return {
      {.path = {},
       .message = fmt::format("its key files let no key in, and what AuthorizedKeysCommand {}{} says is not known"
                              "{}: {}",
                              shown(command), place_of(evidence, "authorizedkeyscommand"),
                              source_in_words(command, context), reason),
       .expected = "the keys that the command prints",
       .actual = reason,
       .remedy = {{},
                  evidence.keys_command ? "see what it prints for the account, run as " + evidence.keys_command->user
                                        : "run it: sshaudit --run-keys-command " + evidence.account.name}}};
}

std::string end_in_words(const KeysCommandRun& run) {
  const auto words = run.last_words.empty() ? std::string() : fmt::format(" (\"{}\")", shown(run.last_words));
  if (run.end == KeysCommandEnd::timed_out) return "does not end in time" + words;
  if (run.end == KeysCommandEnd::signalled) return fmt::format("is ended by signal {}{}", run.status, words);
  return fmt::format("exits with status {}{}", run.status, words);
}

std::string end_in_log(const KeysCommandRun& run) {
  if (run.end == KeysCommandEnd::timed_out) return {};
  const bool by_signal = run.end == KeysCommandEnd::signalled;
  return fmt::format("AuthorizedKeysCommand {} {} {}", run.command, by_signal ? "exited on signal" : "failed, status",
                     run.status);
}

Details keys_command_failed(const KeysCommandSubject& subject, const Context& context) {
  const auto& evidence = subject.evidence;
  if (fate_of_keys_command(evidence, context) != KeysCommandFate::failed) return {};
  const auto& run = *evidence.keys_command;
  const bool has_keys = run.key_lines > 0;
  const bool matters = has_keys || subject.files_refuse || evidence.asked_about;
  if (!matters && !(is_broken(run) && is_expected(evidence))) return {};
  return {
      {.path = {},
       .message = fmt::format("AuthorizedKeysCommand {}{} {} when it runs as {}: {}", shown(run.command),
                              place_of(evidence, "authorizedkeyscommand"), end_in_words(run), run.user,
                              has_keys ? "the keys that it prints do not count" : "it supplies no keys"),
       .sshd_logs = end_in_log(run),
       .expected = "exit status 0",
       .actual = end_in_words(run),
       .remedy = {{},
                  fmt::format("run it as {} with nothing but PATH, USER, LOGNAME and HOME in its environment: files "
                              "that only others may read, or a program that is not in PATH, show then",
                              run.user)}}};
}

constexpr auto step = LoginStep::keys_command;

using R = Rule<KeysCommandSubject>;
const std::array account_rows = {
    R{{"keys-command-unasked", Subject::account, Effect::unknown, Severity::notice,
       "AuthorizedKeysCommand may let in keys that the key files do not.",
       "sshd goes on to it when no key file has the key. It belongs to somebody else and is not run unless that is "
       "asked for. (OpenSSH auth2-pubkey.c: user_key_allowed)",
       "Run it: sshaudit --run-keys-command USER", step},
      keys_command_unasked},
    R{{"keys-command-failed", Subject::key_file, Effect::refuses, Severity::error,
       "AuthorizedKeysCommand fails for the account: the keys that it prints do not count.",
       "sshd discards all of the output when the command does not exit with 0, even when the key was in it. (OpenSSH "
       "misc.c: exited_cleanly)",
       "Run it as AuthorizedKeysCommandUser with a bare environment, and see what it says.", step},
      keys_command_failed},
};

// The text with every line emptied that does not name the key, so that lines keep their numbers.
std::string only_lines_with(const std::string& text, const KeyDigest& key, const KeyGrammar& grammar) {
  std::vector<std::size_t> numbers;
  const auto is_it = [&](const PublicKey& other) { return !other.type.empty() && other.digest == key; };
  read_key_lines(text, grammar, [&](const AuthorizedKey& line) {
    if (is_it(line.key) || is_it(line.meant)) numbers.push_back(line.line);
  });
  std::string kept;
  std::size_t number = 1;
  auto next = numbers.begin();
  for (std::size_t at = 0; next != numbers.end() && at < text.size(); ++number) {
    const auto end = std::min(text.find('\n', at), text.size());
    if (number == *next) {
      kept.append(text, at, end - at);
      ++next;
    }
    kept += '\n';
    at = end + 1;
  }
  return kept;
}

}  // namespace

KeysCommandFate fate_of_keys_command(const AccountEvidence& evidence, const Context& context) {
  const auto& settings = evidence.settings;
  if (settings.authorized_keys_command.empty() || settings.authorized_keys_command_user.empty())
    return KeysCommandFate::none;
  if (!unknown_token_of_user(settings.authorized_keys_command_user).empty()) return KeysCommandFate::ends_connection;
  const auto words = split_command(settings.authorized_keys_command, context.facts);
  if (has_no_such_user(settings, context) || !words || words->empty()) return KeysCommandFate::none;
  if (!tokens_of(*words, context.facts).unknown.empty()) return KeysCommandFate::ends_connection;
  if (supplying_words(*words).empty() || is_unsafe(evidence, context)) return KeysCommandFate::none;
  return fate_of_run(evidence.keys_command);
}

bool gets_keys_from_command(const AccountEvidence& evidence, const Context& context) {
  const auto fate = fate_of_keys_command(evidence, context);
  return fate == KeysCommandFate::not_run || (fate == KeysCommandFate::printed && evidence.keys_command->key_lines > 0);
}

KeyFile printed_keys(const AccountEvidence& evidence) {
  KeyFile file;
  file.path = evidence.settings.authorized_keys_command;
  if (!evidence.keys_command) return file;
  file.text = evidence.keys_command->printed;
  file.truncated = evidence.keys_command->truncated;
  file.key_lines = evidence.keys_command->key_lines;
  return file;
}

KeysCommandAnswer ask_keys_command(const AccountEvidence& evidence, const KeyDigest& key, const Context& context) {
  KeysCommandAnswer answer;
  answer.fate = fate_of_keys_command(evidence, context);
  if (answer.fate != KeysCommandFate::printed && answer.fate != KeysCommandFate::failed) return answer;
  auto file = printed_keys(evidence);
  file.text = only_lines_with(file.text, key, context.grammar);
  answer.lines = judge_key_lines(evidence, file, 0, context);
  return answer;
}

std::span<const Rule<KeysCommandSubject>> keys_command_rules() { return account_rows; }

}  // namespace sshaudit
