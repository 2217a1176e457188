// SPDX-License-Identifier: MIT
#include "render/rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "render/words.h"

namespace sshaudit {

std::string render_rules(const std::vector<const RuleInfo*>& rules) {
  std::size_t widest = 0;
  for (const auto* rule : rules) widest = std::max(widest, rule->id.size());
  std::string text;
  for (const auto* rule : rules) {
    text += fmt::format("{:<{}}  {:<7}  {:<9}  {}\n", rule->id, widest, word(rule->severity), word(rule->effect),
                        rule->summary);
  }
  return text;
}

std::string render_rule(const RuleInfo& rule) {
  return fmt::format("{}\n  subject   {}\n  effect    {}\n  severity  {}\n\n{}\n\n{}\n\nRemedy: {}\n", rule.id,
                     word(rule.subject), word(rule.effect), word(rule.severity), rule.summary, rule.rationale,
                     rule.remedy);
}

}  // namespace sshaudit
