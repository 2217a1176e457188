// SPDX-License-Identifier: MIT
// Which settings hold for an account, and for which connections. Accounts that reach the same Match blocks share the
// answer, and sshd itself is asked once for each such set of blocks.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "gather/sshd.h"
#include "parse/config_classes.h"
#include "sshaudit/evidence.h"
#include "sshaudit/server.h"

namespace sshaudit {

struct AccountCase {
  Settings settings;
  std::shared_ptr<const SettingsOrigin> origin;
  std::string connections;  // which ones, in words; empty for all
};

class AccountSettings {
 public:
  // Keeps a reference to `sshd`, whose server() tells afterwards how the comparison came out. With `given` only that
  // connection is looked at.
  AccountSettings(Sshd& sshd, const Connection* given);

  // At least one case; together they are all connections. `groups` are the names of the groups that the account is in,
  // which only matter when asks_for_groups(). What is returned stays valid as long as this object.
  const std::vector<AccountCase>& of(const std::string& user, const std::vector<std::string>& groups);
  bool asks_for_groups() const { return matcher_.asks_for_groups(); }

 private:
  struct Effective {
    Settings settings;
    std::shared_ptr<const SettingsOrigin> origin;
  };

  std::vector<AccountCase> cases_of(const std::vector<bool>& fitting, const std::string& user);
  const Effective& effective(const std::vector<bool>& reached, const std::string& user, const Connection& sample);
  EffectiveConfig checked(Evaluation evaluation, Connection connection, const std::string& user);
  bool is_worth_asking(const std::vector<bool>& reached);
  void note_files(const std::vector<NamedFile>& files);
  void note_no_answer(const std::string& message);
  std::string in_words(const std::vector<std::size_t>& classes) const;

  Sshd& sshd_;
  SectionMatcher matcher_;
  std::unordered_map<std::vector<bool>, std::vector<AccountCase>> cases_;  // by the sections that fit the user
  std::unordered_map<std::vector<bool>, Effective> known_;                 // by reached sections
  std::size_t questions_ = 0;
  std::vector<bool> asked_about_;                 // sections that a question has held
  std::chrono::steady_clock::duration waited_{};  // for answers
};

}  // namespace sshaudit
