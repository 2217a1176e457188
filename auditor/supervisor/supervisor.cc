// SPDX-License-Identifier: MIT
#include "supervisor/supervisor.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <ctime>
#include <memory>
#include <vector>

#include "supervisor/backlog.h"
#include "supervisor/lookouts.h"
#include "supervisor/mount_watch.h"
#include "supervisor/ordered_outcomes.h"
#include "supervisor/slot.h"
#include "supervisor/worker_pair.h"

namespace sshaudit {
namespace {

constexpr std::int64_t millisecond = 1'000'000;
constexpr std::int64_t second = 1000 * millisecond;
constexpr std::size_t most_waiting_pairs = 64;  // each is two processes
constexpr std::int64_t is_waiting = 5 * millisecond;
constexpr std::int64_t is_suspicious = second;
constexpr std::size_t most_held_back = 16UL * 1024 * 1024;  // bytes of reports that wait for an earlier account
constexpr int tick = 10;                                    // milliseconds
constexpr int most_losses_of_pairs = 3;  // of one account, before it is given up without anybody knowing why

class Supervisor {
 public:
  Supervisor(std::size_t accounts, const AccountWork& work, const SupervisorLimits& limits,
             const std::function<Result<void>(std::size_t, AccountOutcome)>& deliver)
      : accounts_(accounts),
        work_(work),
        limits_(limits),
        deliver_(deliver),
        most_pairs_(limits.most_pairs > 0 ? limits.most_pairs : most_waiting_pairs),
        slots_(most_pairs_),
        lookouts_(most_pairs_),
        backlog_(accounts) {}

  Result<SupervisedRun> run() {
    if (auto done = lookouts_.open(); !done) return tl::unexpected(done.error());
    watch_.emplace(lookouts_.given_up(), limits_.deadline);
    const auto processors = static_cast<std::size_t>(std::max(sysconf(_SC_NPROCESSORS_ONLN), 1L));
    wanted_pairs_ = std::min({most_pairs_, processors, accounts_});
    while (outcomes_.taken() < accounts_) {
      if (auto done = start_pairs(); !done) return tl::unexpected(done.error());
      assign();
      listen();
      if (coarse_now() - last_look_ >= tick * millisecond) look_around();
      if (auto done = hand_out(); !done) return tl::unexpected(done.error());
      forgive_delay();
    }
    return end();
  }

 private:
  // A pair less than wanted is no reason to give up, unless there is none at all.
  Result<void> start_pairs() {
    std::vector<int> others;
    std::size_t running = 0;
    for (const auto& slot : slots_) {
      if (!slot.pair) continue;
      ++running;
      for (const int fd : slot.pair->descriptors()) others.push_back(fd);
    }
    for (std::size_t i = 0; i < slots_.size() && running < wanted_pairs_ && backlog_.has_work(); ++i) {
      if (slots_[i].pair) continue;
      auto pair = WorkerPair::start(work_, lookouts_, i, limits_.deadline, others);
      if (!pair && running == 0) return tl::unexpected(pair.error());
      if (!pair) break;
      slots_[i] = {std::move(*pair), {}, 1, coarse_now(), coarse_now()};
      for (const int fd : slots_[i].pair->descriptors()) others.push_back(fd);
      ++running;
    }
    wanted_pairs_ = std::max<std::size_t>(running, 1);
    return {};
  }

  void assign() {
    for (auto& slot : slots_) {
      if (slot.pair && slot.in_hand.size() <= slot.depth / 2 && backlog_.has_work()) refill(slot);
    }
  }

  // As many as it can be expected to be done with in a few milliseconds. One that was lost with a pair is alone with
  // the next, so that it costs nobody else, and nobody else costs it, whatever ends that one.
  void refill(Slot& slot) {
    slot.adapt(coarse_now());
    std::vector<std::uint32_t> accounts;
    while (slot.in_hand.size() < slot.depth) {
      const auto job = take_job();
      if (!job) break;
      if (job->losses > 0 && !slot.in_hand.empty()) {
        backlog_.give_back_first(*job);
        break;
      }
      if (job->losses > 0) slot.depth = 1;
      slot.in_hand.push_back(*job);
      accounts.push_back(job->account);
    }
    if (!accounts.empty() && !slot.pair->give(accounts)) bury(slot);
  }

  // What is on a mount that was given up is lost at once.
  std::optional<Job> take_job() {
    while (const auto job = backlog_.take(outcomes_.bytes() <= most_held_back)) {
      if (!watch_->is_in_doubt()) return job;
      const auto answer = watch_->ask_about(work_.home(job->account));
      if (answer.state == MountWatch::State::fine) return job;
      if (answer.state == MountWatch::State::waiting) {
        backlog_.put_off(*job);
      } else {
        lose(*job, Loss{.why = Loss::Why::skipped, .path = std::string(answer.mount)});
      }
    }
    return std::nullopt;
  }

  void listen() {
    std::vector<pollfd> fds;
    std::vector<Slot*> whose;
    for (auto& slot : slots_) {
      if (!slot.pair) continue;
      fds.push_back({slot.pair->descriptor(), POLLIN, 0});
      whose.push_back(&slot);
    }
    if (poll(fds.data(), fds.size(), tick) <= 0) return;
    for (std::size_t i = 0; i < fds.size(); ++i) {
      if (fds[i].revents != 0) receive(*whose[i]);
    }
  }

  void receive(Slot& slot) {
    const bool more = slot.pair->fill();
    while (const auto message = slot.pair->next()) {
      const auto job = std::ranges::find(slot.in_hand, message->account, &Job::account);
      if (job == slot.in_hand.end()) return bury(slot);  // nobody asked for that
      const auto known = *job;
      slot.in_hand.erase(job);
      slot.heard = coarse_now();
      if (message->loss) {
        lose(known, *message->loss);
      } else {
        outcomes_.keep(known.account, {std::nullopt, std::string(message->report)});
      }
    }
    if (!more || slot.pair->is_broken()) bury(slot);
  }

  void lose(const Job& job, Loss loss) {
    loss.seconds = limits_.deadline;
    outcomes_.keep(job.account, {std::move(loss), {}});
  }

  // A pair is dead, or has to die. What it was busy with is lost, the rest is tried again.
  void bury(Slot& slot, std::optional<Job> lost = std::nullopt, std::optional<Loss> loss = std::nullopt) {
    if (!loss) loss = slot.pair->cause_of_death();
    if (!lost) lost = culprit(slot);
    slot.pair->end(doomed_);
    slot.pair.reset();
    for (auto& job : slot.in_hand) {
      if (lost && loss && job.account == lost->account) {
        lose(job, *loss);
      } else if (++job.losses >= most_losses_of_pairs) {
        lose(job, Loss{.why = Loss::Why::failed, .text = "the processes that looked at it ended, nobody knows why"});
      } else {
        backlog_.give_back(job);
      }
    }
    slot.in_hand.clear();
  }

  // One that is alone in hand, or the first that the process that died says it was at.
  std::optional<Job> culprit(Slot& slot) {
    if (slot.in_hand.size() == 1) return slot.in_hand.front();
    const auto& pair = *slot.pair;
    const auto& judge = lookouts_.judge(pair.number());
    const auto& observer = lookouts_.observer(pair.number());
    const auto job = std::ranges::find_if(slot.in_hand, [&](const Job& one) {
      return (pair.may_be_judge() && judge.is_busy_with(one.account)) ||
             (pair.may_be_observer() && observer.is_busy_with(one.account));
    });
    return job == slot.in_hand.end() ? std::nullopt : std::optional(*job);
  }

  // Once in a tick: deadlines, mounts, and whether more pairs would help.
  void look_around() {
    last_look_ = coarse_now();
    std::size_t waiting = 0;
    std::size_t running = 0;
    for (auto& slot : slots_) {
      if (!slot.pair) continue;
      ++running;
      if (is_only_waiting(slot)) ++waiting;
    }
    if (watch_->check()) backlog_.settle_doubts();
    WorkerPair::reap(doomed_);
    WorkerPair::reap(watch_->doomed());
    const bool would_help =
        running > 0 && waiting * 4 >= running * 3 && backlog_.has_work() && outcomes_.bytes() <= most_held_back;
    if (would_help) wanted_pairs_ = std::min(most_pairs_, running + running / 2 + 1);
  }

  // Whether the pair neither computes nor delivers. Past the deadline it is ended.
  bool is_only_waiting(Slot& slot) {
    const auto number = slot.pair->number();
    const auto& observer = lookouts_.observer(number);
    const auto& judge = lookouts_.judge(number);
    const auto now = coarse_now();
    const auto limit = limits_.deadline * second;
    for (const auto& job : slot.in_hand) {
      if (observer.is_busy_with(job.account)) {
        const auto taken = now - observer.since();
        const auto path = observer.path();
        if (observer.asks()) break;  // it waits for the other process
        if (taken >= std::min(is_suspicious, limit / 4)) watch_->suspect(path);
        if (taken < limit) return taken >= is_waiting;
        bury(slot, job, Loss{.why = Loss::Why::timed_out, .path = path});
        return false;
      }
    }
    // What the judge says of itself is not believed: it has to deliver, as long as the other one does not look at more.
    if (slot.in_hand.empty() || now - std::max(slot.heard, observer.since()) < limit) return false;
    const auto late = std::ranges::find_if(slot.in_hand, [&](const Job& one) {
      return judge.is_busy_with(one.account) || (observer.asks() && observer.is_busy_with(one.account));
    });
    if (late == slot.in_hand.end()) {
      bury(slot);
    } else {
      bury(slot, *late, Loss{.why = Loss::Why::too_slow});
    }
    return false;
  }

  Result<void> hand_out() {
    while (auto outcome = outcomes_.take_next()) {
      if (auto done = deliver_(outcomes_.taken() - 1, std::move(*outcome)); !done) return done;
    }
    return {};
  }

  // While whoever takes the reports is slow, nobody listens to the pairs.
  void forgive_delay() {
    const auto now = coarse_now();
    for (auto& slot : slots_) {
      if (now - last_look_ > second) slot.heard = now;
    }
  }

  // Those that are done end by themselves; whatever does not is killed, and what cannot be killed is left.
  SupervisedRun end() {
    for (auto& slot : slots_) {
      if (!slot.pair) continue;
      slot.pair->close_accounts();
      slot.pair->cause_of_death();
      slot.pair->end(doomed_);
      slot.pair.reset();
    }
    watch_->stop();
    doomed_.insert(doomed_.end(), watch_->doomed().begin(), watch_->doomed().end());
    constexpr timespec moment{0, tick * millisecond};
    for (int tries = 0; !doomed_.empty() && tries < 20; ++tries) {
      nanosleep(&moment, nullptr);
      WorkerPair::reap(doomed_);
    }
    int filter_errnum = 0;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      filter_errnum = std::max(filter_errnum, lookouts_.judge(i).lacks_filter());
    }
    return {doomed_.size(), filter_errnum};
  }

  std::size_t accounts_;
  const AccountWork& work_;
  SupervisorLimits limits_;
  const std::function<Result<void>(std::size_t, AccountOutcome)>& deliver_;
  std::size_t most_pairs_;
  std::size_t wanted_pairs_ = 1;
  std::vector<Slot> slots_;
  Lookouts lookouts_;
  std::optional<MountWatch> watch_;
  Backlog backlog_;
  OrderedOutcomes outcomes_;
  std::int64_t last_look_ = 0;
  std::vector<pid_t> doomed_;
};

}  // namespace

Result<SupervisedRun> supervise(std::size_t accounts, const AccountWork& work, const SupervisorLimits& limits,
                                const std::function<Result<void>(std::size_t, AccountOutcome)>& deliver) {
  return Supervisor(accounts, work, limits, deliver).run();
}

}  // namespace sshaudit
