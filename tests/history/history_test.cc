// SPDX-License-Identifier: MIT
// The file that the history is: what it keeps, what it forgets, and what it does not touch.
#include "history/history.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <fstream>
#include <iterator>

#include "gather/scratch_directory.h"
#include "history/past_runs.h"
#include "history/sample_runs.h"

namespace sshaudit {
namespace {

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct HistoryFile : ::testing::Test {
  ScratchDirectory scratch;
  std::string path = scratch.path("history.db");

  HistoryFile() { scratch.file("history.db", ""); }

  void sql(const char* text) { ASSERT_TRUE(Database::open(path, 0).value().run(text)); }

  Error refusal() const {
    const auto history = History::begin(path, "2026-02-01T02:00:00Z", 0);
    return history ? Error{} : history.error();
  }
};

TEST_F(HistoryFile, RemembersWhatARunHasLeftOpen) {
  run_with(path, "2026-01-30T02:00:00Z", {{"alice", sample_changes("home-writable", "/home/alice", "SHA256:a")}});
  run_with(path, "2026-01-31T02:00:00Z", {});
  auto history = History::begin(path, "2026-02-01T02:00:00Z").value();
  const auto memory = history.recall("alice").value();
  const Memory expected = {.id = memory.id,
                           .keys_are_known = true,
                           .findings = {{1,
                                         {.rule = "home-writable", .path = "/home/alice", .words = -7, .line = 3},
                                         1,
                                         "2026-01-30T02:00:00Z"}},
                           .keys = {{1, "SHA256:a", "/home/alice/.ssh/authorized_keys", 3, 1}}};
  EXPECT_EQ(memory, expected);
  EXPECT_EQ(history.recall("bob").value(), Memory{});
  EXPECT_EQ(history.accounts().value(), std::vector<std::string>{"alice"});
}

TEST_F(HistoryFile, NamesAndPathsAreBytes) {
  const std::string odd("\xff' \x01\"", 5);
  run_with(path, "2026-01-30T02:00:00Z", {{odd, sample_changes("home-writable", "/home/" + odd, "SHA256:a")}});
  auto history = History::begin(path, "2026-02-01T02:00:00Z").value();
  EXPECT_EQ(history.accounts().value(), std::vector<std::string>{odd});
  EXPECT_EQ(history.recall(odd).value().findings.at(0).mark.path, "/home/" + odd);
}

// A row of passwd without a name is an account like any other.
TEST_F(HistoryFile, TheHostIsNoAccount) {
  run_with(path, "2026-01-30T02:00:00Z",
           {{"", sample_changes("home-writable", "/home", "SHA256:a")},
            {whole_host, sample_changes("row-malformed", "/etc/passwd", "")}});
  auto history = History::begin(path, "2026-02-01T02:00:00Z").value();
  EXPECT_EQ(history.accounts().value(), std::vector<std::string>{""});
  EXPECT_EQ(history.recall(whole_host).value().findings.at(0).mark.rule, "row-malformed");
  EXPECT_EQ(history.recall("").value().findings.at(0).mark.rule, "home-writable");
}

TEST_F(HistoryFile, ARunThatIsNotCommittedHasNotHappened) {
  run_with(path, "2026-01-30T02:00:00Z", {});
  {
    auto history = History::begin(path, "2026-01-31T02:00:00Z").value();
    ASSERT_TRUE(history.keep("alice", {}, sample_changes("home-writable", "/home/alice", "SHA256:a")));
  }
  EXPECT_EQ(past_runs(path).size(), 1U);
  EXPECT_EQ(History::begin(path, "2026-02-01T02:00:00Z").value().recall("alice").value(), Memory{});
}

TEST_F(HistoryFile, TwoRunsDoNotMix) {
  const auto first = History::begin(path, "2026-01-30T02:00:00Z");
  ASSERT_TRUE(first);
  EXPECT_EQ(refusal(), (Error{"another sshaudit is writing the history; try again when it is done", path, 0}));
}

// The clock is given: what is older than 400 days goes, but for what is still open.
TEST_F(HistoryFile, ForgetsWhatIsOldAndNotOpen) {
  const auto both = [](Changes changes) {
    const auto other = sample_changes("key-file-writable", "/b", "SHA256:b");
    changes.states.push_back(other.states.front());
    changes.keys_added.push_back(other.keys_added.front());
    return changes;
  };
  run_with(path, "2025-01-01T02:00:00Z", {{"alice", both(sample_changes("home-writable", "/a", "SHA256:a"))}});
  auto memory = History::begin(path, "").value().recall("alice").value();
  Changes changes;
  changes.keys_are_known = true;
  changes.mended = {memory.findings.at(1)};
  changes.keys_removed = {memory.keys.at(1)};
  run_with(path, "2025-01-02T02:00:00Z", {{"alice", changes}}, memory);
  run_with(path, "2026-02-06T01:59:59Z", {});  // 400 days later, less a second
  EXPECT_EQ(past_runs(path).size(), 3U);
  EXPECT_EQ(past_runs(path).at(1).events.size(), 2U);
  run_with(path, "2026-02-06T02:00:01Z", {});
  const auto rest = past_runs(path);
  ASSERT_EQ(rest.size(), 3U);
  EXPECT_EQ(rest.at(0).at, "2025-01-01T02:00:00Z");
  EXPECT_EQ(rest.at(0).events.size(), 2U);
  EXPECT_EQ(rest.at(1).at, "2026-02-06T01:59:59Z");
  memory = History::begin(path, "").value().recall("alice").value();
  EXPECT_EQ(memory.findings.size(), 1U);
  EXPECT_EQ(memory.findings.at(0).since, "2025-01-01T02:00:00Z");
  EXPECT_EQ(memory.keys.size(), 1U);
}

TEST_F(HistoryFile, AnAccountThatComesAgainIsAnotherOne) {
  run_with(path, "2026-01-30T02:00:00Z", {{"alice", sample_changes("home-writable", "/a", "SHA256:a")}});
  const auto memory = History::begin(path, "").value().recall("alice").value();
  Changes gone;
  gone.is_gone = true;
  gone.mended = memory.findings;
  gone.keys_removed = memory.keys;
  run_with(path, "2026-01-31T02:00:00Z", {{"alice", gone}}, memory);
  EXPECT_EQ(History::begin(path, "").value().recall("alice").value(), Memory{});
  run_with(path, "2026-02-01T02:00:00Z", {{"alice", sample_changes("home-writable", "/a", "SHA256:a")}});
  EXPECT_EQ(past_runs(path).at(1).events.size(), 2U);
  EXPECT_EQ(past_runs(path).at(2).events.size(), 2U);
}

TEST_F(HistoryFile, OneOfTomorrowIsNotTouched) {
  run_with(path, "2026-01-30T02:00:00Z", {});
  sql("PRAGMA user_version = 2");
  const auto before = bytes_of(path);
  const Error expected = {
      "a newer sshaudit has written the history (schema 2); nothing is touched: use that one, or move the file away",
      path, 0};
  EXPECT_EQ(refusal(), expected);
  EXPECT_EQ(open_history(path).error(), expected);
  EXPECT_EQ(bytes_of(path), before);
}

TEST_F(HistoryFile, SomethingElseIsNotTouched) {
  sql("CREATE TABLE song (title TEXT)");
  const auto before = bytes_of(path);
  EXPECT_EQ(refusal(),
            (Error{"is no history of sshaudit; move it away, and the next run with --changes begins one", path, 0}));
  EXPECT_EQ(bytes_of(path), before);
}

TEST_F(HistoryFile, ADamagedOneIsNotThrownAway) {
  const Error damaged = {"the history is damaged; move it away, and the next run with --changes begins a new one", path,
                         0};
  scratch.file("history.db", std::string(8192, 'x'));
  EXPECT_EQ(refusal(), damaged);
  EXPECT_EQ(bytes_of(path), std::string(8192, 'x'));
  scratch.file("history.db", "");
  run_with(path, "2026-01-30T02:00:00Z", {{"alice", sample_changes("home-writable", "/a", "SHA256:a")}});
  auto text = bytes_of(path);
  text.replace(4096, text.size() - 4096, text.size() - 4096, '\x55');  // all but the first page
  scratch.file("history.db", text);
  EXPECT_EQ(refusal(), damaged);
  EXPECT_EQ(bytes_of(path), text);
}

TEST_F(HistoryFile, AnEmptyOneHasNoRuns) { EXPECT_EQ(past_runs(path), std::vector<PastRun>{}); }

}  // namespace
}  // namespace sshaudit
