// SPDX-License-Identifier: MIT
// A run with --changes and -o on a disk that fails, that is full, or with a kill in the middle: the history is the old
// or the new one, the report too, and the next run tells what has not been told.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <regex>

#include "debian_etc.h"
#include "failing_file_system.h"
#include "fuse_device.h"
#include "history/history.h"
#include "night.h"

namespace sshaudit::e2e {
namespace {

namespace fs = std::filesystem;

constexpr auto disk = "/var/lib/disk";
constexpr auto report_file = "/var/lib/disk/reports/report";
constexpr int refused = 1;  // exit status, while the fault is there
constexpr int failed = 2;

long from_environment(const char* name, long otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtol(text, nullptr, 10);
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::set<std::string> names_in(const fs::path& path) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(path)) names.insert(entry.path().filename().string());
  return names;
}

// What lies on the disk, looked at in a copy: SQLite would put things right on the disk itself.
struct Picture {
  std::string integrity;
  std::int64_t runs = 0;         // in the history
  std::int64_t open_faults = 0;  // of alice's home
  std::string report;            // without what differs from night to night
  std::set<std::string> state;   // names
  std::set<std::string> reports;
};

std::string one_value(const Database& database, const char* sql) {
  Statement statement(database, sql);
  const auto row = statement.next();
  return row && *row ? statement.text(0) : "no value";
}

void look_into_history(const std::string& path, Picture& picture) {
  if (!fs::exists(path)) return;
  const auto history = open_history(path);
  if (!history) {
    picture.integrity = history.error().what;
    return;
  }
  picture.integrity = one_value(*history, "PRAGMA integrity_check");
  if (one_value(*history, "PRAGMA user_version") == "0") return;
  picture.runs = std::stol(one_value(*history, "SELECT count(*) FROM run"));
  picture.open_faults =
      std::stol(one_value(*history, "SELECT count(*) FROM finding WHERE mended IS NULL AND rule = 'home-writable'"));
}

class FailingDiskAsRoot : public ::testing::Test {
 protected:
  FailingDiskAsRoot() {
    system_.add_usual_person("alice", 2001);
    system_.add_usual_person("bob", 2002);
    system_.write_databases();
    system_.make_directory(disk, root_owner, 0755);
    system_.make_directory("/var/lib/sshaudit", root_owner, 0700);
  }

  HeldNamespace with_disk(Mapping mapping = Mapping::shared) {
    return HeldNamespace([&] {
      enter_debian(system_, {});
      mount_failing_disk(disk, orders_, mapping);
      const auto state = std::string(disk) + "/state";
      if (mount(state.c_str(), "/var/lib/sshaudit", nullptr, MS_BIND, nullptr) != 0)
        throw std::system_error(errno, std::generic_category(), "bind the state directory");
    });
  }

  static std::vector<std::string> night() {
    return {"--all-users", "--changes", "--sshd-version", debian_12_sshd, "-o", report_file};
  }

  static AuditRun audit(const HeldNamespace& space) { return audit_in(space, night()); }

  Picture look(const HeldNamespace& space) const {
    const TemporaryDirectory copies;
    const pid_t child = fork();
    if (child == 0) {
      std::error_code error;
      space.join();
      fs::copy(disk, copies.path() + "/disk", fs::copy_options::recursive, error);
      _exit(error ? 1 : 0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0) << "copy the disk";
    const auto copy = copies.path() + "/disk";
    Picture picture{.state = names_in(copy + "/state"), .reports = names_in(copy + "/reports")};
    const auto text = text_of(copy + "/reports/report");
    picture.report = std::regex_replace(text, std::regex("since 20[0-9]{2}-[0-9]{2}-[0-9]{2}"), "since DATE");
    look_into_history(copy + "/state/history.db", picture);
    return picture;
  }

  void turn() {
    has_fault_ = !has_fault_;
    system_.change_mode("/home/alice", has_fault_ ? 0777 : 0755);
  }
  int usual_status() const { return has_fault_ ? refused : 0; }

  TemporaryDirectory directory_;
  AuditedSystem system_{directory_.path()};
  DiskOrders& orders_ = make_disk_orders();
  bool has_fault_ = false;
};

// Some file systems have no memory that processes share by a file.
TEST_F(FailingDiskAsRoot, NeedsNoSharedMemory) {
  if (!kernel_has_fuse()) GTEST_SKIP() << "this kernel has no FUSE";
  const auto space = with_disk(Mapping::none);
  ASSERT_EQ(space.errnum(), 0);
  for (int i = 0; i < 3; ++i) {
    const auto run = audit(space);
    EXPECT_EQ(run.err, "");
    EXPECT_EQ(run.exit_status, usual_status());
    EXPECT_EQ(look(space).report.empty(), i == 0);
    turn();
  }
  const auto told = audit_in(space, {"history", "alice"});
  EXPECT_EQ(told.err, "");
  EXPECT_EQ(std::ranges::count(told.out, '\n'), 2) << told.out;
}

// --- the loop --------------------------------------------------------------------------------------------------------

struct Blow {
  const char* name;
  DiskOrders::What what;
  int errnum;
  bool goes_on;
  bool only_changes;
  bool by_the_clock = false;
};

constexpr std::array blows = {
    Blow{"EIO once", DiskOrders::What::fail, EIO, false, false},
    Blow{"EIO", DiskOrders::What::fail, EIO, true, false},
    Blow{"ENOSPC once", DiskOrders::What::fail, ENOSPC, false, true},
    Blow{"ENOSPC", DiskOrders::What::fail, ENOSPC, true, true},
    Blow{"killed", DiskOrders::What::kill, 0, false, false},
    Blow{"killed, torn", DiskOrders::What::kill_torn, 0, false, true},
    Blow{"killed by the clock", DiskOrders::What::kill, 0, false, false, true},
};

class BlowsAsRoot : public FailingDiskAsRoot {
 protected:
  // Undisturbed: what is the news of each turn, and how much there is to disturb.
  void measure(const HeldNamespace& space) {
    ASSERT_EQ(audit(space).err, "");
    for (const bool only_changes : {false, true}) {
      for (int i = 0; i < 2; ++i) {
        turn();
        orders_.heal();
        orders_.only_changes = only_changes;
        const auto start = std::chrono::steady_clock::now();
        ASSERT_EQ(audit(space).exit_status, usual_status());
        usual_time_ = std::chrono::steady_clock::now() - start;
        auto& count = operations_[only_changes];
        count = count == 0 ? orders_.operations.load() : std::min(count, orders_.operations.load());
        news_[has_fault_] = look(space).report;
      }
    }
    orders_.heal();
    ASSERT_EQ(audit(space).exit_status, usual_status());
    ASSERT_EQ(look(space).report, "");
    ASSERT_NE(news_[true], news_[false]);
    ASSERT_GT(operations_[true], 20);
  }

  AuditRun strike(const HeldNamespace& space, const Blow& blow, double moment) {
    orders_.heal();
    if (blow.by_the_clock) {
      const auto started = start_sshaudit(night(), [&] { space.join(); });
      const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(usual_time_ * moment);
      poll(nullptr, 0, static_cast<int>(time.count()));
      kill(started.process, SIGKILL);
      return finish(started);
    }
    orders_.what = blow.what;
    orders_.errnum = blow.errnum;
    orders_.goes_on = blow.goes_on;
    orders_.only_changes = blow.only_changes;
    orders_.at = 1 + static_cast<long>(static_cast<double>(operations_[blow.only_changes]) * moment);
    auto run = audit(space);
    EXPECT_TRUE(orders_.was_reached);
    return run;
  }

  void expect_clear_end(const Blow& blow, const AuditRun& run, bool is_told) {
    ++ends_[std::string(blow.name) + ": " + std::to_string(run.exit_status) + " " + run.err];
    const bool may_be_killed = blow.what != DiskOrders::What::fail;
    if (may_be_killed && run.exit_status == 128 + SIGKILL) return;
    if (run.exit_status == failed && blow.errnum != 0) {
      const std::regex error(
          "sshaudit: (open|make directory|write|read the history|write the history|read or write the history): "
          "/var/lib/(sshaudit|sshaudit/history.db(-wal|-shm)?|disk/reports/report): " +
          std::string(std::strerror(blow.errnum)) + "\n");
      EXPECT_TRUE(std::regex_match(run.err, error)) << run.err;
      return;
    }
    EXPECT_EQ(run.exit_status, usual_status()) << run.err;
    EXPECT_EQ(run.err, "");
    EXPECT_TRUE(is_told);
  }

  void round(const HeldNamespace& space, const Blow& blow, double moment) {
    const auto before = look(space);
    turn();
    const auto run = strike(space, blow, moment);
    orders_.heal();
    const auto after = look(space);
    const bool is_new = after.runs == before.runs + 1;
    EXPECT_EQ(after.integrity, "ok");
    EXPECT_TRUE(is_new || after.runs == before.runs) << after.runs << " runs, " << before.runs << " before";
    EXPECT_EQ(after.open_faults, has_fault_ == is_new ? 1 : 0);
    const bool is_told = after.report == news_[has_fault_];
    EXPECT_TRUE(is_told || after.report == before.report) << after.report;
    EXPECT_TRUE(is_told || !is_new) << "the news is lost";
    expect_clear_end(blow, run, is_new && is_told);
    expect_next(space, is_new ? "" : news_[has_fault_]);
    expect_next(space, "");
  }

  void expect_next(const HeldNamespace& space, const std::string& news) {
    EXPECT_TRUE(comes_true([&] { return space.visitors().empty(); }));
    const auto next = audit(space);
    EXPECT_EQ(next.exit_status, usual_status());
    EXPECT_EQ(next.err, "");
    const auto then = look(space);
    EXPECT_EQ(then.report, news);
    EXPECT_EQ(then.integrity, "ok");
    EXPECT_EQ(then.reports, std::set<std::string>{"report"});
    EXPECT_EQ(then.state, std::set<std::string>{"history.db"});
  }

  std::array<std::string, 2> news_;
  std::array<long, 2> operations_{};  // in a run: all, and those that change something
  std::chrono::steady_clock::duration usual_time_{};
  std::map<std::string, int> ends_;
};

TEST_F(BlowsAsRoot, CostNoNews) {
  if (!kernel_has_fuse()) GTEST_SKIP() << "this kernel has no FUSE";
  const auto space = with_disk();
  ASSERT_EQ(space.errnum(), 0);
  ASSERT_NO_FATAL_FAILURE(measure(space));
  const auto seed = static_cast<unsigned>(from_environment("SSHAUDIT_KILL_SEED", std::random_device{}()));
  std::mt19937 random{seed};
  const auto each = std::max(1L, from_environment("SSHAUDIT_KILLS", 25) / static_cast<long>(blows.size()) + 1);
  for (long i = 0; i < each && !HasFailure(); ++i) {
    for (const auto& blow : blows) {
      const auto within = std::uniform_real_distribution<double>(0, 1)(random);
      const auto moment = (static_cast<double>(i) + within) / static_cast<double>(each);
      SCOPED_TRACE(std::string(blow.name) + ", moment " + std::to_string(moment) + ", seed " + std::to_string(seed));
      round(space, blow, moment);
    }
  }
  std::printf("%ld blows; %ld operations in a run, of which %ld change something\n",
              each * static_cast<long>(blows.size()), operations_[false], operations_[true]);
  for (const auto& [end, count] : ends_) std::printf("%4d  %s%s", count, end.c_str(), end.back() == '\n' ? "" : "\n");
}

}  // namespace
}  // namespace sshaudit::e2e
