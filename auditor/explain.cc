// SPDX-License-Identifier: MIT
#include "explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "rules/account_rules.h"
#include "rules/host_rules.h"
#include "rules/key_sources.h"
#include "rules/login_words.h"
#include "rules/settings_rules.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

bool has(const std::vector<Finding>& findings, Effect effect) {
  return std::ranges::any_of(findings, [&](const Finding& one) { return one.rule->effect == effect; });
}

StepResult result_of(const std::vector<Finding>& findings) {
  if (has(findings, Effect::refuses)) return StepResult::refused;
  if (has(findings, Effect::unknown)) return StepResult::unknown;
  return has(findings, Effect::closes) ? StepResult::closes : StepResult::ok;
}

std::string client_in_words(const Connection* connection) {
  if (connection == nullptr || !connection->address) return {};
  const auto& host = connection->host;
  return host && *host != *connection->address ? fmt::format("{} ({})", *connection->address, *host)
                                               : *connection->address;
}

class Explainer {
 public:
  Explainer(const AccountEvidence& evidence, const OfferedKey& offered, const Context& context)
      : evidence_(evidence), settings_(evidence.settings), offered_(offered), context_(context) {
    found_ = judge_account(evidence, context);
    explanation_.user = evidence.account.name;
    explanation_.key = offered;
    explanation_.from = client_in_words(context.connection);
  }

  Explanation explain() {
    add_server();
    add(LoginStep::account, account_in_words(evidence_));
    add(LoginStep::lists, lists_in_words(evidence_));
    add_methods();
    add_policy();
    add_sources();
    if (evidence_.account.uid == 0) {
      add(LoginStep::root_login,
          fmt::format("PermitRootLogin {}{}", settings_.permit_root_login, place_of(evidence_, "permitrootlogin")));
    }
    add_pam();
    add(LoginStep::session, session_in_words(evidence_, command_));
    conclude();
    return std::move(explanation_);
  }

 private:
  // That an account has expired is for sshd itself to see, or for PAM.
  LoginStep step_of(const Finding& finding) const {
    const bool is_pams = settings_.use_pam && finding.rule->id == "account-expired";
    return is_pams ? LoginStep::pam : finding.rule->step;
  }

  // What the rules over the account found for a step.
  std::vector<Finding> take(LoginStep step) {
    std::vector<Finding> taken;
    for (auto& finding : found_) {
      if (step_of(finding) == step) taken.push_back(finding);
    }
    return taken;
  }

  ExplainedStep& add(LoginStep step, std::string text) {
    auto findings = take(step);
    const auto result = result_of(findings);
    return add({step, result, std::move(text), std::move(findings), {}, false});
  }

  ExplainedStep& add(ExplainedStep step) {
    explanation_.steps.push_back(std::move(step));
    return explanation_.steps.back();
  }

  // What holds for every login; only what keeps this one from being judged or let in.
  void add_server() {
    auto& step = add(LoginStep::server, "sshd");
    if (context_.server == nullptr) return;
    const auto& server = *context_.server;
    std::vector<Finding> found;
    for (const auto& rules : {config_rules(), named_file_rules(), server_rules()})
      judge(rules, server, context_, found);
    for (auto& finding : found) {
      const auto effect = finding.rule->effect;
      const bool is_of_command =
          finding.rule->step == LoginStep::keys_command && finding.rule->severity == Severity::error;
      if (is_of_command) of_keys_command_.push_back(finding);  // sshd may never come to it
      if (is_of_command || (effect != Effect::refuses && effect != Effect::unknown)) continue;
      if (finding.rule->step == LoginStep::revoked) {
        of_revoked_.push_back(std::move(finding));
      } else {
        step.findings.push_back(std::move(finding));
      }
    }
    step.result = result_of(step.findings);
    const auto version = server.version.text.empty() ? std::string("sshd of an unknown version") : server.version.text;
    step.text = fmt::format("{}, {}", version,
                            server.config.empty() ? std::string("without a configuration file") : server.config);
  }

  void add_pam() {
    if (!settings_.use_pam) {
      add(LoginStep::pam, "UsePAM is no: PAM is not asked");
      return;
    }
    const auto stack = fmt::format("the account stack of the PAM service {}", settings_.pam_service_name);
    auto& step = add(LoginStep::pam, stack);
    if (step.result == StepResult::ok) step.text += " lets it in";
  }

  // A key that is one factor of several does not let anybody in by itself.
  void add_methods() {
    const auto& lists = settings_.authentication_methods;
    const auto words = fmt::format("{}", fmt::join(lists, " "));
    auto& step =
        add(LoginStep::methods, fmt::format("PubkeyAuthentication {}{}", settings_.pubkey_authentication ? "yes" : "no",
                                            place_of(evidence_, "pubkeyauthentication")));
    if (lists.empty()) return;
    step.text += fmt::format(", AuthenticationMethods {}{}", words, place_of(evidence_, "authenticationmethods"));
    if (step.result != StepResult::ok || std::ranges::find(lists, "publickey") != lists.end()) return;
    step.result = StepResult::refused;
    step.text += ": a key alone is not enough";
  }

  // PubkeyAcceptedAlgorithms and its kin, then RevokedKeys.
  void add_policy() {
    auto of_algorithm = take(LoginStep::algorithm);
    for (auto& finding : judge_offered_key(evidence_, offered_, context_)) {
      (finding.rule->step == LoginStep::revoked ? of_revoked_ : of_algorithm).push_back(std::move(finding));
    }
    const auto result = offered_.key.type.empty() ? StepResult::skipped : result_of(of_algorithm);
    add({LoginStep::algorithm,
         result,
         algorithm_in_words(evidence_, offered_, context_),
         std::move(of_algorithm),
         {},
         false});
    std::ranges::move(take(LoginStep::revoked), std::back_inserter(of_revoked_));
    const auto& files = settings_.revoked_keys;
    const auto text = files.empty()
                          ? std::string("RevokedKeys is not set")
                          : fmt::format("RevokedKeys {}{}", fmt::join(files, " "), place_of(evidence_, "revokedkeys"));
    const auto revoked = result_of(of_revoked_);
    add({LoginStep::revoked, revoked, text, std::move(of_revoked_), {}, false});
  }

  void add_sources() {
    if (context_.facts.files_first) add_key_files();
    if (offered_.certificate) add_source(LoginStep::trusted_ca, look_among_authorities(evidence_, offered_, context_));
    if (!settings_.authorized_keys_command.empty()) {
      auto verdict = look_in_command(evidence_, offered_, context_);
      std::ranges::move(of_keys_command_, std::back_inserter(verdict.findings));
      add_source(LoginStep::keys_command, std::move(verdict));
    }
    if (!context_.facts.files_first) add_key_files();
  }

  void add_key_files() {
    ScanPosition position = 0;
    auto of_account = take(LoginStep::key_file);
    is_ended_ = std::ranges::any_of(of_account, [](auto& one) { return one.rule->id == "key-file-name-invalid"; });
    for (const auto& file : evidence_.key_files) {
      const KeyFileSubject subject{evidence_, file, strict_modes_faults(file, evidence_, context_, position)};
      auto& step = add_source(LoginStep::key_file, look_in_key_file(subject, offered_, context_));
      if (has(of_account, Effect::unknown) && step.result == StepResult::absent) step.result = StepResult::unknown;
      std::ranges::move(std::exchange(of_account, {}), std::back_inserter(step.findings));
    }
    if (evidence_.key_files.empty()) {
      const auto result = has(of_account, Effect::refuses) ? StepResult::refused : StepResult::absent;
      const auto text = fmt::format("AuthorizedKeysFile{} names no file", place_of(evidence_, "authorizedkeysfile"));
      add({LoginStep::key_file, result, text, std::move(of_account), {}, false});
    }
  }

  void accept(SourceVerdict& verdict) {
    accepted_ = true;
    for (auto* findings : {&verdict.of_root_login, &verdict.of_session}) {
      std::ranges::move(*findings, std::back_inserter(found_));
    }
    command_ = verdict.line ? verdict.line->options.command : std::nullopt;
  }

  // What sshd does not come to any more is skipped.
  ExplainedStep& add_source(LoginStep step, SourceVerdict verdict) {
    if (accepted_) return add({step, StepResult::skipped, verdict.text + ": not asked any more", {}, {}, false});
    auto& added = add(
        {step, verdict.result, std::move(verdict.text), std::move(verdict.findings), std::move(verdict.path), false});
    if (added.result == StepResult::ok) accept(verdict);
    return added;
  }

  static bool is_source(LoginStep step) {
    return step == LoginStep::key_file || step == LoginStep::trusted_ca || step == LoginStep::keys_command;
  }

  // What all sources come to together: one that lets the key in is enough.
  StepResult of_sources() const {
    if (is_ended_) return StepResult::refused;
    if (accepted_) return StepResult::ok;
    const auto unsure = [](const ExplainedStep& one) {
      return is_source(one.step) && one.result == StepResult::unknown;
    };
    return std::ranges::any_of(explanation_.steps, unsure) ? StepResult::unknown : StepResult::refused;
  }

  // The source that was to let the key in: one that refuses it, or about which there is something to say, or the first.
  ExplainedStep* telling_source() {
    ExplainedStep* told = nullptr;
    const auto weight = [](const ExplainedStep& step) {
      return step.result == StepResult::refused ? 2 : step.findings.empty() ? 0 : 1;
    };
    for (auto& step : explanation_.steps) {
      if (!is_source(step.step) || step.result == StepResult::skipped) continue;
      if (told == nullptr || weight(step) > weight(*told)) told = &step;
    }
    return told;
  }

  void conclude() {
    auto outcome = StepResult::ok;
    ExplainedStep* refusal = nullptr;
    bool sources_are_counted = false;
    const auto count = [&](StepResult result, ExplainedStep* step) {
      if (outcome == StepResult::refused) return;
      if (result == StepResult::refused || (result == StepResult::unknown && outcome != StepResult::unknown) ||
          (result == StepResult::closes && outcome == StepResult::ok)) {
        outcome = result;
        refusal = step;
      }
    };
    for (auto& step : explanation_.steps) {
      if (!is_source(step.step)) {
        count(step.result, &step);
      } else if (!std::exchange(sources_are_counted, true)) {
        count(of_sources(), telling_source());
      }
    }
    if (refusal != nullptr) refusal->is_first_refusal = true;
    explanation_.outcome = outcome == StepResult::refused   ? Outcome::refused
                           : outcome == StepResult::unknown ? Outcome::unknown
                           : outcome == StepResult::closes  ? Outcome::closes
                                                            : Outcome::accepted;
  }

  const AccountEvidence& evidence_;
  const Settings& settings_;
  const OfferedKey& offered_;
  const Context& context_;
  Explanation explanation_;
  std::vector<Finding> found_;
  std::vector<Finding> of_revoked_;
  std::vector<Finding> of_keys_command_;  // why sshd does not run it, for anybody
  bool accepted_ = false;
  bool is_ended_ = false;               // sshd ends the connection when it comes to the key files
  std::optional<std::string> command_;  // of the line that let the key in
};

}  // namespace

Explanation explain_login(const AccountEvidence& evidence, const OfferedKey& offered, const Context& context) {
  return Explainer(evidence, offered, context).explain();
}

Explanation explain_unknown_user(const std::string& user, const OfferedKey& offered, const Context& context) {
  Explanation explanation;
  explanation.user = user;
  explanation.key = offered;
  explanation.from = client_in_words(context.connection);
  explanation.outcome = Outcome::refused;
  ExplainedStep step{LoginStep::account,
                     StepResult::refused,
                     "there is no account of this name; sshd logs: Invalid user",
                     {},
                     {},
                     true};
  explanation.steps.push_back(std::move(step));
  return explanation;
}

}  // namespace sshaudit
