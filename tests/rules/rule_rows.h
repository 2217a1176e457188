// SPDX-License-Identifier: MIT
// The shape of the rows that every rule is tested by.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sshaudit/evidence.h"
#include "sshaudit/host_state.h"
#include "sshaudit/lost_account.h"
#include "sshaudit/policy.h"
#include "sshaudit/report.h"
#include "sshaudit/server.h"

namespace sshaudit {

struct Expected {
  std::string rule;
  std::string path;
  KeyLogin key_login;
};

struct Row {
  std::string rule;  // that the row is about
  std::function<void(AccountEvidence&, UserDatabase&)> change;
  std::optional<Expected> expected;  // nothing: the change is harmless, and the account is accepted
};

using Evidence = AccountEvidence;
using Database = UserDatabase;

struct HostRow {
  std::string rule;
  std::function<void(Server&, UserDatabase&)> change;
  bool found;
};

// Of the keys of several accounts.
struct CensusRow {
  std::string rule;
  std::vector<AccountReport> reports;
  bool found;
};

// A key file that OpenSSH 7.MINOR refuses, and 9.2 accepts.
struct VersionRow {
  std::string rule;
  std::string text;
  int minor;
};

// Of an account that nobody could look at.
struct LostAccountRow {
  std::string rule;
  Loss loss;
  std::string message;  // empty: another rule speaks
};
const std::vector<LostAccountRow>& lost_account_rows();  // in lost_account_test.cc

// Of the state of an account: what is changed of it, of the host, and of the day.
struct StateRow {
  std::string rule;
  std::function<void(AccountEvidence&, HostState&)> change;
  std::optional<KeyLogin> expected;  // nothing: the change is harmless, and the account is accepted
};
const std::vector<StateRow>& state_rows();  // in pam_rules_test.cc
const std::vector<HostRow>& host_state_rows_of_tests();

// Of key lines and key files, in key_rows_test.cc.
const std::vector<Row>& key_rows();
const std::vector<VersionRow>& version_rows();
const std::vector<CensusRow>& census_rows();

// Of sshd's configuration, in settings_rows_test.cc.
const std::vector<Row>& settings_rows();
const std::vector<HostRow>& config_rows();

// Of what is asked before the key and done after it, in login_rows_test.cc.
const std::vector<Row>& login_rows();
// Of certificates, in certificate_rules_test.cc. For those that one certificate is judged by, how often each was found
// and how often it was not.
std::map<std::string, std::pair<int, int>> certificate_row_counts();
const std::vector<Row>& principals_rows();
const std::vector<HostRow>& authority_rows();
// Of AuthorizedKeysCommand and of what lies beneath key files, in environment_rows_test.cc, which checks the rows of
// accounts itself: several findings come together there.
const std::vector<Row>& environment_rows();
const std::vector<Row>& keys_command_rows();
const std::vector<HostRow>& keys_command_host_rows();

// Of waivers, in waivers_test.cc: whether something is to be said of one, after all accounts or after some.
struct WaiverRow {
  std::string rule;
  Waiver waiver;
  bool all_seen;
  bool found;
};
const std::vector<WaiverRow>& waiver_rows();

}  // namespace sshaudit
