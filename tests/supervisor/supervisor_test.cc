// SPDX-License-Identifier: MIT
// Pairs of processes that crash, hang, lie and take their time.
#include "supervisor/supervisor.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <map>
#include <stdexcept>

namespace sshaudit {
namespace {

using Why = Loss::Why;
using Observe = std::function<std::string(std::size_t account, const Watch& watch, const Ask& ask)>;
using Judge = std::function<std::string(std::size_t account, std::string_view observed)>;

std::string seen(std::size_t account) { return "seen " + std::to_string(account); }

AccountWork work_with(Observe observe, Judge judge) {
  AccountWork work;
  work.observe = std::move(observe);
  work.judge = std::move(judge);
  work.answer = [](std::string_view question) { return "answer to " + std::string(question); };
  work.home = [](std::size_t) { return "/home/somebody"; };
  return work;
}

AccountWork usual_work() {
  return work_with([](std::size_t account, const Watch&, const Ask&) { return seen(account); },
                   [](std::size_t, std::string_view observed) { return "judged " + std::string(observed); });
}

constexpr int patience = 3;  // seconds for an account

struct Run {
  std::vector<AccountOutcome> outcomes;
  std::size_t left_behind = 0;
  std::vector<std::size_t> lost;

  std::size_t losses() const { return lost.size(); }
};

Run run(std::size_t accounts, const AccountWork& work, const SupervisorLimits& limits = {2, patience}) {
  Run run;
  std::signal(SIGPIPE, SIG_IGN);  // as main() has it
  const auto done = supervise(accounts, work, limits, [&](std::size_t account, AccountOutcome outcome) -> Result<void> {
    EXPECT_EQ(account, run.outcomes.size()) << "out of order";
    if (outcome.loss) run.lost.push_back(account);
    run.outcomes.push_back(std::move(outcome));
    return {};
  });
  EXPECT_TRUE(done.has_value());
  if (done) run.left_behind = done->left_behind;
  return run;
}

// All but those that were lost are as they should be.
void expect_judged(const Run& run, std::size_t accounts) {
  ASSERT_EQ(run.outcomes.size(), accounts);
  for (std::size_t i = 0; i < accounts; ++i) {
    if (!run.outcomes[i].loss) {
      EXPECT_EQ(run.outcomes[i].report, "judged " + seen(i));
    }
  }
}

void expect_no_children() {
  errno = 0;
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(Supervisor, KeepsTheOrder) {
  for (const std::size_t accounts : {0U, 1U, 2U, 5000U}) {
    const auto done = run(accounts, usual_work(), {3, 10});
    expect_judged(done, accounts);
    EXPECT_EQ(done.losses(), 0U);
    EXPECT_EQ(done.left_behind, 0U);
    expect_no_children();
  }
}

// Each pair may look at those that it has in hand in another order than the one that they are delivered in.
TEST(Supervisor, KeepsTheOrderWhateverTheOrderOfLooking) {
  auto work = usual_work();
  std::size_t last = 0;
  std::size_t backwards = 0;
  work.arrange = [](std::span<std::uint32_t> accounts) { std::ranges::reverse(accounts); };
  work.observe = [&](std::size_t account, const Watch&, const Ask&) {
    if (account < last) ++backwards;
    last = account;
    return seen(account) + " " + std::to_string(backwards);
  };
  const auto done = run(2000, work, {2, 10});
  ASSERT_EQ(done.outcomes.size(), 2000U);
  std::size_t most = 0;
  for (std::size_t i = 0; i < 2000; ++i) {
    const std::string start = "judged " + seen(i) + " ";
    ASSERT_TRUE(done.outcomes[i].report.starts_with(start));
    most = std::max(most, static_cast<std::size_t>(std::stoul(done.outcomes[i].report.substr(start.size()))));
  }
  EXPECT_GT(most, 100U);
}

TEST(Supervisor, LargeMessagesPass) {
  constexpr std::size_t large = 20UL * 1024 * 1024;
  const auto work = work_with(
      [](std::size_t account, const Watch&, const Ask&) {
        return std::string(account % 3 == 0 ? large : 10, static_cast<char>('a' + account % 26));
      },
      [](std::size_t, std::string_view observed) { return std::string(observed); });
  const auto done = run(9, work, {2, 60});
  for (std::size_t i = 0; i < 9; ++i) {
    EXPECT_EQ(done.outcomes[i].report, std::string(i % 3 == 0 ? large : 10, static_cast<char>('a' + i % 26)));
  }
}

TEST(Supervisor, AQuestionIsAnsweredByTheOtherProcess) {
  const auto work = work_with(
      [](std::size_t account, const Watch&, const Ask& ask) { return ask("q" + std::to_string(account)) + ask("z"); },
      [](std::size_t, std::string_view observed) { return std::string(observed); });
  const auto done = run(500, work);
  for (std::size_t i = 0; i < 500; ++i) {
    EXPECT_EQ(done.outcomes[i].report, "answer to q" + std::to_string(i) + "answer to z");
  }
}

struct Mishap {
  std::string title;
  std::function<void()> happens;
  bool in_judge;
  Loss loss;
};

[[noreturn]] void hang() {
  while (true) pause();
}

[[noreturn]] void spin() {
  volatile bool on = true;
  while (on) {
  }
  std::abort();
}

const std::vector<Mishap>& mishaps() {
  static const std::vector<Mishap> all = {
      {"observer crashes", [] { raise(SIGUSR1); }, false, {.why = Why::crashed, .number = SIGUSR1, .is_signal = true}},
      {"observer exits", [] { _exit(7); }, false, {.why = Why::crashed, .number = 7}},
      {"observer hangs", hang, false, {.why = Why::timed_out, .path = "/some/path"}},
      {"observer throws",
       [] { throw std::runtime_error("no memory"); },
       false,
       {.why = Why::failed, .text = "no memory"}},
      {"judge crashes", [] { std::abort(); }, true, {.why = Why::crashed, .number = SIGABRT, .is_signal = true}},
      {"judge exits", [] { _exit(7); }, true, {.why = Why::crashed, .number = 7}},
      {"judge hangs", spin, true, {.why = Why::too_slow}},
      {"judge throws", [] { throw std::runtime_error("odd"); }, true, {.why = Why::failed, .text = "odd"}},
  };
  return all;
}

// One account in a thousand meets with it, twice: that one is lost, with the reason, and no other.
TEST(Supervisor, AMishapCostsOneAccount) {
  constexpr std::size_t accounts = 1000;
  for (const auto& mishap : mishaps()) {
    const auto is_hit = [](std::size_t account) { return account == 3 || account == 700; };
    const auto work = work_with(
        [&](std::size_t account, const Watch& watch, const Ask&) {
          watch.lookout->at("/some/path");
          if (!mishap.in_judge && is_hit(account)) mishap.happens();
          return seen(account);
        },
        [&](std::size_t account, std::string_view observed) {
          if (mishap.in_judge && is_hit(account)) mishap.happens();
          return "judged " + std::string(observed);
        });
    const auto done = run(accounts, work);
    expect_judged(done, accounts);
    EXPECT_EQ(done.lost, (std::vector<std::size_t>{3, 700})) << mishap.title;
    auto expected = mishap.loss;
    expected.seconds = patience;
    for (const auto account : done.lost) EXPECT_EQ(*done.outcomes[account].loss, expected) << mishap.title;
    expect_no_children();
  }
}

// The one that died is to blame, wherever the other one of its pair is meanwhile.
TEST(Supervisor, TheOtherProcessIsNotBlamed) {
  constexpr std::size_t accounts = 200;
  constexpr std::size_t hit = 150;
  auto work = work_with(
      [](std::size_t account, const Watch& watch, const Ask&) {
        watch.lookout->at("/some/path");
        if (account < hit && account > hit - 10) usleep(50000);  // while its pair's judge ends
        return seen(account) + std::string(account == hit ? 100000 : 0, ' ');
      },
      [](std::size_t account, std::string_view observed) {
        if (account == hit) std::abort();
        return "judged " + std::string(observed);
      });
  work.arrange = [](std::span<std::uint32_t> some) { std::ranges::sort(some, std::ranges::greater()); };
  const auto done = run(accounts, work, {1, patience});
  expect_judged(done, accounts);
  EXPECT_EQ(done.lost, std::vector<std::size_t>{hit});
  expect_no_children();
}

// More processes than processors help where all of them only wait.
TEST(Supervisor, ManyWaitAtOnce) {
  const auto work = work_with(
      [](std::size_t account, const Watch&, const Ask&) {
        if (account < 40) hang();
        return seen(account);
      },
      [](std::size_t, std::string_view observed) { return "judged " + std::string(observed); });
  const auto done = run(400, work, {0, patience});
  expect_judged(done, 400);
  EXPECT_EQ(done.losses(), 40U);
  expect_no_children();
}

TEST(Supervisor, AnErrorOfWhoeverTakesTheReportsEndsTheRun) {
  std::size_t taken = 0;
  const auto done = supervise(1000, usual_work(), {2, 1}, [&](std::size_t, const AccountOutcome&) -> Result<void> {
    if (++taken == 10) return tl::unexpected(Error{"write", "/report", ENOSPC});
    return {};
  });
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().errnum, ENOSPC);
  EXPECT_EQ(taken, 10U);
}

// --- what the process that judges cannot do
// ---------------------------------------------------------------------------

struct Attempt {
  std::string title;
  std::function<bool()> succeeds;
};

// seccomp(2) ends it at once; without it, the call fails.
TEST(ConfinementAsRoot, NothingIsInReach) {
  const std::vector<Attempt> attempts = {
      {"open a file", [] { return open("/etc/passwd", O_RDONLY) >= 0; }},
      {"make a socket", [] { return socket(AF_INET, SOCK_STREAM, 0) >= 0; }},
      {"make a local socket", [] { return socket(AF_UNIX, SOCK_STREAM, 0) >= 0; }},
      {"start a process", [] { return fork() >= 0; }},
      {"become root", [] { return setuid(0) == 0; }},
      {"run a program", [] { return execl("/bin/true", "true", nullptr) == 0; }},
      {"send a signal", [] { return kill(getppid(), 0) == 0; }},
      {"leave the directory", [] { return chdir("/etc") == 0; }},
  };
  for (const auto& attempt : attempts) {
    const auto work = work_with([](std::size_t account, const Watch&, const Ask&) { return seen(account); },
                                [&](std::size_t account, std::string_view) {
                                  return std::string(account == 1 && attempt.succeeds() ? "done" : "not done");
                                });
    const auto done = run(3, work);
    EXPECT_EQ(done.outcomes[0].report, "not done");
    EXPECT_EQ(done.outcomes[2].report, "not done");
    const auto& tried = done.outcomes[1];
    EXPECT_TRUE(tried.loss ? tried.loss->number == SIGSYS : tried.report == "not done") << attempt.title;
#ifdef HAVE_SECCOMP
    EXPECT_TRUE(tried.loss.has_value()) << attempt.title;
#endif
  }
}

}  // namespace
}  // namespace sshaudit
