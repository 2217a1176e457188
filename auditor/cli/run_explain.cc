// SPDX-License-Identifier: MIT
#include "cli/run_explain.h"

#include <unistd.h>

#include <algorithm>

#include "cli/account_audit.h"
#include "cli/progress.h"
#include "cli/report_file.h"
#include "cli/text_style.h"
#include "gather/read_file.h"
#include "parse/certificate.h"
#include "parse/connection_notes.h"
#include "parse/near_word.h"
#include "render/explanation.h"
#include "rules/key_sources.h"

namespace sshaudit {
namespace {

constexpr std::size_t largest_key = 64UL * 1024;
constexpr std::size_t most_places = 10;
constexpr std::size_t most_accounts = 20;

Result<std::optional<OfferedKey>> offered_key(const Arguments& arguments) {
  if (arguments.key.empty()) return std::nullopt;
  if (arguments.key.starts_with("SHA256:")) {
    auto known = key_of_fingerprint(arguments.key);
    if (!known) return tl::unexpected(Error{"--key: no fingerprint as ssh-keygen -l prints it", arguments.key, 0});
    return named(std::move(*known));
  }
  const auto text = read_file(arguments.key, largest_key);
  if (!text) return tl::unexpected(Error{"--key", arguments.key, text.error().errnum});
  auto offered = parse_offered_key(*text);
  if (!offered) return tl::unexpected(Error{"--key: " + offered.error().what, arguments.key, 0});
  return named(std::move(*offered));
}

// The key may be somebody else's: all accounts are looked through, which nobody does for a key that is accepted.
void look_elsewhere(const Arguments& arguments, const OfferedKey& offered, std::vector<Explanation>& explanations) {
  const bool is_told = std::ranges::any_of(explanations, [](const Explanation& one) {
    return one.outcome == Outcome::accepted || !one.elsewhere.empty() || std::ranges::any_of(one.steps, [](auto& step) {
             return step.step == LoginStep::key_file && step.result != StepResult::absent;
           });
  });
  if (is_told) return;
  auto all = arguments;
  all.all_users = true;
  all.users.clear();
  const auto audit = AccountAudit::open(all);
  if (!audit) return;
  Progress progress(isatty(STDERR_FILENO) == 1 && !arguments.quiet, (*audit)->accounts().size());
  std::vector<std::string> places;
  for (const auto* account : (*audit)->accounts()) {
    progress.step();
    if (account->name == arguments.users.front()) continue;
    for (const auto& place : (*audit)->places_of(*account, offered.key.digest)) {
      if (places.size() < most_places) places.push_back("the key is one of " + account->name + ": " + place);
    }
  }
  for (auto& one : explanations) one.elsewhere.insert(one.elsewhere.end(), places.begin(), places.end());
}

// Names like it, and who can log in by key at all.
std::vector<std::string> who_else(const Arguments& arguments) {
  auto all = arguments;
  all.all_users = true;
  all.users.clear();
  std::vector<std::string> words;
  const auto audit = AccountAudit::open(all);
  if (!audit) return words;
  std::vector<std::string_view> names;
  std::string accepted;
  std::size_t count = 0;
  for (const auto* account : (*audit)->accounts()) {
    names.push_back(account->name);
    const auto report = (*audit)->audit(*account);
    if (report.key_login != KeyLogin::accepted || ++count > most_accounts) continue;
    accepted += (accepted.empty() ? "" : ", ") + account->name + " (" + std::to_string(report.usable_keys) +
                (report.usable_keys == 1 ? " key)" : " keys)");
  }
  const auto near = nearest(arguments.users.front(), names);
  if (!near.empty()) words.push_back("an account with a name like it: " + std::string(near));
  if (count > most_accounts) accepted += " and " + std::to_string(count - most_accounts) + " more";
  words.push_back(count == 0 ? "no account can log in by key" : "accounts that can log in by key: " + accepted);
  return words;
}

int status_of(const std::vector<Explanation>& explanations) {
  const auto any = [&](Outcome outcome) {
    return std::ranges::find(explanations, outcome, &Explanation::outcome) != explanations.end();
  };
  if (any(Outcome::unknown)) return 2;
  return any(Outcome::accepted) ? 0 : 1;
}

}  // namespace

Result<int> run_explain(const Arguments& arguments) {
  auto output = ReportFile::open(arguments.output);
  if (!output) return tl::unexpected(output.error());
  const auto audit = AccountAudit::open(arguments);
  if (!audit) return tl::unexpected(audit.error());
  const auto offered = offered_key(arguments);
  if (!offered) return tl::unexpected(offered.error());
  std::vector<Explanation> explanations;
  if ((*audit)->accounts().empty()) {
    explanations.push_back(
        explain_unknown_user(arguments.users.front(), offered->value_or(OfferedKey{}), (*audit)->context()));
    explanations.back().elsewhere = who_else(arguments);
  } else {
    explanations = (*audit)->explain(*(*audit)->accounts().front(), *offered);
    if (*offered && !(*offered)->certificate) look_elsewhere(arguments, **offered, explanations);
  }
  const auto text = arguments.format == Format::json ? render_explanations_json(arguments.users.front(), explanations)
                                                     : render_explanations(explanations, text_style(arguments));
  auto done = output->write(text);
  if (done) done = output->finish();
  if (!done) return tl::unexpected(done.error());
  return status_of(explanations);
}

}  // namespace sshaudit
