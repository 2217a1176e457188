// SPDX-License-Identifier: MIT
#include "cli/account_audit.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/account_database.h"
#include "gather/accounts.h"
#include "gather/host.h"
#include "gather/identity.h"
#include "gather/look_ups.h"
#include "gather/name_services.h"
#include "gather/pam.h"
#include "gather/pam_run.h"
#include "gather/selinux.h"
#include "parse/base64.h"
#include "parse/pattern.h"
#include "render/visible_text.h"
#include "rules/key_file_rules.h"
#include "rules/key_sources.h"
#include "rules/keys_command_rules.h"
#include "rules/pam_sentences.h"

namespace sshaudit {
namespace {

constexpr int clean = 0;
constexpr int found_something = 1;
constexpr int not_all_seen = 2;
constexpr std::size_t most_explained = 20;  // keys of one account: each takes a look at all lines

// What is to be typed has to act on the audited system. Here it would act on this one, and chroot(8) would run that
// system's programs: so there it is, in words.
void give_no_commands(std::vector<Finding>& findings) {
  for (auto& finding : findings) {
    auto& remedy = finding.detail.remedy;
    for (const auto& command : remedy.commands) {
      remedy.note += (remedy.note.empty() ? "in that system: " : "; ") + shell_line(command);
    }
    remedy.commands.clear();
  }
}

// What %t, %f and %k of AuthorizedKeysCommand stand for; nothing of a key that is not known.
std::optional<KeyTokens> tokens_of_key(const OfferedKey& key) {
  if (key.wire.empty()) return std::nullopt;
  return KeyTokens{std::string(key.key.type), key.fingerprint, encode_base64(key.wire)};
}

std::string forced_command_of(const Certificate& certificate) {
  const auto& options = certificate.critical_options;
  const auto found = std::ranges::find(options, "force-command", &CertificateOption::name);
  return found == options.end() ? std::string() : found->value;
}

// A fingerprint that a line of the account's has is the key of that line.
OfferedKey told_of(const OfferedKey& offered, const std::vector<OfferedKey>& keys) {
  if (!offered.key.type.empty()) return offered;
  const auto known = std::ranges::find_if(keys, [&](const auto& key) { return key.key.digest == offered.key.digest; });
  return known == keys.end() ? offered : *known;
}

}  // namespace

AccountAudit::AccountAudit(const Arguments& arguments, UserDatabase database)
    : arguments_(arguments), database_(std::move(database)), index_(database_), memberships_(arguments, index_) {}

Result<std::unique_ptr<AccountAudit>> AccountAudit::open(const Arguments& arguments) {
  const bool is_for_one = arguments.verb == Verb::explain && !arguments.all_users && arguments.root == "/";
  auto local = is_for_one ? LocalAccounts::open(arguments.users.front(), arguments.shadow) : std::nullopt;
  Result<UserDatabase> database = local ? local->own_rows() : open_account_database(arguments);
  if (!database) return tl::unexpected(database.error());
  std::unique_ptr<AccountAudit> audit(new AccountAudit(arguments, std::move(*database)));
  audit->local_ = std::move(local);
  if (auto done = audit->prepare(); !done) return tl::unexpected(done.error());
  if (auto done = audit->choose(); !done) return tl::unexpected(done.error());
  return audit;
}

Result<void> AccountAudit::prepare() {
  const auto choice = sshd_choice_of(arguments_, index_);
  if (!choice) return tl::unexpected(choice.error());
  sshd_.emplace(*choice);
  connection_ = connection_of(arguments_);
  const bool is_client_given = connection_ && connection_->address;
  if (connection_ && !is_client_given) connection_->address = connection_->host = connection_->local_address;
  settings_.emplace(*sshd_, connection_ ? &*connection_ : nullptr);
  const auto& version = server().version;
  context_.emplace(Context{index_, facts_of(version), &server(), key_grammar(version), seconds_now(),
                           is_client_given ? &*connection_ : nullptr,
                           arguments_.verb == Verb::keys || arguments_.verb == Verb::fix, arguments_.forecast_days,
                           &host_});
  host_ = gather_host_state(arguments_.root);
  add_pam_of(server().settings);
  add_host_to(context_->grammar, arguments_.root);
  const bool asks_for_services = arguments_.root == "/" && !directory_services("services").empty();
  if (asks_for_services && !list_services() && database_.not_listed.empty()) {
    database_.not_listed = "the name service did not answer";
  }
  revoked_.emplace(arguments_.root, context_->grammar);
  auto observer = AccountObserver::open(arguments_.root, context_->grammar);
  if (!observer) return tl::unexpected(observer.error());
  observer_.emplace(std::move(*observer));
  if (arguments_.automount) observer_->allow_automount();
  auto labels = arguments_.root == "/" ? label_source_of_host() : std::nullopt;
  if (labels) observer_->use_labels(std::move(*labels));
  if (arguments_.run_keys_command) {
    keys_command_.emplace(arguments_.root, context_->facts, server(),
                          [this](const PathWalk& program) { return why_program_is_unsafe(program, *context_); });
  }
  return {};
}

Result<void> AccountAudit::choose() {
  if (add_seen_people(arguments_, server().settings.authorized_keys_file, database_)) index_.update();
  if (!arguments_.all_users || !arguments_.users.empty()) {
    auto chosen = chosen_accounts(arguments_, index_, database_.not_listed);
    const bool is_unknown = !chosen && chosen.error().errnum == 0;
    if (is_unknown && arguments_.verb == Verb::explain) return {};  // which is explained
    if (!chosen) return tl::unexpected(chosen.error());
    named_ = std::move(*chosen);
    for (const auto& account : named_) accounts_.push_back(&account);
    return {};
  }
  for (const auto& account : database_.accounts) {
    if (index_.is_first_of_its_name(account)) accounts_.push_back(&account);
  }
  return {};
}

const std::vector<AccountCase>& AccountAudit::cases_of(const Account& account) {
  if (!settings_->asks_for_groups()) return settings_->of(account.name, {});
  return settings_->of(account.name, memberships_.names_of(account));
}

// Where a service knows who is in which group and is silent, nothing can be said of anybody: sshd would wait for it
// too. Otherwise one question tells that it answers, unless Match blocks ask for the groups of all.
Result<void> AccountAudit::ask_about_all() {
  cases_by_position_.assign(accounts_.size(), nullptr);
  const bool asks_for_all = memberships_.ask_services() && settings_->asks_for_groups();
  const auto first = accounts_.empty() ? accounts_ : std::vector{accounts_.front()};
  const bool asks = memberships_.ask_services() && !first.empty();
  const auto groups = asks ? group_names_of(asks_for_all ? accounts_ : first, arguments_.deadline) : GroupNames();
  if (!groups) {
    database_.not_listed = groups.error().what;
    if (!settings_->asks_for_groups()) std::ranges::for_each(accounts_, [this](auto* one) { cases_of(*one); });
    return tl::unexpected(groups.error());
  }
  for (std::size_t i = 0; i < accounts_.size(); ++i) {
    const auto& account = *accounts_[i];
    cases_by_position_[i] = asks_for_all ? &settings_->of(account.name, (*groups)[i]) : &cases_of(account);
  }
  return {};
}

std::vector<Finding> AccountAudit::findings() const { return audit_host(server(), database_, *context_); }

void AccountAudit::add_account_state(AccountEvidence& evidence) {
  evidence.groups = memberships_.names_of(evidence.account, evidence.identity);
  evidence.shadow_seen = database_.shadow_seen;
  const auto known = database_.shadow.find(evidence.account.name);
  if (known != database_.shadow.end()) {
    evidence.shadow = known->second;
  } else if (is_account_) {
    return;
  } else if (arguments_.root == "/" && database_.shadow_seen && (!arguments_.all_users || has_keys(evidence))) {
    observer_->act_as_root();
    const auto found = find_shadow(evidence.account.name);  // a directory that does not enumerate
    evidence.shadow_seen = found.has_value();
    if (found) evidence.shadow = *found;
  } else if (arguments_.root == "/" && !database_.shadow_seen && evidence.settings.use_pam &&
             evidence.account.uid == file_access_uid()) {
    // pam_unix asks for no more than that. Without PAM sshd asks for the password field, which is not told.
    evidence.shadow = ask_chage(evidence.account.name);
    evidence.shadow_seen = evidence.shadow.has_value();
  }
}

void AccountAudit::add_pam_of(const Settings& settings) {
  if (settings.use_pam) add_pam_to(host_, arguments_.root, settings.pam_service_name);
}

// Not where sshd does not run it either.
void AccountAudit::run_keys_command(AccountEvidence& evidence, const std::optional<KeyTokens>& key) {
  if (!keys_command_ || fate_of_keys_command(evidence, *context_) != KeysCommandFate::not_run) return;
  evidence.keys_command = keys_command_->run(evidence.account, evidence.settings, key);
}

AccountEvidence AccountAudit::observe(const Account& account, const AccountCase& one, Settings settings) {
  auto evidence = observer_->observe(account, memberships_.identity_of(account), std::move(settings), one.origin);
  if (lookout_ != nullptr) lookout_->at("");  // what it waits for from here on is no file
  const bool runs_programs = !one.settings.revoked_keys.empty() || keys_command_;
  if (runs_programs) observer_->forget_identity();
  add_account_state(evidence);
  add_pam_of(one.settings);
  if (!one.settings.revoked_keys.empty()) evidence.revocations = revoked_->look_up(evidence);
  run_keys_command(evidence, std::nullopt);
  return evidence;
}

AccountReport AccountAudit::audit(const Account& account) {
  std::vector<ConnectionReport> reports;
  for (const auto& one : cases_of(account)) {
    reports.push_back({one.connections, audit_account(observe(account, one, one.settings), *context_)});
  }
  auto report = merge_reports(std::move(reports));
  finish(report);
  return report;
}

void AccountAudit::finish(AccountReport& report) {
  if (arguments_.root != "/") give_no_commands(report.findings);
  census_.add(report);
}

// Of somebody who wants to log in.
AccountEvidence AccountAudit::evidence_of(const Account& account, const AccountCase& one) {
  auto evidence = observer_->observe(account, memberships_.identity_of(account), one.settings, one.origin);
  observer_->forget_identity();
  add_account_state(evidence);
  add_pam_of(one.settings);
  evidence.asked_about = true;
  if (local_) {
    local_->add_ids_of(evidence);
    database_ = local_->database();
    index_.update();
  }
  return evidence;
}

std::vector<Explanation> AccountAudit::explain(const Account& account, const std::optional<OfferedKey>& offered) {
  std::vector<Explanation> explanations;
  if (offered && offered->certificate) observer_->look_at_command(forced_command_of(*offered->certificate));
  for (const auto& one : cases_of(account)) {
    auto evidence = evidence_of(account, one);
    auto keys = keys_of(evidence, *context_);
    if (offered) keys = {told_of(*offered, keys)};
    if (keys.empty()) keys.emplace_back();
    const auto left_out = keys.size() - std::min(keys.size(), most_explained);
    keys.resize(keys.size() - left_out);
    for (const auto& key : keys) {
      if (!one.settings.revoked_keys.empty()) evidence.revocations = revoked_->look_up(evidence, &key);
      run_keys_command(evidence, tokens_of_key(key));
      explanations.push_back(explain_login(evidence, key, *context_));
      if (arguments_.run_pam && one.settings.use_pam) add_pam_run(evidence, explanations.back());
      auto& explanation = explanations.back();
      if (explanation.from.empty()) explanation.from = one.connections;
      if (explanation.outcome != Outcome::accepted) explanation.elsewhere = lookalikes_of(evidence, key, *context_);
    }
    if (left_out > 0) {
      explanations.back().elsewhere.push_back(
          fmt::format("{} more keys are in the key files: --key explains one of them", left_out));
    }
  }
  return explanations;
}

// What the modules themselves say, beside what was read of them.
void AccountAudit::add_pam_run(const AccountEvidence& evidence, Explanation& explanation) const {
  const auto stack = host_.pam_stacks.find(lower_case(evidence.settings.pam_service_name));
  if (stack == host_.pam_stacks.end() || arguments_.root != "/") return;
  const auto client = context_->connection == nullptr ? std::nullopt : context_->connection->address;
  const auto runs = run_pam_modules(stack->second, {evidence.account.name, client}, std::chrono::seconds(10));
  explanation.pam_modules = summary_of(runs).sentences;
}

std::vector<Finding> AccountAudit::compare_keys() { return audit_keys(census_, *context_); }

int exit_status(const Summary& summary, std::optional<Severity> fail_on) {
  if (!summary.complete) return not_all_seen;
  if (!fail_on) return clean;
  for (auto severity = static_cast<std::size_t>(*fail_on); severity < summary.findings.size(); ++severity) {
    if (summary.findings.at(severity) > 0) return found_something;
  }
  return clean;
}

}  // namespace sshaudit
