// SPDX-License-Identifier: MIT
// Carries a plan out, item by item: each file is opened as the audit opens it, compared with what was judged, recorded,
// and then changed by its descriptor. What is something else by then is left alone. Root only.
#pragma once

#include <string>

#include "gather/identity.h"
#include "parse/key_grammar.h"
#include "remedy/record.h"
#include "remedy/target.h"
#include "sshaudit/plan.h"
#include "sshaudit/result.h"

namespace sshaudit {

class Changer {
 public:
  explicit Changer(KeyGrammar grammar) : grammar_(std::move(grammar)) {}

  // Why an item cannot be made, from a look at the file; empty when nothing is known to be in the way. Changes nothing,
  // and opens nothing for writing.
  std::string obstacle_to(const Plan& plan, const Change& change);
  std::string obstacle_to(const Plan& plan, const PlannedContent& content);

  // Nothing is done without a record of it. With an error the item is as it was, or as a step that is in the record has
  // left it.
  Result<void> make(const Plan& plan, const Change& change, Record& record);
  Result<void> make(const Plan& plan, const PlannedContent& content, Record& record);

  // A public key into a key file; the file and its directory are made where they are not there.
  Result<void> make(const Account& account, const Identity& identity, const KeyAddition& addition, Record& record);

 private:
  Result<void> make_missing(const Plan& plan, const KeyAddition& addition, Record& record);
  Result<Target> open_as_account(const Plan& plan, const std::string& path);
  Result<Target> open_judged(const Plan& plan, const std::string& path, const FileStatus& judged);
  Result<Target> open_for(const Plan& plan, const Change& change);

  KeyGrammar grammar_;
  FileIdentity identity_;
};

}  // namespace sshaudit
