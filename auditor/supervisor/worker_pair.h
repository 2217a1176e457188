// SPDX-License-Identifier: MIT
// Two processes: one looks at accounts with the rights of each, and hands what it saw to the other, which has no rights
// and judges it.
//
//     supervisor --accounts--> observer --evidence, questions--> judge --reports--> supervisor
//                                  ^----------answers--------------'
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gather/fd.h"
#include "sshaudit/lost_account.h"
#include "sshaudit/result.h"
#include "supervisor/account_work.h"
#include "supervisor/channel.h"
#include "supervisor/lookouts.h"

namespace sshaudit {

// One report, or why there is none.
struct PairMessage {
  std::uint32_t account = 0;
  std::optional<Loss> loss;
  std::string_view report;
};

class WorkerPair {
 public:
  // `number` is the pair's among the lookouts; `others` are descriptors of other pairs, which the new processes close.
  // The processes never return from here.
  static Result<std::unique_ptr<WorkerPair>> start(const AccountWork& work, Lookouts& lookouts, std::size_t number,
                                                   int deadline_seconds, const std::vector<int>& others);
  WorkerPair(const WorkerPair&) = delete;
  WorkerPair& operator=(const WorkerPair&) = delete;
  ~WorkerPair();

  // False when the observer is gone.
  bool give(const std::vector<std::uint32_t>& accounts);

  // Reads what has come. False when no more will come.
  bool fill() { return reports_.fill(); }

  // The next message. Nothing where there is none, or what came is no message: then the pair is broken.
  std::optional<PairMessage> next();
  bool is_broken() const { return broken_ || reports_.is_broken(); }

  int descriptor() const { return reports_fd_.get(); }
  std::vector<int> descriptors() const { return {accounts_fd_.get(), reports_fd_.get()}; }
  std::size_t number() const { return number_; }

  // No accounts come any more: the processes end when they are done.
  void close_accounts() { accounts_fd_ = Fd(); }

  // How the process ended that ended by itself; nothing where nobody can tell. To be called when no more will come.
  std::optional<Loss> cause_of_death();

  // Which of them that may have been, as far as anybody can tell.
  bool may_be_judge() const { return may_be_judge_; }
  bool may_be_observer() const { return may_be_observer_; }

  // Ends both. What does not end at once is left in `doomed`.
  void end(std::vector<pid_t>& doomed);

  // Waits for what has ended already.
  static void reap(std::vector<pid_t>& doomed);

 private:
  WorkerPair(Fd accounts, Fd reports, std::size_t number)
      : accounts_fd_(std::move(accounts)),
        reports_fd_(std::move(reports)),
        reports_(reports_fd_.get(), largest_report),
        number_(number) {}

  Fd accounts_fd_;
  Fd reports_fd_;
  MessageReader reports_;
  std::size_t number_;
  pid_t observer_ = -1;
  pid_t judge_ = -1;
  bool broken_ = false;
  bool may_be_judge_ = true;
  bool may_be_observer_ = true;
};

}  // namespace sshaudit
