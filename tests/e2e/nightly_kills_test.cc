// SPDX-License-Identifier: MIT
// The processes of a run are killed or stopped at any moment, or cannot be had: what was not looked at is said to be
// unknown, and nothing else changes.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

#include "fuse_device.h"
#include "gather/fd.h"
#include "night.h"

namespace sshaudit::e2e {
namespace {

using namespace std::chrono_literals;

constexpr uid_t nobody = 65534;
const std::set<std::string> not_judged = {"account-not-judged"};

long from_environment(const char* name, long otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtol(text, nullptr, 10);
}

struct ProcessState {
  char state = 'X';
  pid_t parent = 0;
  pid_t group = 0;
  uid_t uid = 0;
};

ProcessState state_of(pid_t process) {
  const auto path = "/proc/" + std::to_string(process);
  std::ifstream file(path + "/stat");
  std::string text;
  std::getline(file, text);
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream words(text.substr(name_end + 1));
  ProcessState state;
  words >> state.state >> state.parent >> state.group;
  struct stat status {};
  if (stat(path.c_str(), &status) == 0) state.uid = status.st_uid;
  return state;
}

std::string program_of(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/comm");
  std::string name;
  std::getline(file, name);
  return name;
}

enum class Part { observer, judge };

// Observers lead a group of processes, judges are nobody. What else the run starts is left alone.
bool is_part(pid_t run, pid_t process, Part part) {
  const auto state = state_of(process);
  if (state.parent != run || state.state == 'Z' || state.state == 'X') return false;
  if (program_of(process) != program_of(run)) return false;
  const auto status = "/proc/" + std::to_string(process) + "/status";
  std::ifstream file(status);
  bool is_nobody = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("Uid:\t" + std::to_string(nobody))) is_nobody = true;
  }
  return part == Part::judge ? is_nobody : !is_nobody && state.group == process;
}

std::vector<pid_t> parts_of(pid_t run, Part part) {
  auto found = children_of(run);
  std::erase_if(found, [&](pid_t process) { return !is_part(run, process, part); });
  return found;
}

// By a descriptor, so that no other process can be meant by then. False when it was gone already.
bool send(pid_t run, pid_t process, Part part, int signal) {
  const Fd fd(static_cast<int>(syscall(SYS_pidfd_open, process, 0)));
  return fd && is_part(run, process, part) && syscall(SYS_pidfd_send_signal, fd.get(), signal, nullptr, 0) == 0;
}

bool has_ended(pid_t process) {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(process), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == process;
}

struct Rhythm {
  int first = 0;    // milliseconds from the start of the run, and
  int between = 0;  // between two kills, at most
  int most = 1;     // kills in one run
};

class KilledAsRoot : public ::testing::Test {
 protected:
  static constexpr std::size_t accounts = 600;

  KilledAsRoot() : host_(accounts, every_third()) { host_.write_databases(); }

  static std::set<std::size_t> every_third() {
    std::set<std::size_t> positions;
    for (std::size_t i = 0; i < accounts; i += 3) positions.insert(i);
    return positions;
  }

  int below(int most) { return std::uniform_int_distribution<int>(0, most)(random_); }

  std::vector<AccountLine> good_night(const HeldNamespace& space) {
    const auto run = audit_in(space, nightly());
    EXPECT_EQ(run.exit_status, 0) << run.err;
    return account_lines(run.out);
  }

  // How many of the parts were killed until the run had ended.
  int kill_parts(pid_t run, const Rhythm& rhythm) {
    int kills = 0;
    poll(nullptr, 0, below(rhythm.first));
    while (!has_ended(run) && kills < rhythm.most) {
      const auto part = below(1) == 0 ? Part::observer : Part::judge;
      const auto parts = parts_of(run, part);
      if (!parts.empty() && send(run, parts[random_() % parts.size()], part, SIGKILL)) ++kills;
      poll(nullptr, 0, below(rhythm.between));
    }
    return kills;
  }

  // Runs until there were so many kills.
  void kill_until(const HeldNamespace& space, long wanted, const Rhythm& rhythm) {
    const auto good = good_night(space);
    long kills = 0;
    std::size_t lost_in_all = 0;
    for (int i = 0; kills < wanted && i < 100 * wanted; ++i) {
      const auto started = start_sshaudit(nightly(), [&] { space.join(); });
      const int now = kill_parts(started.process, rhythm);
      const auto run = finish(started);
      const auto night = account_lines(run.out);
      const auto lost = lost_to(night, not_judged);
      ASSERT_LE(lost.size(), static_cast<std::size_t>(now)) << "seed " << seed_ << ", run " << i;
      ASSERT_EQ(beside(lost, good, night), "") << "seed " << seed_ << ", run " << i;
      ASSERT_EQ(run.exit_status, lost.empty() ? 0 : 2) << run.err;
      ASSERT_EQ(run.err, "");
      kills += now;
      lost_in_all += lost.size();
    }
    EXPECT_GE(kills, wanted);
    EXPECT_EQ(beside({}, good, good_night(space)), "");
    EXPECT_TRUE(comes_true([&] { return space.visitors().empty(); }));
    std::printf("%ld kills, %zu accounts lost\n", kills, lost_in_all);
  }

  ManyAccounts host_;
  unsigned seed_ = static_cast<unsigned>(from_environment("SSHAUDIT_KILL_SEED", std::random_device{}()));
  std::mt19937 random_{seed_};
};

TEST_F(KilledAsRoot, WhileTheyWait) {
  if (!kernel_has_fuse()) GTEST_SKIP() << "this kernel has no FUSE";
  const auto space = host_.with_server({.delay = 5ms});
  ASSERT_EQ(space.errnum(), 0);
  kill_until(space, from_environment("SSHAUDIT_KILLS", 25) / 2, {.first = 100, .between = 60, .most = 20});
}

TEST_F(KilledAsRoot, WhileTheyWork) {
  if (!kernel_has_fuse()) GTEST_SKIP() << "this kernel has no FUSE";
  const auto space = host_.with_server({});
  ASSERT_EQ(space.errnum(), 0);
  kill_until(space, from_environment("SSHAUDIT_KILLS", 25) / 2, {.first = 30, .between = 5, .most = 4});
}

// One after the other, as fast as they can be found: whoever is killed while nothing was in its hands costs nobody.
TEST_F(KilledAsRoot, OneAfterTheOther) {
  if (!kernel_has_fuse()) GTEST_SKIP() << "this kernel has no FUSE";
  const auto space = host_.with_server({.delay = 1ms});
  ASSERT_EQ(space.errnum(), 0);
  kill_until(space, from_environment("SSHAUDIT_KILLS", 25), {.first = 0, .between = 0, .most = 50});
}

TEST_F(KilledAsRoot, TheSupervisorLeavesNothingBehind) {
  if (!kernel_has_fuse()) GTEST_SKIP() << "this kernel has no FUSE";
  const auto space = host_.with_server({.delay = 5ms});
  ASSERT_EQ(space.errnum(), 0);
  const TemporaryDirectory directory;
  const auto report = directory.path() + "/report";
  const auto good = good_night(space);
  const long rounds = std::max(from_environment("SSHAUDIT_KILLS", 25) / 5, 3L);
  for (int i = 0; i < rounds; ++i) {
    const auto started = start_sshaudit(nightly({"-o", report}), [&] { space.join(); });
    ASSERT_TRUE(comes_true([&] { return !parts_of(started.process, Part::judge).empty(); }));
    poll(nullptr, 0, below(200));
    ASSERT_FALSE(has_ended(started.process));
    kill(started.process, SIGKILL);
    EXPECT_EQ(finish(started).exit_status, 128 + SIGKILL);
    EXPECT_TRUE(comes_true([&] { return space.visitors().empty(); }));
    EXPECT_NE(access(report.c_str(), F_OK), 0);
  }
  EXPECT_EQ(beside({}, good, good_night(space)), "");
}

class StoppedAsRoot : public KilledAsRoot, public ::testing::WithParamInterface<Part> {
 protected:
  // At a random moment, while it has accounts in hand.
  void stop_one(pid_t run) {
    ASSERT_TRUE(comes_true([&] { return !parts_of(run, GetParam()).empty(); }));
    poll(nullptr, 0, below(100));
    const auto parts = parts_of(run, GetParam());
    ASSERT_FALSE(parts.empty());
    ASSERT_TRUE(send(run, parts[random_() % parts.size()], GetParam(), SIGSTOP));
  }
};

TEST_P(StoppedAsRoot, TheDeadlineEndsIt) {
  if (!kernel_has_fuse()) GTEST_SKIP() << "this kernel has no FUSE";
  const auto space = host_.with_server({.delay = 5ms});
  ASSERT_EQ(space.errnum(), 0);
  const auto good = good_night(space);
  for (int i = 0; i < 4; ++i) {
    const auto started = start_sshaudit(nightly({"--deadline", "3"}), [&] { space.join(); });
    stop_one(started.process);
    const auto run = finish(started);
    ASSERT_LT(run.exit_status, 3) << "it hangs; seed " << seed_ << ", run " << i;
    const auto night = account_lines(run.out);
    const auto lost = lost_to(night, {"account-timeout", "account-not-judged"});
    EXPECT_LE(lost.size(), 1U);
    EXPECT_EQ(beside(lost, good, night), "");
    EXPECT_EQ(run.exit_status, lost.empty() ? 0 : 2) << run.err;
    EXPECT_TRUE(comes_true([&] { return space.visitors().empty(); }));
  }
}

const auto part_name = [](const auto& info) { return std::string(info.param == Part::judge ? "Judge" : "Observer"); };
INSTANTIATE_TEST_SUITE_P(Part, StoppedAsRoot, ::testing::Values(Part::observer, Part::judge), part_name);

}  // namespace
}  // namespace sshaudit::e2e
