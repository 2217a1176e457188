// SPDX-License-Identifier: MIT
// The few rows that one account has to do with, out of databases that may hold hundreds of thousands.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gather/fd.h"
#include "sshaudit/account.h"
#include "sshaudit/evidence.h"

namespace sshaudit {

class LocalAccounts {
 public:
  // Looks for an account in the files of this host. Nothing where they have none of the name, cannot be read, or where
  // nsswitch.conf(5) lets anything else have a say: then the name service has to be asked.
  static std::optional<LocalAccounts> open(const std::string& name, ShadowRows shadow = ShadowRows::read);

  // The row of the account, those of its groups, and root's where it is the first.
  const UserDatabase& own_rows() const { return own_; }

  // Makes known whose ids and homes the evidence shows.
  void add_ids_of(const AccountEvidence& evidence);

  // The rows of everybody who has to do with what was seen: owners, who may write by a group, and whose home is the
  // account's or lies in it. The own rows alone where nothing is wrong, and nobody would be named.
  UserDatabase database() const;

 private:
  LocalAccounts() = default;
  bool find_account(const std::string& name);
  bool find_groups(const std::string& name);
  bool find_shadow(const std::string& name);
  void add_components(const PathWalk& walk);
  std::vector<std::string> traits_of_accounts() const;

  Fd passwd_;
  Fd group_;
  UserDatabase own_;
  std::set<id_t> own_ids_;
  std::set<id_t> uids_;
  std::set<id_t> gids_;
  std::set<id_t> writing_gids_;  // who may write something
  std::set<std::string> homes_;
  bool is_well_ = true;  // nobody but root and the account has a say in what was seen
};

}  // namespace sshaudit
