// SPDX-License-Identifier: MIT
// The few rows that one account has to do with, out of databases that may hold hundreds of thousands.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "gather/fd.h"
#include "sshaudit/account.h"
#include "sshaudit/evidence.h"

namespace sshaudit {

class LocalAccounts {
 public:
  // Looks for an account in the files of this host. Nothing where they have none of the name, cannot be read, or where
  // nsswitch.conf(5) lets anything else have a say: then the name service has to be asked.
  static std::optional<LocalAccounts> open(const std::string& name);

  // The row of the account, those of its groups, and root's where it is the first.
  const UserDatabase& own_rows() const { return own_; }

  // Makes known whose ids the evidence shows.
  void add_ids_of(const AccountEvidence& evidence);

  // The rows of everybody who is known by now, with all whose primary group is known, in the order of the files.
  UserDatabase database() const;

 private:
  LocalAccounts() = default;
  bool find_account(const std::string& name);
  bool find_groups(const std::string& name);
  bool find_shadow(const std::string& name);
  void add_components(const PathWalk& walk);

  Fd passwd_;
  Fd group_;
  UserDatabase own_;
  std::set<uid_t> uids_;
  std::set<gid_t> gids_;
};

}  // namespace sshaudit
