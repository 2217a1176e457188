// SPDX-License-Identifier: MIT
// Killed behind any system call from the one on that touches the state directory, `fix`, `undo` and `add-key` leave
// the old or the new state, and what is needed to go back. Behind each call that may change a file in every run; behind
// every single one with SSHAUDIT_KILL_STEP=1.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "mendable_system.h"
#include "recorded_steps.h"

namespace sshaudit::e2e {
namespace {

using Json = nlohmann::json;
using Words = std::vector<std::string>;

std::string beside(const std::string& path, const std::string& name) {
  return path.substr(0, path.rfind('/') + 1) + name;
}

// What lies beside a key file, unfinished or replaced; taken out of the picture.
Picture take_drafts(Picture& picture) {
  Picture drafts;
  for (auto it = picture.begin(); it != picture.end();) {
    const auto next = std::next(it);
    if (it->first.find(".sshaudit-") != std::string::npos) drafts.insert(picture.extract(it));
    it = next;
  }
  return drafts;
}

// A draft is that of the last step, and holds the old text, or the new one as far as it is written.
std::string fault_of(const Picture& drafts, const std::vector<Json>& steps) {
  for (const auto& [path, entry] : drafts) {
    const bool has_name = !steps.empty() && steps.back().contains("temporary");
    if (!has_name) return path + " belongs to no step";
    const auto& step = steps.back();
    if (path != beside(bytes_of(step.at("path")), bytes_of(step.at("temporary")))) return path + " has another name";
    const bool is_old = step.contains("text_before") && entry.content == bytes_of(step.at("text_before"));
    if (!is_old && !bytes_of(step.at("text_after")).starts_with(entry.content)) return path + " has another text";
  }
  return {};
}

// All steps but the last are done, and the last one is or is not: which; nothing when neither is so.
std::optional<bool> last_is_done(const Picture& before, const Picture& now, const std::vector<Json>& steps) {
  auto expected = before;
  for (std::size_t i = 0; i + 1 < steps.size(); ++i) take(expected, steps[i]);
  if (now == expected) return false;
  if (steps.empty()) return std::nullopt;
  take(expected, steps.back());
  if (now == expected) return true;
  if (steps.back().at("step") != "new_directory") return std::nullopt;
  auto& made = expected[bytes_of(steps.back().at("path"))];  // by root in its own directory, and not given away yet
  made.uid = made.gid = 0;
  return now == expected ? std::optional(true) : std::nullopt;
}

// Of the calls that change nothing, each that has a number with this divisor.
std::size_t kill_step() {
  const char* const value = std::getenv("SSHAUDIT_KILL_STEP");
  constexpr std::size_t usual = 200;
  return value == nullptr ? usual : std::max<std::size_t>(std::strtoul(value, nullptr, 10), 1);
}

// How often what was met.
class Tally {
 public:
  explicit Tally(std::string title) : title_(std::move(title)) {}
  Tally(const Tally&) = delete;
  Tally& operator=(const Tally&) = delete;
  ~Tally() {
    std::cout << title_ << ":";
    for (const auto& [what, times] : met_) std::cout << " " << what << " " << times << ";";
    std::cout << "\n";
  }
  void met(const std::string& what) { ++met_[what]; }
  int times(const std::string& what) const { return met_.contains(what) ? met_.at(what) : 0; }

 private:
  std::string title_;
  std::map<std::string, int> met_;
};

// One command on one system, killed again and again.
class CutOff {
 public:
  CutOff(std::string title, MendableSystem& mendable, Words command, std::string input)
      : mendable_(mendable), command_(std::move(command)), input_(std::move(input)), tally_(std::move(title)) {
    before_ = mendable_.picture();
    const auto whole = mendable_.traced(command_, input_, {});
    EXPECT_EQ(whole.run.err, "");
    changes_ = whole.changes;
    exit_status_ = whole.run.exit_status;
    after_ = mendable_.picture();
    EXPECT_NE(changes(before_, after_), "");
  }

  void kill_and_undo() {
    kill_everywhere(changes_, [&](const KillPoint& point) {
      const bool was_reached = cut_off(point);
      undo_all();
      EXPECT_EQ(changes(before_, mendable_.picture()), "");
      return was_reached;
    });
    expect_all_met();
  }

  void kill_and_repeat() {
    kill_everywhere(changes_, [&](const KillPoint& point) {
      const bool was_reached = cut_off(point);
      const auto again = repeat();
      EXPECT_EQ(again.exit_status, exit_status_) << again.err;
      EXPECT_EQ(again.err, "");
      auto now = mendable_.picture();
      if (!take_drafts(now).empty()) tally_.met("draft left by the run that was killed");
      EXPECT_EQ(changes(after_, now), "");
      undo_all();
      EXPECT_EQ(changes(before_, mendable_.picture()), "");
      return was_reached;
    });
    expect_all_met();
  }

  void kill_undo() {
    const auto whole = mendable_.traced({"undo", mended_anew()}, "", {});
    EXPECT_EQ(changes(before_, mendable_.picture()), "");
    kill_everywhere(whole.changes, [&](const KillPoint& point) {
      const auto record = mended_anew();
      const auto killed = mendable_.traced({"undo", record}, "", {.kill = point, .at_first_call = {}});
      look(killed);
      expect_undone(record);
      EXPECT_EQ(changes(before_, mendable_.picture()), "");
      return killed.was_reached;
    });
    EXPECT_GT(tally_.times("old tree"), 0);
    EXPECT_GT(tally_.times("new tree"), 0);
  }

 private:
  // Behind each call that may change a file, and behind those that follow it, until the next one comes first.
  void kill_everywhere(std::size_t changes, const std::function<bool(const KillPoint&)>& try_it) {
    for (KillPoint point{.change = 1, .behind = 0}; point.change <= changes;) {
      SCOPED_TRACE("killed " + std::to_string(point.behind) + " calls behind change " + std::to_string(point.change));
      const bool was_reached = try_it(point);
      if (::testing::Test::HasFailure()) return;
      if (was_reached) tally_.met(point.behind == 0 ? "killed behind a change" : "killed between changes");
      point = was_reached ? KillPoint{point.change, point.behind + kill_step()} : KillPoint{point.change + 1, 0};
    }
    EXPECT_EQ(tally_.times("killed behind a change"), static_cast<int>(changes));
  }

  // What is there then.
  Picture look(const TracedRun& killed) {
    EXPECT_TRUE(!killed.was_reached || killed.run.exit_status == 137) << killed.run.exit_status;
    auto now = mendable_.picture();
    const auto drafts = take_drafts(now);
    if (!drafts.empty()) tally_.met("draft");
    tally_.met(now == before_ ? "old tree" : now == after_ ? "new tree" : "tree in between");
    expect_a_whole_file(now);
    return drafts;
  }

  // And whether it is what the record says.
  bool cut_off(const KillPoint& point) {
    mendable_.renew();
    const auto killed = mendable_.traced(command_, input_, {.kill = point, .at_first_call = {}});
    const auto drafts = look(killed);
    auto now = mendable_.picture();
    take_drafts(now);
    const auto records = mendable_.records();
    EXPECT_LE(records.size(), 1U);
    if (records.empty()) tally_.met("no record");
    const auto steps = records.empty() ? std::vector<Json>() : steps_in(mendable_.record_path(records.front()));
    const auto is_done = last_is_done(before_, now, steps);
    EXPECT_TRUE(is_done) << changes(before_, now);
    if (!steps.empty() && is_done) tally_.met(*is_done ? "last step done" : "last step only recorded");
    EXPECT_EQ(fault_of(drafts, steps), "");
    return killed.was_reached;
  }

  void expect_a_whole_file(const Picture& now) {
    const auto path = "/home/alice/.ssh/authorized_keys";
    const auto there = now.find(path);
    const bool was_there = before_.contains(path);
    ASSERT_TRUE(there != now.end() || !was_there) << "the key file is missing";
    if (there == now.end()) return tally_.met("no key file");
    const auto& text = there->second.content;
    const bool is_old = was_there && text == before_.at(path).content;
    EXPECT_TRUE(is_old || text == after_.at(path).content) << text;
    tally_.met(is_old ? "old text" : "new text");
  }

  void expect_undone(const std::string& record) {
    const auto undone = mendable_.run({"undo", record});
    EXPECT_EQ(undone.exit_status, 0) << undone.out;
    EXPECT_EQ(undone.err, "");
  }

  // A directory that root made in its own one, and did not give away any more, is in the way until it is undone.
  AuditRun repeat() {
    auto again = mendable_.run(command_, input_);
    const auto records = mendable_.records();
    const bool is_in_the_way = again.err.find("sshd cannot read /home/alice/.ssh/authorized_keys") != std::string::npos;
    if (!is_in_the_way || records.empty()) return again;
    tally_.met("again only after undo");
    expect_undone(records.front());
    return mendable_.run(command_, input_);
  }

  void undo_all() {
    auto records = mendable_.records();
    for (auto name = records.rbegin(); name != records.rend(); ++name) {
      if (!steps_in(mendable_.record_path(*name)).empty()) expect_undone(*name);
    }
  }

  std::string mended_anew() {
    mendable_.renew();
    mendable_.run(command_, input_);
    EXPECT_EQ(changes(after_, mendable_.picture()), "");
    return mendable_.records().at(0);
  }

  void expect_all_met() {
    for (const auto* what :
         {"old tree", "new tree", "draft", "no record", "last step done", "last step only recorded"}) {
      EXPECT_GT(tally_.times(what), 0) << what;
    }
  }

  MendableSystem& mendable_;
  Words command_;
  std::string input_;
  Picture before_;
  Picture after_;
  std::size_t changes_ = 0;
  int exit_status_ = 0;
  Tally tally_;
};

const Words fix_alice = {"fix", "--yes", "--content", "alice"};

// Which kinds of steps are tried.
TEST(FixCutOffAsRoot, ManyStepsAreMade) {
  MendableSystem mendable;
  mendable.run(fix_alice);
  std::map<std::string, int> kinds;
  for (const auto& step : steps_in(mendable.record_path(mendable.records().at(0))))
    ++kinds[step.at("step").get<std::string>()];
  const std::map<std::string, int> expected = {{"acl", 2}, {"content", 1}, {"mode", 2}, {"owner", 4}};
  EXPECT_EQ(kinds, expected);
  EXPECT_EQ(mendable.picture().at("/home/alice/.ssh/authorized_keys").content, mended_text());
}

TEST(FixCutOffAsRoot, FixIsUndone) {
  MendableSystem mendable;
  CutOff("fix, then undo", mendable, fix_alice, "").kill_and_undo();
}

TEST(FixCutOffAsRoot, FixIsRepeated) {
  MendableSystem mendable;
  CutOff("fix, then fix and undo both", mendable, fix_alice, "").kill_and_repeat();
}

TEST(FixCutOffAsRoot, UndoIsRepeated) {
  MendableSystem mendable;
  CutOff("undo, then undo", mendable, fix_alice, "").kill_undo();
}

// A text that is mended while its ACL is not known to matter yet: a step of the file that came then follows.
TEST(FixCutOffAsRoot, UndoIsRepeatedWithChangesBehindAText) {
  MendableSystem mendable([](AuditedSystem& system) {
    const Owner own{alice_id, alice_id};
    system.make_directory("/home/alice", {nobodys_id, alice_id}, 0755);
    system.make_directory("/home/alice/.ssh", own, 0700);
    system.make_file("/home/alice/.ssh/authorized_keys", broken_text(), own, 0644);
    system.set_acl("/home/alice/.ssh/authorized_keys", "u::rw-,u:2002:rw-,g::r--,m::rw-,o::r--");
  });
  mendable.run(fix_alice);
  std::string kinds;
  for (const auto& step : steps_in(mendable.record_path(mendable.records().at(0)))) {
    kinds += step.at("step").get<std::string>() + " ";
  }
  EXPECT_EQ(kinds, "owner content acl ");
  mendable.renew();
  CutOff("undo of changes behind a text", mendable, fix_alice, "").kill_undo();
}

struct Home {
  const char* title;
  Owner owner;
};

class AddKeyCutOffAsRoot : public ::testing::TestWithParam<Home> {
 protected:
  // Neither .ssh nor a key file is there.
  static void make_home(AuditedSystem& system) {
    system.make_directory("/home/alice", GetParam().owner, 0755);
    system.make_file("/home/alice/.profile", "umask 022\n", {alice_id, alice_id}, 0644);
  }
  MendableSystem mendable{make_home};
  CutOff added{GetParam().title, mendable, {"add-key", "alice"}, ClientKeys::line("ed25519")};
};

TEST_P(AddKeyCutOffAsRoot, IsUndone) { added.kill_and_undo(); }
TEST_P(AddKeyCutOffAsRoot, IsRepeated) { added.kill_and_repeat(); }
TEST_P(AddKeyCutOffAsRoot, UndoIsRepeated) { added.kill_undo(); }

INSTANTIATE_TEST_SUITE_P(Homes, AddKeyCutOffAsRoot,
                         ::testing::Values(Home{"add-key, her home", {alice_id, alice_id}},
                                           Home{"add-key, root's home", root_owner}),
                         [](const auto& test) { return std::string(test.index == 0 ? "Own" : "OfRoot"); });

}  // namespace
}  // namespace sshaudit::e2e
