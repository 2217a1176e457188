// SPDX-License-Identifier: MIT
// What the arguments choose: the sshd and the connection to judge by, and the accounts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "gather/sshd.h"
#include "rules/account_index.h"
#include "sshaudit/account.h"
#include "sshaudit/result.h"
#include "sshaudit/sshd_config.h"

namespace sshaudit {

// The connection of --from and --lport. Nothing when neither is given, or when --from holds no numeric address.
std::optional<Connection> connection_of(const Arguments& arguments);

// Keeps a reference to the index, for the homes of users in the configuration. An error when an option makes no sense.
Result<SshdChoice> sshd_choice_of(const Arguments& arguments, const AccountIndex& index);

// The accounts to look at: those named, or the caller's own. A row that no look-up by name returns is none that sshd
// could let in. Of a list for --all-users those are left out of which the name service says nothing; then `not_listed`
// says why.
Result<std::vector<Account>> chosen_accounts(const Arguments& arguments, const AccountIndex& index,
                                             std::string& not_listed);

// The groups that accounts are in: from the index where it holds them all, and from the name service otherwise.
class Memberships {
 public:
  Memberships(const Arguments& arguments, const AccountIndex& index);

  // What initgroups(3) makes of an account.
  Identity identity_of(const Account& account) const;

  // The names of its groups, the primary one first, as far as they have any. `identity` is what identity_of() says.
  std::vector<std::string> names_of(const Account& account, const Identity& identity) const;
  std::vector<std::string> names_of(const Account& account) const { return names_of(account, identity_of(account)); }

  // Whether a name service is asked for each account, with the rights that the process has then.
  bool ask_services() const { return !index_has_all_; }

 private:
  bool is_listed(const Account& account) const;

  const AccountIndex& index_;
  bool index_has_all_;
};

}  // namespace sshaudit
