// SPDX-License-Identifier: MIT
// All that one run over accounts needs, put together from the arguments.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "audit.h"
#include "cli/arguments.h"
#include "cli/choices.h"
#include "explain.h"
#include "gather/account_settings.h"
#include "gather/evidence.h"
#include "gather/keys_command.h"
#include "gather/local_accounts.h"
#include "gather/revocations.h"
#include "gather/sshd.h"
#include "key_addition.h"
#include "plan.h"
#include "sshaudit/refusal.h"
#include "sshaudit/report.h"
#include "sshaudit/result.h"
#include "supervisor/supervisor.h"
#include "wire/evidence_wire.h"

namespace sshaudit {

class AccountAudit {
 public:
  // Reads the account database and sshd's configuration, and chooses the accounts.
  static Result<std::unique_ptr<AccountAudit>> open(const Arguments& arguments);
  AccountAudit(const AccountAudit&) = delete;
  AccountAudit& operator=(const AccountAudit&) = delete;

  const std::vector<const Account*>& accounts() const { return accounts_; }

  // Asks sshd about every set of Match blocks that the accounts reach; server() and findings() are complete after that.
  // An error when a name service that knows groups does not answer: work() makes losses of all accounts then.
  Result<void> ask_about_all();
  const Server& server() const { return sshd_->server(); }
  std::vector<Finding> findings() const;  // of the server and of the host

  AccountReport audit(const Account& account);

  // To be called before processes are started that share what is known so far: nothing of it is read twice, and what a
  // process without rights needs is in memory.
  void prepare_to_share();

  // What is done for each of accounts(), by position.
  AccountWork work();

  // The report of one of accounts() from what came of that.
  AccountReport report_of(std::size_t account, const AccountOutcome& outcome);

  // Its report, and what would mend it, as plan_account() has it.
  struct PlannedAccount {
    AccountReport report;
    Plan plan;
  };
  // Of one of accounts(), from what came of the work, without another look; nothing when that cannot be read. `look`
  // says of each item what is in its way: then what comes of the plan is worked out without it.
  std::optional<PlannedAccount> plan(std::size_t account, const AccountOutcome& outcome, std::string_view date,
                                     const std::function<void(Plan& plan)>& look);

  // Where a line with a public key goes. An error where that depends on the connection.
  struct PlannedKey {
    OfferedKey key;
    Identity identity;
    KeyAddition addition;
  };
  Result<PlannedKey> plan_key(const Account& account, const std::string& line);

  // Its login with a key, or with each of its keys; for each kind of connection that Match blocks distinguish.
  std::vector<Explanation> explain(const Account& account, const std::optional<OfferedKey>& offered);

  // For a process that gives up root before it looks at what the account controls: all that takes root, from now on it
  // has the rights of the account alone.
  Result<void> become(const Account& account);

  // A login that sshd has refused with each of these keys, whatever AuthorizedKeysCommand there is. Without keys: as
  // far as it depends on none.
  RefusedLogin explain_refused(const Account& account, const std::vector<OfferedKey>& keys);

  // Its own keys, where sshd refuses all of them and no logger is asked about those that are offered.
  RefusedLogin explain_own_keys(const Account& account);

  const Context& context() const { return *context_; }

  // What only shows when the keys of all accounts that were audited are compared.
  std::vector<Finding> compare_keys();

 private:
  explicit AccountAudit(const Arguments& arguments, UserDatabase database);
  Result<void> prepare();
  Result<void> choose();
  const std::vector<AccountCase>& cases_of(const Account& account);
  void add_account_state(AccountEvidence& evidence);
  void add_pam_of(const Settings& settings);
  void add_pam_run(const AccountEvidence& evidence, Explanation& explanation) const;
  AccountEvidence observe(const Account& account, const AccountCase& one, Settings settings);
  void finish(AccountReport& report);
  Settings take_settings(const AccountCase& one);
  void arrange(std::span<std::uint32_t> positions) const;
  void begin_to_observe(const Watch& watch, const Ask& ask);
  std::string observe_all(std::size_t position, const Watch& watch, const Ask& ask);
  std::string judge_all(std::size_t position, std::string_view observed);

  // What was judged comes in front of the report, for `fix`.
  struct OutcomeParts {
    std::string_view evidence;
    std::string_view report;
  };
  bool sends_evidence() const { return arguments_.verb == Verb::fix; }
  OutcomeParts parts_of(const AccountOutcome& outcome) const;
  bool is_identity_of(const Account& account, const Identity& identity) const;
  std::string answer(std::string_view question) const;
  AccountEvidence evidence_of(const Account& account, const AccountCase& one);
  void run_keys_command(AccountEvidence& evidence, const std::optional<KeyTokens>& key);

  const Arguments& arguments_;
  std::optional<LocalAccounts> local_;  // where only the rows that one account needs are read
  UserDatabase database_;
  AccountIndex index_;
  std::vector<Account> named_;
  std::vector<const Account*> accounts_;
  std::optional<Connection> connection_;
  std::optional<Sshd> sshd_;
  std::optional<AccountSettings> settings_;
  // Of accounts_, after ask_about_all(); null where the name service did not answer.
  std::vector<const std::vector<AccountCase>*> cases_by_position_;
  Memberships memberships_;
  HostState host_;
  std::optional<Context> context_;
  std::optional<RevokedKeyFiles> revoked_;
  std::optional<AccountObserver> observer_;
  std::optional<KeysCommandRunner> keys_command_;  // only when it is to be run
  KeyCensus census_;

  // Of an observing process, and of a judging one. Settings are large, and what was used for one account does for the
  // next one of the same case.
  wire::EvidenceEncoder encoder_;
  wire::EvidenceDecoder decoder_;
  std::unordered_map<const AccountCase*, Settings> settings_in_use_;
  std::unordered_map<const AccountCase*, AccountEvidence> evidence_in_use_;
  Lookout* lookout_ = nullptr;
  bool observes_ = false;    // and what watches it and whom it asks is known
  bool is_account_ = false;  // root is given up
};

// What a run comes to, for every verb that audits: 0, 1 or 2.
int exit_status(const Summary& summary, std::optional<Severity> fail_on);

}  // namespace sshaudit
