// SPDX-License-Identifier: MIT
// Outcomes that come in any order and are taken in the order of the accounts.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

#include "supervisor/supervisor.h"

namespace sshaudit {

class OrderedOutcomes {
 public:
  void keep(std::size_t account, AccountOutcome outcome) {
    bytes_ += size_of(outcome);
    if (account - taken_ >= outcomes_.size()) outcomes_.resize(account - taken_ + 1);
    outcomes_[account - taken_] = std::move(outcome);
  }

  // The one of the next account, when it is known.
  std::optional<AccountOutcome> take_next() {
    if (outcomes_.empty() || !outcomes_.front()) return std::nullopt;
    auto outcome = std::move(*outcomes_.front());
    outcomes_.pop_front();
    bytes_ -= size_of(outcome);
    ++taken_;
    return outcome;
  }

  std::size_t taken() const { return taken_; }  // so many accounts
  std::size_t bytes() const { return bytes_; }  // of those that wait for an earlier one

 private:
  static std::size_t size_of(const AccountOutcome& outcome) { return outcome.report.size() + sizeof(AccountOutcome); }

  std::deque<std::optional<AccountOutcome>> outcomes_;  // of the next account first
  std::size_t taken_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace sshaudit
