// SPDX-License-Identifier: MIT
#include "gather/keys_command.h"

#include <paths.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "gather/foreign_program.h"
#include "gather/look_ups.h"
#include "gather/read_file.h"
#include "parse/key_lines.h"
#include "parse/sshd_version.h"

namespace sshaudit {
namespace {

constexpr std::chrono::seconds deadline{10};
constexpr std::chrono::seconds quick{1};  // a run that counts for nothing
constexpr std::chrono::seconds patience_for_all{30};
constexpr std::size_t largest_environment = 64UL * 1024;

// sshd hands its own LANG on.
std::string language_of(const Server& server) {
  if (!server.running) return {};
  auto text = read_file("/proc/" + std::to_string(server.running->pid) + "/environ", largest_environment).value_or("");
  text.insert(0, 1, '\0');
  const auto at = text.find(std::string("\0LANG=", 6));
  return at == std::string::npos ? std::string() : std::string(text.c_str() + at + 1);
}

// The path that is compiled in.
std::string search_path(const SshdVersion& version) {
  const bool is_rhels_own = version.vendor == Vendor::rhel && version.major >= 8;
  return is_rhels_own ? "/usr/local/bin:/usr/bin:/usr/local/sbin:/usr/sbin" : _PATH_STDPATH;
}

KeysCommandRun not_run(KeysCommandRun run, std::string reason) {
  run.end = KeysCommandEnd::not_run;
  run.reason = std::move(reason);
  return run;
}

KeysCommandRun skipped(KeysCommandRun run, std::string reason) {
  run.end = KeysCommandEnd::skipped;
  run.reason = std::move(reason);
  return run;
}

void keep(ForeignOutcome outcome, KeysCommandRun& run) {
  constexpr int not_found = 127;
  using End = ForeignOutcome::End;
  run.status = outcome.status;
  run.last_words = std::move(outcome.last_words);
  run.printed = std::move(outcome.out);
  run.truncated = outcome.truncated;
  if (run.truncated) run.printed.resize(run.printed.rfind('\n') + 1);  // what is left of a line says nothing
  run.key_lines = count_key_lines(run.printed);
  run.end = KeysCommandEnd::exited;
  if (outcome.end == End::signalled) run.end = KeysCommandEnd::signalled;
  if (outcome.end == End::timed_out) run.end = KeysCommandEnd::timed_out;
  if (outcome.end == End::not_started) {
    run.last_words = std::string("execve: ") + std::strerror(outcome.status);
    run.status = not_found;
  }
  if (outcome.end == End::not_reachable) {
    run.end = KeysCommandEnd::skipped;
    run.reason = run.user + " cannot reach it: " + std::strerror(outcome.status);
  }
}

}  // namespace

void note_keys_command(Server& server, const Settings& settings, const ConfigPlaces& places,
                       const std::function<bool(const std::string& user)>& exists) {
  if (settings.authorized_keys_command.empty()) return;
  KeysCommand command{settings.authorized_keys_command, settings.authorized_keys_command_user, {}, true};
  if (const auto place = places.find("authorizedkeyscommand"); place != places.end()) command.place = place->second;
  const auto is_same = [&](const KeysCommand& other) {
    return other.text == command.text && other.user == command.user && other.place == command.place;
  };
  if (std::ranges::any_of(server.keys_commands, is_same)) return;
  const bool is_one_name = !command.user.empty() && command.user.find('%') == std::string::npos;
  command.user_exists = !is_one_name || exists(command.user);
  const auto words = split_command(command.text, facts_of(server.version));
  const auto behind = words ? supplying_user(*words, command.user) : command.user;  // of --then-user
  if (behind != command.user && !exists(behind)) {
    command.user = behind;
    command.user_exists = false;
  }
  server.keys_commands.push_back(std::move(command));
}

KeysCommandRunner::KeysCommandRunner(std::string root, const SshdFacts& facts, const Server& server,
                                     SafetyCheck why_unsafe)
    : root_(std::move(root)),
      facts_(facts),
      server_(server),
      why_unsafe_(std::move(why_unsafe)),
      language_(language_of(server)) {}

std::string KeysCommandRunner::why_not_answered(const CommandTokens& tokens, bool has_key) const {
  if (root_ != "/") return "nothing of another system is run";
  if (tokens.key && !has_key) return "it answers only for a key that is offered (%t, %f, %k)";
  if (tokens.connection) return "it answers only for a connection (%C, %D)";
  return waited_ >= patience_for_all ? "it took too long for other accounts" : "";
}

KeysCommandRun KeysCommandRunner::run(const Account& account, const Settings& settings,
                                      const std::optional<KeyTokens>& key) {
  const auto& text = settings.authorized_keys_command;
  KeysCommandRun run{.command = text, .user = expand_command_user(settings.authorized_keys_command_user, account)};
  const auto words = split_command(text, facts_);
  if (!words || words->empty()) return skipped(run, "its quotes have no end");
  if (supplying_words(*words).empty()) return skipped(run, "it supplies no keys");
  const auto tokens = tokens_of(*words, facts_);
  const bool ends_connection =
      !tokens.unknown.empty() || !unknown_token_of_user(settings.authorized_keys_command_user).empty();
  if (ends_connection) return skipped(run, "it has a token that sshd does not know");
  if (run.user.empty()) return skipped(run, "AuthorizedKeysCommandUser is not set");
  if (auto why = why_not_answered(tokens, key.has_value()); !why.empty()) return not_run(run, std::move(why));
  // This project's own logger would take it for a login: what stands behind it is run in its place.
  const auto argv = supplying_words(expand_command(*words, account, key.value_or(KeyTokens{})));
  const auto user = supplying_user(*words, run.user);
  if (last_.command == command_in_log(argv) && last_.user == user) return last_;
  last_ = run_words(words->front(), argv, account, user);
  return last_;
}

KeysCommandRun KeysCommandRunner::run_words(const std::string& program, const CommandWords& argv,
                                            const Account& account, const std::string& user) {
  KeysCommandRun run{.command = command_in_log(argv), .user = user};
  const auto found = user == account.name ? Result<std::optional<Account>>(account) : find_account(user);
  if (!found) return not_run(run, "whether there is an account " + user + " is not known");
  if (!*found) return skipped(run, "there is no account " + user);
  auto resolver = PathResolver::open(root_);
  if (!resolver) return not_run(run, "/ cannot be looked at");
  if (auto why = why_unsafe_(walk_of(program, resolver->resolve(program))); !why.empty()) return skipped(run, why);
  const bool is_possible = geteuid() == 0 || geteuid() == (*found)->uid;
  if (!is_possible) return not_run(run, "only root can run it as " + user);
  run_as_user(argv, **found, run);
  return run;
}

void KeysCommandRunner::run_as_user(const CommandWords& argv, const Account& user, KeysCommandRun& run) {
  ForeignProgram program;
  program.argv = argv;
  program.environment = {"PATH=" + search_path(server_.version), "USER=" + user.name, "LOGNAME=" + user.name,
                         "HOME=" + user.home};
  if (!language_.empty()) program.environment.push_back(language_);
  program.identity = {user.uid, user.gid, {}};
  if (facts_.groups_of_commands) program.identity.supplementary = supplementary_groups_of(user);
  program.deadline = deadline;
  const auto start = std::chrono::steady_clock::now();
  auto outcome = run_as(program);
  if (!outcome) {
    run = not_run(run, outcome.error().what + ": " + std::strerror(outcome.error().errnum));
    return;
  }
  const auto took = std::chrono::steady_clock::now() - start;
  if (took > quick) waited_ += took;
  keep(std::move(*outcome), run);
}

}  // namespace sshaudit
