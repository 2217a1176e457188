// SPDX-License-Identifier: MIT
// A night in which a file server does not answer: it costs the accounts whose homes it has, and nobody else.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <regex>

#include "fuse_device.h"
#include "night.h"

namespace sshaudit::e2e {
namespace {

constexpr int unseen = 2;  // exit status
constexpr std::size_t accounts = 2000;
constexpr std::size_t served = 50;
const std::set<std::string> of_silence = {"account-timeout", "mount-not-answering"};

std::set<std::string> names(const std::vector<Person>& people) {
  std::set<std::string> names;
  for (const auto& person : people) names.insert(person.name);
  return names;
}

std::set<std::size_t> positions(std::size_t first, std::size_t step) {
  std::set<std::size_t> found;
  for (std::size_t i = 0; i < served; ++i) found.insert(first + i * step);
  return found;
}

// One report of a good night, whichever test asks first: accounts and their homes are alike in all.
std::vector<AccountLine> good_night(const ManyAccounts& host) {
  const auto run = audit_in(host.with_server({}), nightly());
  EXPECT_EQ(run.exit_status, 0) << run.err << run.out.substr(0, 2000);
  const auto lines = account_lines(run.out);
  EXPECT_EQ(lines.size(), host.people().size() + AuditedSystem::own_accounts().size());
  const auto is_accepted = [](const AccountLine& line) { return line.key_login == "accepted"; };
  EXPECT_EQ(static_cast<std::size_t>(std::ranges::count_if(lines, is_accepted)), host.people().size());
  return lines;
}

// --- a mount that never answers --------------------------------------------------------------------------------------

class DeadServerAsRoot : public ::testing::TestWithParam<std::set<std::size_t>> {
 protected:
  DeadServerAsRoot() : host_(accounts, GetParam()) { host_.write_databases(); }

  void expect_only_served_are_lost(const AuditRun& run) {
    EXPECT_EQ(run.exit_status, unseen) << run.err;
    const auto good = good_night(host_);
    const auto night = account_lines(run.out);
    const auto lost = lost_to(night, of_silence);
    EXPECT_EQ(lost, names(host_.served()));
    EXPECT_FALSE(lost_to(night, {"account-timeout"}).empty());
    EXPECT_EQ(beside(lost, good, night), "");
  }

  ManyAccounts host_;
};

TEST_P(DeadServerAsRoot, WhoWaitsIsEnded) {
  if (!kernel_has_fuse()) GTEST_SKIP() << "this kernel has no FUSE";
  const auto space = host_.with_server({.silence = Silence::unread});
  ASSERT_EQ(space.errnum(), 0);
  const auto before = space.mounts();
  const auto run = audit_in(space, nightly({"--deadline", "4"}));
  EXPECT_EQ(run.err, "");
  EXPECT_TRUE(comes_true([&] { return space.visitors().empty(); }));
  EXPECT_EQ(space.mounts(), before);
  expect_only_served_are_lost(run);
}

TEST_P(DeadServerAsRoot, FixDoesNotWait) {
  if (!kernel_has_fuse()) GTEST_SKIP() << "this kernel has no FUSE";
  const auto space = host_.with_server({.silence = Silence::unread});
  ASSERT_EQ(space.errnum(), 0);
  const auto run = audit_in(space, {"fix", "--dry-run", "--all-users", "--deadline", "4"});
  EXPECT_EQ(run.exit_status, unseen) << run.err;
  EXPECT_TRUE(comes_true([&] { return space.visitors().empty(); }));
  for (const auto& name : names(host_.served())) {
    EXPECT_NE(run.out.find(name + ": key login is unknown\n"), std::string::npos) << name;
  }
}

// Nor when accounts that are well but for a line have a link that leads there.
TEST_P(DeadServerAsRoot, FixDoesNotWaitBehindLinks) {
  if (!kernel_has_fuse()) GTEST_SKIP() << "this kernel has no FUSE";
  const auto& last = host_.people().back();
  for (std::size_t i = accounts - 4; i < accounts; ++i) {
    const auto& person = host_.people()[i];
    host_.system().remove(person.key_file());
    host_.system().make_link(host_.served().front().key_file(), person.key_file(), person.owner());
    host_.system().make_file(person.key_file() + "2", key_line(i, "own") + "ssh-ed25591 AAAA\n", person.owner(), 0600);
  }
  const auto space = host_.with_server({.silence = Silence::unread});
  ASSERT_EQ(space.errnum(), 0);
  const auto run = audit_in(space, {"fix", "--dry-run", "--content", "--all-users", "--deadline", "4", "--jobs", "1"});
  EXPECT_EQ(run.exit_status, unseen) << run.err;
  EXPECT_NE(run.out.find(last.name + ": key login is accepted\n"), std::string::npos) << run.out.substr(0, 4000);
  EXPECT_TRUE(comes_true([&] { return space.visitors().empty(); }));
}

// What has been changed can be taken back while processes that look elsewhere cannot be ended.
TEST_P(DeadServerAsRoot, FixIsUndoneWhileOthersHang) {
  if (!kernel_has_fuse()) GTEST_SKIP() << "this kernel has no FUSE";
  const auto& person = host_.people().front();
  host_.system().change_mode(person.home, 0777);
  const auto space = host_.with_server({.silence = Silence::taken});
  ASSERT_EQ(space.errnum(), 0);
  const auto run = audit_in(space, {"fix", "--yes", "--all-users", "--deadline", "4"});
  EXPECT_EQ(run.exit_status, unseen) << run.err;
  std::smatch record;
  ASSERT_TRUE(std::regex_search(run.out, record, std::regex("to undo: sshaudit undo (\\S+)\n"))) << run.out;
  EXPECT_FALSE(space.visitors().empty());
  const auto undo = audit_in(space, {"undo", record[1]});
  EXPECT_EQ(undo.exit_status, 0) << undo.err;
  EXPECT_EQ(undo.err, "");
  space.end_servers();
  EXPECT_TRUE(comes_true([&] { return space.visitors().empty(); }));
}

// Accounts behind the ones that hang are given to other processes, and after the deadline nobody goes there any more:
// with one pair at most, one is tried.
TEST_P(DeadServerAsRoot, OnePairTriesOne) {
  if (!kernel_has_fuse()) GTEST_SKIP() << "this kernel has no FUSE";
  const auto space = host_.with_server({.silence = Silence::unread});
  ASSERT_EQ(space.errnum(), 0);
  const auto run = audit_in(space, nightly({"--deadline", "4", "--jobs", "1"}));
  EXPECT_EQ(lost_to(account_lines(run.out), {"account-timeout"}).size(), 1U);
  expect_only_served_are_lost(run);
}

// Until nobody has the other end any more; "it is still open" when that takes a minute.
std::string read_to_end(int fd) {
  constexpr int patience = 60'000;  // milliseconds
  std::string text;
  std::array<char, 65536> piece{};
  pollfd waiting{fd, POLLIN, 0};
  while (poll(&waiting, 1, patience) > 0) {
    const auto size = read(fd, piece.data(), piece.size());
    if (size == 0) return text;
    if (size > 0) text.append(piece.data(), static_cast<std::size_t>(size));
  }
  return "it is still open";
}

// Where the reader of standard output, or of what the caller has left open beside, sees the end only when the last
// process that has it is gone, it does not wait for those that cannot be ended.
TEST_P(DeadServerAsRoot, WhoCannotBeEndedIsLeft) {
  if (!kernel_has_fuse()) GTEST_SKIP() << "this kernel has no FUSE";
  const auto space = host_.with_server({.silence = Silence::taken});
  ASSERT_EQ(space.errnum(), 0);
  std::array<int, 2> out{};
  ASSERT_EQ(pipe2(out.data(), O_CLOEXEC), 0);
  const auto started = start_sshaudit(nightly({"--deadline", "4"}), [&] {
    space.join();
    dup2(out[1], STDOUT_FILENO);
  });
  close(out[1]);
  const auto text = read_to_end(out[0]);
  const auto waiting = space.visitors().size();
  close(out[0]);
  auto run = finish(started);
  run.out = text;
  ASSERT_NE(text, "it is still open");
  EXPECT_GT(waiting, 0U);
  std::smatch told;
  const std::regex words(
      "sshaudit: processes that wait for a file system that does not answer, until it does: ([0-9]+)\n");
  ASSERT_TRUE(std::regex_match(run.err, told, words)) << run.err;
  EXPECT_EQ(space.visitors().size(), std::stoul(told[1]));
  expect_only_served_are_lost(run);
  space.end_servers();
  EXPECT_TRUE(comes_true([&] { return space.visitors().empty(); }));
}

const auto layout_name = [](const auto& info) { return std::string(info.index == 0 ? "Together" : "Spread"); };
INSTANTIATE_TEST_SUITE_P(Homes, DeadServerAsRoot, ::testing::Values(positions(700, 1), positions(13, 39)), layout_name);

}  // namespace
}  // namespace sshaudit::e2e
