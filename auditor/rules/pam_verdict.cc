// SPDX-License-Identifier: MIT
#include "rules/pam_verdict.h"

#include <algorithm>

#include "parse/pam_files.h"
#include "parse/pattern.h"

namespace sshaudit {
namespace {

PamCodes admitted_codes() { return any_of({PamCode::success, PamCode::new_authtok_reqd}); }

bool all_refuse(const PamCodes& codes) { return (codes & admitted_codes()).none(); }
bool some_refuse(const PamCodes& codes) { return (codes & ~admitted_codes()).any(); }

// One way through the stack, with the answers of all modules.
class Trial {
 public:
  Trial(const PamStack& stack, std::vector<PamAnswer> answers) : stack_(stack), answers_(std::move(answers)) {}

  PamOutcomes outcomes() const {
    std::vector<PamCodes> codes;
    codes.reserve(answers_.size());
    for (const auto& answer : answers_) codes.push_back(answer.usual);
    return run_through(stack_.account, codes);
  }

  // With every other module saying success, but those that never do.
  PamOutcomes outcomes_with(std::optional<std::size_t> only_module) const {
    std::vector<PamCodes> codes;
    for (std::size_t at = 0; at < answers_.size(); ++at) {
      const bool stays = at == only_module || module_name(stack_.account[at].module) == "pam_deny";
      codes.push_back(stays ? answers_[at].usual : only(PamCode::success));
    }
    return run_through(stack_.account, codes);
  }

  PamObjection objection(std::size_t at) const {
    const auto& answer = answers_[at];
    PamObjection objection{&stack_.account[at], PamCode::success, answer};
    for (std::size_t code = 0; code < pam_code_count; ++code) {
      const bool refuses = answer.usual.test(code) && !is_admitted(static_cast<PamCode>(code));
      if (!refuses) continue;
      objection.code = static_cast<PamCode>(code);
      if (objection.code != PamCode::ignore) break;
    }
    return objection;
  }

  void find_objections(const PamOutcomes& outcomes, PamVerdict& verdict) const;

 private:
  bool is_worth_asking(std::size_t at) const {
    const bool is_module = stack_.account[at].kind != PamEntry::Kind::substack;
    return is_module && answers_[at].usual != only(PamCode::success);
  }
  void blame_decider(const PamOutcomes& outcomes, std::vector<PamObjection>& objections) const;

  const PamStack& stack_;
  std::vector<PamAnswer> answers_;
};

// The module whose answer the first refusing code is.
void Trial::blame_decider(const PamOutcomes& outcomes, std::vector<PamObjection>& objections) const {
  for (std::size_t code = 0; code < pam_code_count; ++code) {
    if (!outcomes.codes.test(code) || is_admitted(static_cast<PamCode>(code))) continue;
    const auto decider = outcomes.decided_by.at(code);
    if (decider == no_module) continue;
    objections.push_back(objection(static_cast<std::size_t>(decider)));
    return;
  }
}

// A module is a cause when the stack would refuse though nobody else objected.
void Trial::find_objections(const PamOutcomes& outcomes, PamVerdict& verdict) const {
  const bool is_refused = all_refuse(outcomes.codes);
  auto& objections = is_refused ? verdict.causes : verdict.doubts;
  if (!all_refuse(outcomes_with(std::nullopt).codes)) {
    for (std::size_t at = 0; at < answers_.size(); ++at) {
      if (!is_worth_asking(at)) continue;
      const auto codes = outcomes_with(at).codes;
      if (is_refused ? all_refuse(codes) : some_refuse(codes)) objections.push_back(objection(at));
    }
  }
  if (objections.empty()) blame_decider(outcomes, objections);
}

}  // namespace

const PamStack* pam_stack_of(const AccountEvidence& evidence, const Context& context) {
  if (!evidence.settings.use_pam || context.host == nullptr) return nullptr;
  const std::string_view name = evidence.settings.pam_service_name;
  const auto& stacks = context.host->pam_stacks;
  const auto found = stacks.find(lower_case(name.substr(name.rfind('/') + 1)));
  return found == stacks.end() ? nullptr : &found->second;
}

bool is_pam_unix(const PamEntry& entry) { return module_name(entry.module) == "pam_unix" && !entry.is_missing; }

bool is_admitted(PamCode code) { return code == PamCode::success || code == PamCode::new_authtok_reqd; }

bool PamVerdict::refuses() const { return stack != nullptr && all_refuse(codes); }
bool PamVerdict::may_refuse() const { return stack != nullptr && !all_refuse(codes) && some_refuse(codes); }
bool PamVerdict::wants_new_password() const {
  return stack != nullptr && (codes & admitted_codes()) == only(PamCode::new_authtok_reqd);
}

PamVerdict pam_verdict_from(const PamStack& stack, std::vector<PamAnswer> answers) {
  PamVerdict verdict;
  verdict.stack = &stack;
  const Trial trial(stack, std::move(answers));
  const auto outcomes = trial.outcomes();
  verdict.codes = outcomes.codes;
  if (some_refuse(outcomes.codes)) trial.find_objections(outcomes, verdict);
  return verdict;
}

PamVerdict pam_verdict(const AccountEvidence& evidence, const Context& context, std::int64_t today) {
  const auto* stack = pam_stack_of(evidence, context);
  if (stack == nullptr || !stack->unread.empty() || !stack->fault.empty()) return {};
  const auto question = question_about(evidence, context, today);
  std::vector<PamAnswer> answers;
  answers.reserve(stack->account.size());
  for (const auto& entry : stack->account) {
    const bool is_asked = entry.kind == PamEntry::Kind::module;
    answers.push_back(is_asked ? answer_of(entry, question) : certain(PamCode::perm_denied, entry.fault));
  }
  return pam_verdict_from(*stack, std::move(answers));
}

}  // namespace sshaudit
