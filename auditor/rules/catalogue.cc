// SPDX-License-Identifier: MIT
#include "rules/catalogue.h"

#include "rules/account_rules.h"
#include "rules/account_state.h"
#include "rules/certificate_rules.h"
#include "rules/environment_rules.h"
#include "rules/host_rules.h"
#include "rules/key_census.h"
#include "rules/key_content_rules.h"
#include "rules/key_file_rules.h"
#include "rules/key_line_rules.h"
#include "rules/keys_command_rules.h"
#include "rules/lost_account_rules.h"
#include "rules/settings_rules.h"
#include "rules/waivers.h"

namespace sshaudit {

// Long because each table of rules has a line.
std::vector<const RuleInfo*> catalogue() {
  std::vector<const RuleInfo*> rows;
  const auto add = [&](const auto& rules) {
    for (const auto& rule : rules) rows.push_back(&rule.info);
  };
  add(config_rules());
  add(named_file_rules());
  add(authority_file_rules());
  add(keys_command_server_rules());
  add(server_rules());
  add(settings_rules());
  add(own_file_rules());
  add(account_rules());
  add(lost_account_rules());
  add(account_environment_rules());
  add(label_rules());
  add(shell_rules());
  add(list_rules());
  add(session_rules());
  add(principals_rules());
  for (const auto& row : certificate_rows()) rows.push_back(&row);
  add(shadow_rules());
  add(pam_rules());
  add(forecast_rules());
  add(host_state_rules());
  add(walk_rules());
  add(open_rules());
  add(environment_rules());
  add(key_content_rules());
  add(keys_command_rules());
  add(nearby_file_rules());
  add(line_fault_rules());
  add(option_fault_rules());
  add(key_policy_rules());
  add(key_restriction_rules());
  add(key_session_rules());
  add(host_rules());
  add(key_census_rules());
  add(waiver_rules());
  return rows;
}

const RuleInfo* find_rule(std::string_view id) {
  for (const auto* row : catalogue()) {
    if (row->id == id) return row;
  }
  return nullptr;
}

}  // namespace sshaudit
