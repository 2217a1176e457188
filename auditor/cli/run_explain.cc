// SPDX-License-Identifier: MIT
#include "cli/run_explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "cli/account_audit.h"
#include "cli/question.h"
#include "cli/report_file.h"
#include "cli/supervised_audit.h"
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

// Looks at all accounts, in processes of their own: one that does not answer costs no more than its deadline.
void look_at_all(const Arguments& arguments, const std::function<void(const AccountReport& report)>& take,
                 std::vector<std::string>& words) {
  auto all = arguments;
  all.all_users = true;
  all.users.clear();
  const auto audit = AccountAudit::open(all);
  if (!audit) return;
  (*audit)->ask_about_all();
  std::size_t unseen = 0;
  const auto done = audit_accounts(all, **audit, [&](AccountReport& report, const auto&) -> Result<void> {
    const bool is_other = report.account.name != arguments.users.front();
    if (is_other && report.key_login == KeyLogin::unknown) ++unseen;
    take(report);
    return {};
  });
  if (!done) words.push_back("not all accounts were looked at: " + in_words(done.error()));
  if (unseen == 1) words.emplace_back("1 other account could not be looked at");
  if (unseen > 1) words.push_back(std::to_string(unseen) + " other accounts could not be looked at");
}

// The key may be somebody else's: all accounts are looked through, which nobody does for a key that is accepted.
void look_elsewhere(const Arguments& arguments, const OfferedKey& offered, std::vector<Explanation>& explanations) {
  const bool is_told = std::ranges::any_of(explanations, [](const Explanation& one) {
    return one.outcome == Outcome::accepted || !one.elsewhere.empty() || std::ranges::any_of(one.steps, [](auto& step) {
             return step.step == LoginStep::key_file && step.result != StepResult::absent;
           });
  });
  if (is_told) return;
  std::vector<std::string> words;
  std::size_t places = 0;
  const auto note_places = [&](const AccountReport& report) {
    if (report.account.name == arguments.users.front()) return;
    for (const auto& mention : report.mentions) {
      const bool is_it = mention.digest == offered.key.digest && mention.file < report.key_files.size();
      if (!is_it || ++places > most_places) continue;
      words.push_back(fmt::format("the key is one of {}: {}:{}", report.account.name, report.key_files[mention.file],
                                  mention.line));
    }
  };
  look_at_all(arguments, note_places, words);
  for (auto& one : explanations) one.elsewhere.insert(one.elsewhere.end(), words.begin(), words.end());
}

// Names like it, and who can log in by key at all.
std::vector<std::string> who_else(const Arguments& arguments) {
  std::vector<std::string> words;
  std::vector<std::string> names;
  std::string accepted;
  std::size_t count = 0;
  std::vector<std::string> unseen;
  const auto note_account = [&](const AccountReport& report) {
    names.push_back(report.account.name);
    if (report.key_login != KeyLogin::accepted || ++count > most_accounts) return;
    accepted += fmt::format("{}{} ({} {})", accepted.empty() ? "" : ", ", report.account.name, report.usable_keys,
                            report.usable_keys == 1 ? "key" : "keys");
  };
  look_at_all(arguments, note_account, unseen);
  const auto near = nearest(arguments.users.front(), {names.begin(), names.end()});
  if (!near.empty()) words.push_back("an account with a name like it: " + std::string(near));
  if (count > most_accounts) accepted += fmt::format(" and {} more", count - most_accounts);
  words.push_back(count == 0 ? "no account can log in by key" : "accounts that can log in by key: " + accepted);
  words.insert(words.end(), unseen.begin(), unseen.end());
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
