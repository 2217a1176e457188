// SPDX-License-Identifier: MIT
// Outcomes that come in any order and are taken in the order of the accounts.
#pragma once

#include <cstddef>
#include <optional>
#include <unordered_map>
#include <utility>

#include "supervisor/supervisor.h"

namespace sshaudit {

class OrderedOutcomes {
 public:
  void keep(std::size_t account, AccountOutcome outcome) {
    bytes_ += size_of(outcome);
    outcomes_.insert_or_assign(account, std::move(outcome));
  }

  // The one of the next account, when it is known.
  std::optional<AccountOutcome> take_next() {
    const auto found = outcomes_.find(taken_);
    if (found == outcomes_.end()) return std::nullopt;
    auto outcome = std::move(found->second);
    outcomes_.erase(found);
    bytes_ -= size_of(outcome);
    ++taken_;
    return outcome;
  }

  std::size_t taken() const { return taken_; }  // so many accounts
  std::size_t bytes() const { return bytes_; }  // of those that wait for an earlier one

 private:
  static std::size_t size_of(const AccountOutcome& outcome) { return outcome.report.size() + sizeof(AccountOutcome); }

  std::unordered_map<std::size_t, AccountOutcome> outcomes_;
  std::size_t taken_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace sshaudit
