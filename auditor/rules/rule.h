// SPDX-License-Identifier: MIT
// The shape of a rule: a row, and the function beside it that looks for what the row says.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "parse/key_grammar.h"
#include "parse/sshd_version.h"
#include "rules/account_index.h"
#include "sshaudit/finding.h"
#include "sshaudit/host_state.h"
#include "sshaudit/server.h"
#include "sshaudit/sshd_config.h"

namespace sshaudit {

// What every check may ask beside its subject.
struct Context {
  const AccountIndex& accounts;
  SshdFacts facts;
  const Server* server = nullptr;          // what holds for everybody; null when nothing does
  KeyGrammar grammar = {};                 // for key lines
  std::int64_t now = 0;                    // seconds since 1970
  const Connection* connection = nullptr;  // the one to judge by; null when any is meant
  bool list_keys = false;                  // the report has every key in it
  std::int64_t forecast_days = 14;         // how far ahead is looked for what will refuse
  const HostState* host = nullptr;         // null: nothing is known of it
};

// check() returns one detail for each place where the row is true of the subject; none is the usual answer.
template <class Subject>
struct Rule {
  RuleInfo info;
  std::vector<Detail> (*check)(const Subject&, const Context&);
};

template <class Subject>
void judge(std::span<const Rule<Subject>> rules, const Subject& subject, const Context& context,
           std::vector<Finding>& findings) {
  for (const auto& rule : rules) {
    for (auto& detail : rule.check(subject, context)) findings.push_back({&rule.info, std::move(detail)});
  }
}

}  // namespace sshaudit
