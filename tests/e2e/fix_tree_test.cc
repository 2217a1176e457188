// SPDX-License-Identifier: MIT
// `sshaudit fix` on thousands of broken homes: afterwards a real sshd lets everybody in, what differs in the whole
// system is what the record says and nothing else, and after `undo` nothing differs.
// SSHAUDIT_FIX_TREES=N and SSHAUDIT_FIX_SEED=N try more and others; SSHAUDIT_FIX_SHOW=1 tells what is wrong with each.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "debian_etc.h"
#include "fix_tree_generator.h"
#include "real_login.h"
#include "tree_picture.h"
#include "undo_record.h"

namespace sshaudit::e2e {
namespace {

constexpr std::size_t most_tried_before = 200;  // that sshd refuses is checked on a sample
constexpr std::size_t most_told = 20;

std::size_t setting(const char* name, std::size_t usual) {
  const char* const value = std::getenv(name);
  return value == nullptr ? usual : std::strtoull(value, nullptr, 10);
}

// A system full of trees. Beside those that sshd refuses, a tenth each is of the other kinds.
class Forest {
 public:
  Forest(std::size_t refused, std::uint64_t seed) : system_(directory_.path()) {
    make_surroundings(system_);
    const auto others = refused / 10 + 1;
    add(TreeKind::refused, refused, seed);
    add(TreeKind::dangerous, others, seed);
    add(TreeKind::well, others, seed);
    add(TreeKind::left_alone, std::max<std::size_t>(others, 20), seed);
    system_.write_databases();
    add_debian_etc(system_, key_files_setting, "", "");
  }

  const AuditedSystem& system() const { return system_; }
  const std::vector<FixTree>& trees() const { return trees_; }

  std::vector<const FixTree*> of_kind(TreeKind kind) const {
    std::vector<const FixTree*> found;
    for (const auto& tree : trees_) {
      if (tree.kind == kind) found.push_back(&tree);
    }
    return found;
  }

  TreePicture picture() const { return picture_of(system_, state_directory_in_system); }

  AuditRun run(const std::vector<std::string>& arguments) const {
    return run_sshaudit(arguments, [this] { enter_debian(system_, {}); });
  }
  AuditRun fix() const { return run({"fix", "--yes", "--content", "--all-users"}); }

  LoginEnd log_in_to(const FixTree& tree) const {
    const LoginAttempt attempt{.user = tree.person.name, .keys = {ClientKeys::file("ed25519")}, .on_pipe = true};
    return log_in(attempt, [this] { enter_debian(system_, {}); });
  }

 private:
  void add(TreeKind kind, std::size_t count, std::uint64_t seed) {
    for (std::size_t i = 0; i < count; ++i) trees_.push_back(make_tree(system_, kind, trees_.size(), seed));
  }

  TemporaryDirectory directory_;
  AuditedSystem system_;
  std::vector<FixTree> trees_;
};

// Tells about the first ones and counts the rest.
class Complaints {
 public:
  explicit Complaints(std::string about) : about_(std::move(about)) {}
  ~Complaints() { EXPECT_EQ(count_, 0U) << about_ << ":\n" << text_; }
  Complaints(const Complaints&) = delete;
  Complaints& operator=(const Complaints&) = delete;

  void add(const std::string& what) {
    if (++count_ <= most_told) text_ += what + "\n";
  }
  std::size_t count() const { return count_; }

 private:
  std::string about_;
  std::string text_;
  std::size_t count_ = 0;
};

// Every `step`th of them, and how many a second.
void expect_logins(const Forest& forest, const std::vector<const FixTree*>& trees, std::size_t step,
                   const std::string& came, const std::string& when) {
  Complaints complaints("logins " + when);
  std::size_t tried = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < trees.size(); i += step) {
    const auto end = forest.log_in_to(*trees[i]);
    ++tried;
    if (end.came == came) continue;
    complaints.add(trees[i]->person.name + " (" + trees[i]->what + ") is " + end.came + ": " + end.log + end.told);
  }
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
  std::printf("%s: %zu of %zu logins %s, %.1f a second\n", when.c_str(), tried - complaints.count(), tried,
              came.c_str(), static_cast<double>(tried) / time.count());
  std::fflush(stdout);
}

std::string record_in(const AuditRun& run) {
  std::smatch match;
  return std::regex_search(run.out, match, std::regex("to undo: sshaudit undo (\\S+)\n")) ? match[1].str() : "";
}

// A line a step; what is written into a key file has the date in it.
std::vector<std::string> without_dates(const std::vector<DoneStep>& steps) {
  const std::regex date("# [0-9]{4}-[0-9]{2}-[0-9]{2} sshaudit: ");
  std::vector<std::string> lines;
  for (const auto& step : steps) lines.push_back(std::regex_replace(in_words(step), date, "# DATE sshaudit: "));
  return lines;
}

std::set<std::string> users_in(const std::vector<DoneStep>& steps) {
  std::set<std::string> users;
  for (const auto& step : steps) users.insert(step.user);
  return users;
}

std::string difference_by_steps(const TreePicture& before, const TreePicture& after,
                                const std::vector<DoneStep>& steps) {
  std::vector<std::string> faults;
  const auto expected = with_steps(before, steps, faults);
  std::string text;
  for (std::size_t i = 0; i < faults.size() && i < most_told; ++i) text += faults[i] + "\n";
  return text + difference(expected, after);
}

// What fix says of the accounts, and whose steps there are.
void expect_right_accounts(const Forest& forest, const AuditRun& run, const std::vector<DoneStep>& steps) {
  const auto users = users_in(steps);
  std::set<std::string> lines;
  std::istringstream out(run.out);
  for (std::string line; std::getline(out, line);) lines.insert(line);
  Complaints complaints("accounts of the record");
  for (const auto& tree : forest.trees()) {
    const auto& name = tree.person.name;
    const bool has_steps = users.contains(name);
    const bool is_to_be_mended = tree.kind == TreeKind::refused;
    const bool is_to_be_left = tree.kind == TreeKind::well || tree.kind == TreeKind::left_alone;
    if (has_steps && is_to_be_left) complaints.add(name + " (" + tree.what + ") is changed");
    if (!has_steps && is_to_be_mended) complaints.add(name + " (" + tree.what + ") is not changed");
    if (has_steps && !lines.contains(name + ": key login is accepted")) complaints.add(name + ": no word of it");
  }
  const auto is_strange = [&](const std::string& user) { return !user.starts_with("tree"); };
  EXPECT_TRUE(std::ranges::none_of(users, is_strange));
}

void tell_about(const Forest& forest, std::uint64_t seed) {
  std::map<TreeKind, std::size_t> counts;
  for (const auto& tree : forest.trees()) ++counts[tree.kind];
  std::printf("seed %zu: %zu trees that sshd refuses, %zu dangerous, %zu well, %zu to be left alone\n",
              static_cast<std::size_t>(seed), counts[TreeKind::refused], counts[TreeKind::dangerous],
              counts[TreeKind::well], counts[TreeKind::left_alone]);
  if (std::getenv("SSHAUDIT_FIX_SHOW") == nullptr) return;
  for (const auto& tree : forest.trees()) std::printf("%s: %s\n", tree.person.name.c_str(), tree.what.c_str());
}

void expect_logins_before(const Forest& forest) {
  const auto refused = forest.of_kind(TreeKind::refused);
  expect_logins(forest, refused, refused.size() / most_tried_before + 1, "refused", "before fix, broken");
  expect_logins(forest, forest.of_kind(TreeKind::dangerous), 3, "accepted", "before fix, dangerous");
  expect_logins(forest, forest.of_kind(TreeKind::left_alone), 1, "refused", "before fix, left alone");
}

void expect_logins_after(const Forest& forest) {
  expect_logins(forest, forest.of_kind(TreeKind::refused), 1, "accepted", "after fix, broken");
  expect_logins(forest, forest.of_kind(TreeKind::dangerous), 1, "accepted", "after fix, dangerous");
  expect_logins(forest, forest.of_kind(TreeKind::well), 1, "accepted", "after fix, well");
}

// Nothing more to do: nothing is done, and there is no record of it.
void expect_no_more(const Forest& forest, const TreePicture& mended) {
  const auto records = record_names(forest.system());
  const auto run = forest.fix();
  EXPECT_LT(run.exit_status, 2) << run.err;
  EXPECT_EQ(record_in(run), "");
  EXPECT_EQ(record_names(forest.system()), records);
  EXPECT_EQ(difference(mended, forest.picture()), "");
}

TEST(FixTreesAsRoot, AreMendedAsRecordedAndTakenBack) {
  const auto seed = setting("SSHAUDIT_FIX_SEED", 1);
  const Forest forest(setting("SSHAUDIT_FIX_TREES", 150), seed);
  tell_about(forest, seed);
  expect_logins_before(forest);

  const auto first = forest.picture();
  const auto begin = std::chrono::steady_clock::now();
  const auto run = forest.fix();
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
  const auto record = record_in(run);
  if (std::getenv("SSHAUDIT_FIX_SHOW") != nullptr) std::printf("%s", run.out.c_str());
  EXPECT_LT(run.exit_status, 2) << run.err;
  EXPECT_EQ(run.err, "");
  ASSERT_NE(record, "") << run.out;
  const auto steps = read_steps(forest.system(), record);
  std::printf("fix: %zu steps in %.1f s, %zu files looked at\n", steps.size(), time.count(), first.size());
  std::fflush(stdout);
  const auto mended = forest.picture();
  EXPECT_EQ(difference_by_steps(first, mended, steps), "");
  expect_right_accounts(forest, run, steps);
  expect_no_more(forest, mended);
  expect_logins_after(forest);

  const auto undo = forest.run({"undo", record});
  EXPECT_EQ(undo.exit_status, 0) << undo.err;
  EXPECT_EQ(difference(first, forest.picture()), "");

  const auto again = record_in(forest.fix());
  ASSERT_NE(again, "");
  EXPECT_EQ(without_dates(read_steps(forest.system(), again)), without_dates(steps));
  EXPECT_EQ(difference_by_steps(first, forest.picture(), read_steps(forest.system(), again)), "");
}

}  // namespace
}  // namespace sshaudit::e2e
