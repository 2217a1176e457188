// SPDX-License-Identifier: MIT
// Whole logins against a real sshd: accounts, shadow states, configurations, PAM stacks, trees, ACLs, links and key
// lines together. What sshd does has to be what `sshaudit explain` says, and what the audit says has to fit. As root
// only: everything lives in mount namespaces of children of this process.
//
//   SSHAUDIT_LOGIN_CASES  scenarios to try (250), from
//   SSHAUDIT_LOGIN_SEED   this number on (1); a difference names the number that shows it alone
//   SSHAUDIT_LOGIN_SHOW   not empty: each scenario is shown, with the log of sshd
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <iostream>
#include <map>
#include <new>

#include "differential/key_stage.h"
#include "differential/login_desk.h"
#include "differential/login_draft.h"
#include "gather/host.h"

namespace sshaudit::differential {
namespace {

constexpr std::size_t desks = 2;
constexpr std::size_t shown_differences = 12;
constexpr std::int64_t seconds_a_day = 24 * 60 * 60;

// Counted by all desks, in memory that they share.
struct Tally {
  using Counts = std::array<std::atomic<unsigned>, 3>;  // by outcome

  std::atomic<std::uint64_t> next{0};
  Counts outcomes{};
  std::array<Counts, 128> by_twist{};
  std::atomic<unsigned> differences{0};
};

Tally& shared_tally() {
  void* const memory = mmap(nullptr, sizeof(Tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  must(memory != MAP_FAILED, "mmap");
  return *new (memory) Tally;
}

std::int64_t today() { return seconds_now() / seconds_a_day; }

void show(std::uint64_t seed, const std::string& what, const LoginScenario& scenario, const LoginTrial& trial,
          const LoginVerdict& verdict) {
  std::cout << fmt::format(
                   "{}\n  SSHAUDIT_LOGIN_SEED={} SSHAUDIT_LOGIN_CASES=1\n{}the client saw\n  {}\nsshd\n{}\nwe\n{}\n",
                   what, seed, describe(scenario), shown(trial.output), trial.log, verdict.explained)
            << std::flush;
}

void count(const LoginScenario& scenario, const LoginTrial& trial, Tally& tally) {
  const auto outcome = static_cast<std::size_t>(trial.outcome);
  ++tally.outcomes.at(outcome);
  const auto& twists = all_twists();
  for (std::size_t i = 0; i < twists.size(); ++i) {
    const bool is_in = std::ranges::find(scenario.twists, twists[i].name) != scenario.twists.end();
    if (is_in) ++tally.by_twist.at(i).at(outcome);
  }
}

void compare(std::uint64_t seed, LoginWorld& world, LoginDesk& desk, Tally& tally) {
  for (;;) {
    world.today = today();
    const auto scenario = generate_login(seed, world);
    desk.show(scenario);
    const auto trial = desk.log_in(scenario);
    const auto verdict = desk.judge(scenario);
    if (today() != world.today) continue;  // days are part of the scenario
    count(scenario, trial, tally);
    const auto differs = difference(scenario, trial, verdict);
    const bool is_shown = !setting_of("SSHAUDIT_LOGIN_SHOW", "").empty();
    const bool is_new = !differs.empty() && tally.differences++ < shown_differences;
    if (is_new || is_shown) show(seed, differs.empty() ? "SHOWN" : "DIFFERENCE " + differs, scenario, trial, verdict);
    if (!differs.empty() && !is_new && !is_shown)
      std::cout << fmt::format("DIFFERENCE {} seed {}: {}\n", differs, seed, fmt::join(scenario.twists, ", "))
                << std::flush;
    return;
  }
}

std::string summary(const Tally& tally, double seconds, std::uint64_t seed) {
  const auto& [accepted, refused, closes] = tally.outcomes;
  const unsigned all = accepted + refused + closes;
  std::string text;
  for (std::size_t i = 0; i < all_twists().size(); ++i) {
    const auto& counts = tally.by_twist.at(i);
    text += fmt::format("{:>24}: {} accepted, {} refused, {} closes\n", all_twists()[i].name, counts[0].load(),
                        counts[1].load(), counts[2].load());
  }
  return text +
         fmt::format(
             "{} scenarios: {} accepted, {} refused, {} closes; {} differences; {:.1f} logins per second (seed {})\n",
             all, accepted.load(), refused.load(), closes.load(), tally.differences.load(),
             seconds > 0 ? all / seconds : 0, seed);
}

int compare_all() {
  auto world = make_login_world();
  auto& tally = shared_tally();
  const auto first = std::stoull(setting_of("SSHAUDIT_LOGIN_SEED", "1"));
  const auto end = first + std::stoull(setting_of("SSHAUDIT_LOGIN_CASES", "250"));
  tally.next = first;
  const auto start = std::chrono::steady_clock::now();
  std::array<pid_t, desks> children{};
  for (std::size_t number = 0; number < desks; ++number) {
    children.at(number) = in_child([&] {
      LoginDesk desk(world, number);
      for (auto seed = tally.next++; seed < end; seed = tally.next++) compare(seed, world, desk, tally);
      return 0;
    });
  }
  int worst = 0;
  for (const auto child : children) worst = std::max(worst, status_of(child));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::cout << summary(tally, took.count(), first) << std::flush;
  return worst != 0 ? worst : tally.differences == 0 ? 0 : 1;
}

TEST(LoginDifferentialAsRoot, SaysWhatSshdDoes) {
  ASSERT_EQ(geteuid(), 0U) << "this needs root";
  EXPECT_EQ(status_of(in_child(compare_all)), 0) << "1: differences; 2: it could not be tried";
}

}  // namespace
}  // namespace sshaudit::differential
