// SPDX-License-Identifier: MIT
// A run that is killed, or whose disk fails, at each of its writes: afterwards the history is whole, and either the run
// has happened or it has not.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>

#include "gather/scratch_directory.h"
#include "history/sample_runs.h"

namespace sshaudit {
namespace {

constexpr int accounts = 400;

// What the program under test does at its write number `at`; all are counted. SQLite calls these instead of libc's.
enum class Fate { none, killed, disk_fails };
struct Writes {
  Fate fate = Fate::none;
  int at = 0;
  int count = 0;
};
Writes writes;

bool is_the_one() { return ++writes.count == writes.at && writes.fate != Fate::none; }

ssize_t cut_off_pwrite(int file, const void* bytes, size_t size, off_t offset) {
  if (!is_the_one()) return pwrite(file, bytes, size, offset);
  if (writes.fate == Fate::killed) {
    if (pwrite(file, bytes, size / 2, offset) >= 0) kill(getpid(), SIGKILL);  // torn
  }
  errno = EIO;
  return -1;
}

int cut_off_ftruncate(int file, off_t size) {
  if (!is_the_one()) return ftruncate(file, size);
  if (writes.fate == Fate::killed) kill(getpid(), SIGKILL);
  errno = EIO;
  return -1;
}

int cut_off_unlink(const char* path) {
  if (is_the_one() && writes.fate == Fate::killed) kill(getpid(), SIGKILL);
  return unlink(path);
}

template <class Function>
bool replace(const char* name, Function function) {
  auto* const vfs = sqlite3_vfs_find(nullptr);
  return vfs->xSetSystemCall(vfs, name, reinterpret_cast<sqlite3_syscall_ptr>(function)) == SQLITE_OK;
}

std::string name_of(int account) { return "user" + std::to_string(account); }

// A key for everybody, and a finding for every second; or all of that gone again.
Result<void> run_over_all(const std::string& path, const std::string& now) {
  auto history = History::begin(path, now, 0);
  if (!history) return tl::unexpected(history.error());
  for (int i = 0; i < accounts; ++i) {
    const auto memory = history->recall(name_of(i));
    if (!memory) return tl::unexpected(memory.error());
    auto changes = sample_changes("home-writable", "/home/" + name_of(i), "SHA256:" + std::string(43, 'A'));
    if (i % 2 == 1) changes.states.clear();
    if (memory->id != 0) changes = {.mended = memory->findings, .keys_removed = memory->keys, .keys_are_known = true};
    if (auto done = history->keep(name_of(i), *memory, changes); !done) return done;
  }
  Summary summary;
  summary.accounts = accounts;
  return history->commit(summary);
}

// The exit status of a process that makes the run: 0 done, 1 an error of the disk, 2 another one; -1 killed. How many
// writes it took is the first answer's.
constexpr int many = 100000;
int run_apart(const std::string& path, Fate fate, int at, int* count = nullptr) {
  std::array<int, 2> answer{};
  EXPECT_EQ(pipe(answer.data()), 0);
  const auto child = fork();
  if (child == 0) {
    writes = {fate, at, 0};
    const bool has_one = replace("pwrite", cut_off_pwrite);
    const bool has_other = replace("pwrite64", cut_off_pwrite);
    const bool replaced =
        (has_one || has_other) && replace("ftruncate", cut_off_ftruncate) && replace("unlink", cut_off_unlink);
    const auto done = replaced ? run_over_all(path, "2026-01-31T02:00:00Z") : tl::unexpected(Error{});
    if (write(answer[1], &writes.count, sizeof writes.count) != sizeof writes.count) _exit(3);
    _exit(done ? 0 : done.error().errnum == EIO ? 1 : 2);
  }
  close(answer[1]);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  int written = many;
  const bool is_told = read(answer[0], &written, sizeof written) == sizeof written;
  close(answer[0]);
  if (is_told && count != nullptr) *count = written;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// The runs that have happened, after a look at every page and at every account.
std::size_t runs_in(const std::string& path, std::size_t before) {
  {
    auto database = open_history(path).value();
    Statement check(database, "PRAGMA integrity_check");
    EXPECT_TRUE(check.next().value());
    EXPECT_EQ(check.text(0), "ok");
  }
  const auto done = past_runs(path).size();
  auto history = History::begin(path, "2026-02-01T02:00:00Z", 0).value();
  const auto known = before == 0 && done == 0 ? 0 : accounts;
  const auto open = done == 1 ? accounts / 2 : 0;
  EXPECT_EQ(history.accounts().value().size(), known);
  std::size_t findings = 0;
  std::size_t keys = 0;
  for (int i = 0; i < accounts; ++i) {
    const auto memory = history.recall(name_of(i)).value();
    findings += memory.findings.size();
    keys += memory.keys.size();
  }
  EXPECT_EQ(findings, open);
  EXPECT_EQ(keys, done == 1 ? accounts : 0);
  return done;
}

struct CutOff : ::testing::TestWithParam<std::size_t> {  // how many runs there have been
  ScratchDirectory scratch;
  std::string base = scratch.path("base.db");
  std::string path = scratch.path("history.db");
  int all = 0;  // writes of the whole run

  CutOff() {
    scratch.file("base.db", "");
    if (GetParam() == 1 && !run_over_all(base, "2026-01-30T02:00:00Z")) std::abort();
    make();
    EXPECT_EQ(run_apart(path, Fate::none, 0, &all), 0);
    EXPECT_EQ(runs_in(path, GetParam()), GetParam() + 1);
  }

  void make() {
    for (const auto* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix);
    std::filesystem::copy_file(base, path);
  }
};

TEST_P(CutOff, Killed) {
  ASSERT_GE(all, 50);
  std::size_t old_states = 0;
  for (int at = 1; at <= all; ++at) {
    make();
    ASSERT_EQ(run_apart(path, Fate::killed, at), -1) << at;
    const auto done = runs_in(path, GetParam());
    EXPECT_TRUE(done == GetParam() || done == GetParam() + 1) << at;
    old_states += done == GetParam() ? 1 : 0;
    if (HasFailure()) break;
  }
  EXPECT_GT(old_states, 25U);
  EXPECT_LT(old_states, static_cast<std::size_t>(all)) << "killed behind the commit the run has happened";
}

TEST_P(CutOff, TheDiskFails) {
  std::size_t failures = 0;
  for (int at = 1; at <= all; ++at) {
    make();
    const int status = run_apart(path, Fate::disk_fails, at);
    ASSERT_TRUE(status == 0 || status == 1) << at << ' ' << status;
    EXPECT_EQ(runs_in(path, GetParam()), GetParam() + (status == 0 ? 1 : 0)) << at;
    failures += static_cast<std::size_t>(status);
    if (HasFailure()) break;
  }
  EXPECT_GT(failures, 25U);
}

INSTANTIATE_TEST_SUITE_P(AfterRuns, CutOff, ::testing::Values(0U, 1U));

}  // namespace
}  // namespace sshaudit
