// SPDX-License-Identifier: MIT
// What `fix` plans for the accounts of a run: each is looked at as by an audit first, by processes that may hang or
// die, and those that have something to mend are planned for.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "cli/account_audit.h"
#include "sshaudit/plan.h"

namespace sshaudit {

class FixPlans {
 public:
  // `look` puts into a plan what is in the way of each item; it is given the grammar of key lines that sshd has.
  using Look = std::function<void(Plan& plan, const KeyGrammar& grammar)>;

  // A key that is accepted now and was not before. Unless its account was closed to the look, it was there to be shown.
  struct LetIn {
    std::string account;
    ListedKey key;
    bool was_hidden = false;
  };

  explicit FixPlans(Look look) : look_(std::move(look)) {}

  // Of all accounts that the arguments name: plans, and a count of what is found now. What was there is forgotten, but
  // for the keys of each account.
  Result<void> make(const Arguments& arguments);

  std::vector<Plan> plans;
  Summary summary;
  std::map<std::string, KeyLogin> verdicts;  // by name
  KeyGrammar grammar;

  // Keys that make() has found usable, and that no plan has shown before.
  std::vector<LetIn> take_let_in() { return std::exchange(let_in_, {}); }

 private:
  using Keys = std::set<std::tuple<std::string, std::string, std::string>>;  // file, fingerprint and options
  struct Known {
    Keys keys;
    bool is_hidden = false;
  };

  void plan(AccountAudit& audit, std::size_t account, const AccountOutcome& outcome, bool with_content);
  void see_keys(const AccountAudit::PlannedAccount& planned);

  Look look_;
  std::map<std::string, Known> known_;  // of the accounts that were planned for
  std::vector<LetIn> let_in_;
  bool are_many_ = false;  // one that nothing is known of does not end the run
};

}  // namespace sshaudit
