// SPDX-License-Identifier: MIT
// The few rows that one account has to do with, out of databases that may hold hundreds of thousands.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "sshaudit/account.h"
#include "sshaudit/evidence.h"

namespace sshaudit {

class LocalAccounts {
 public:
  // Reads the files of this host. Nothing where nsswitch.conf(5) lets anything else have a say, or when they cannot be
  // read: then the name service has to be asked.
  static std::optional<LocalAccounts> open();

  // Makes the rows of the account and of root known, and those of the groups that the account is in. False when the
  // files have no such account.
  bool add_account(const std::string& name);

  // And the rows of everybody whose id the evidence shows, with all whose primary group is one of those.
  void add_ids_of(const AccountEvidence& evidence);

  // The rows of the account alone, which is fast.
  UserDatabase own_rows() const;

  // What is known, in the order of the files.
  UserDatabase database() const;

 private:
  LocalAccounts() = default;
  void add_components(const PathWalk& walk);
  void add_shadow_to(UserDatabase& database) const;

  std::string passwd_;
  std::string group_;
  std::string shadow_;
  bool shadow_seen_ = false;
  std::set<std::string> names_;
  std::set<uid_t> uids_;
  std::set<gid_t> gids_;
};

}  // namespace sshaudit
