// SPDX-License-Identifier: MIT
#include "rules/pam_sentences.h"

#include <fmt/format.h>

#include <algorithm>

#include "parse/pam_files.h"
#include "parse/pam_service.h"
#include "rules/pam_verdict.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

PamAnswer answer_in(const PamModuleRun& run) {
  if (run.was_run) return certain(run.code);
  if (run.entry.is_missing) return certain(PamCode::module_unknown);
  return anything();
}

std::string sentence(const PamModuleRun& run, bool is_reason) {
  const auto name = shown(run.entry.module.empty() ? "a line without a module" : module_name(run.entry.module));
  const auto where = fmt::format("{}:{}", run.entry.place.file, run.entry.place.line);
  const auto* const verb = is_reason ? "refuses" : "was not run";
  if (!run.was_run) return fmt::format("{} {}: {} ({})", name, verb, where, run.skipped);
  std::string said;
  for (const auto& message : run.messages) said += fmt::format("; it says \"{}\"", shown(message));
  if (is_reason) return fmt::format("{} refuses: {} ({}){}", name, where, pam_code_name(run.code), said);
  if (run.code == PamCode::success) return fmt::format("{} agrees: {}{}", name, where, said);
  if (run.code == PamCode::new_authtok_reqd) return fmt::format("{} wants a new password: {}{}", name, where, said);
  return fmt::format("{} does not decide: {} ({}){}", name, where, pam_code_name(run.code), said);
}

}  // namespace

PamRunSummary summary_of(const std::vector<PamModuleRun>& runs) {
  PamStack stack;
  std::vector<PamAnswer> answers;
  for (const auto& run : runs) {
    stack.account.push_back(run.entry);
    answers.push_back(answer_in(run));
  }
  const auto verdict = pam_verdict_from(stack, std::move(answers));
  PamRunSummary summary{verdict.refuses(), verdict.may_refuse(), {}};
  for (std::size_t at = 0; at < runs.size(); ++at) {
    if (runs[at].entry.kind == PamEntry::Kind::substack) continue;
    const auto is_it = [&](const PamObjection& cause) { return cause.entry == &stack.account[at]; };
    summary.sentences.push_back(sentence(runs[at], std::ranges::any_of(verdict.causes, is_it)));
  }
  return summary;
}

}  // namespace sshaudit
