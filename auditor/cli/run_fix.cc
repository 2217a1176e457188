// SPDX-License-Identifier: MIT
#include "cli/run_fix.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "cli/fix_plans.h"
#include "cli/question.h"
#include "cli/text_style.h"
#include "gather/look_ups.h"
#include "remedy/changer.h"
#include "render/plan.h"
#include "render/visible_text.h"
#include "render/words.h"

namespace sshaudit {
namespace {

constexpr int not_all_done = 2;
constexpr int most_rounds = 16;  // what is closed is looked at when it is open, so each round may find more

bool can_be_made(const auto& item) { return item.obstacle.empty(); }

std::size_t items_in(const Plan& plan) {
  const auto is_item = [](const auto& one) { return can_be_made(one); };
  return static_cast<std::size_t>(std::ranges::count_if(plan.changes, is_item) +
                                  std::ranges::count_if(plan.contents, is_item));
}

std::size_t items_in(const std::vector<Plan>& plans) {
  std::size_t items = 0;
  for (const auto& plan : plans) items += items_in(plan);
  return items;
}

// What is planned, and asked, and done. Every round adds to the same record.
class Fix {
 public:
  explicit Fix(const Arguments& arguments)
      : arguments_(arguments),
        found_([this](Plan& plan, const KeyGrammar& grammar) { look_for_obstacles(plan, grammar); }) {}

  Result<int> run() {
    try {
      auto status = mend();
      if (!status) tell_of_record();
      return status;
    } catch (const NoAnswer&) {
      tell_of_record();
      throw;
    }
  }

 private:
  Result<int> mend() {
    if (auto done = found_.make(arguments_); !done) return tl::unexpected(done.error());
    if (arguments_.script) return write(render_script(found_.plans));
    if (auto done = show(found_.plans); !done) return tl::unexpected(done.error());
    if (arguments_.dry_run) return write("");
    bool goes_on = true;
    for (int round = 1; goes_on && round <= most_rounds && items_in(found_.plans) > 0; ++round) {
      const auto wanted = is_wanted(arguments_, question());
      if (!wanted) return tl::unexpected(wanted.error());
      if (!*wanted) {
        say_somewhere(record_ ? "nothing more is changed\n" : "nothing is changed\n");
        break;
      }
      if (auto done = carry_out(); !done) return tl::unexpected(done.error());
      if (auto done = found_.make(touched_accounts()); !done) return tl::unexpected(done.error());
      tell_of_keys();
      std::erase_if(found_.plans, [](const Plan& plan) { return items_in(plan) == 0; });
      goes_on = items_in(found_.plans) > 0 && show(found_.plans);
    }
    return finish();
  }

  // Whatever comes in between, what was changed can be undone.
  void tell_of_record() {
    const auto text = way_back();
    if (!text.empty()) std::fputs(text.c_str(), stderr);
  }

  std::string way_back() const {
    const bool has_changed = record_ && record_->steps() > 0;
    return has_changed ? fmt::format("to undo: sshaudit undo {}\n", record_->name()) : std::string();
  }

  // A look at each file, which may find more in the way than what was judged tells. Others than root cannot.
  void look_for_obstacles(Plan& plan, const KeyGrammar& grammar) {
    std::erase_if(plan.contents, [&](const PlannedContent& one) { return mended_.contains(one.path); });
    if (geteuid() != 0) return;
    Changer changer(grammar);
    const auto look = [&](auto& item, const std::string& path, const auto& what) {
      if (const auto known = given_up_.find(path); known != given_up_.end()) item.obstacle = known->second;
      if (item.obstacle.empty()) item.obstacle = changer.obstacle_to(plan, what);
    };
    for (auto& one : plan.changes) look(one, one.change.path, one.change);
    for (auto& one : plan.contents) look(one, one.path, one);
  }

  // Somebody may have put a key there while the plan was read.
  void tell_of_keys() {
    for (const auto& one : found_.take_let_in()) {
      const auto name = visible(one.account);
      const auto key = visible(listed_key_in_words(one.key));
      if (one.was_hidden) {
        say_somewhere(fmt::format("{}: lets in {}\n", name, key));
        continue;
      }
      has_failed_ = true;
      std::fprintf(stderr, "sshaudit: %s: lets in a key that was not there before: %s: look at it, or undo\n",
                   name.c_str(), key.c_str());
    }
  }

  // What was said in a round before is not said again.
  Result<void> show(std::vector<Plan> plans) {
    std::string text;
    for (auto& plan : plans) {
      std::erase_if(plan.advice, [&](const Finding& one) {
        return !told_.insert(fmt::format("{} {} {}", plan.account.name, one.rule->id, one.detail.message)).second;
      });
      const auto block = render_plan(plan, text_style(arguments_));
      if (!block.empty()) text += (text.empty() ? "" : "\n") + block;
    }
    return tell(text);
  }

  std::string question() const {
    const auto accounts = std::ranges::count_if(found_.plans, [](const Plan& plan) { return items_in(plan) > 0; });
    const auto items = items_in(found_.plans);
    return fmt::format("{} change{} to {} account{}: go on?", items, items == 1 ? "" : "s", accounts,
                       accounts == 1 ? "" : "s");
  }

  // The others are as they were.
  Arguments touched_accounts() const {
    auto arguments = arguments_;
    arguments.all_users = false;
    arguments.users.clear();
    for (const auto& plan : found_.plans) {
      if (items_in(plan) > 0) arguments.users.push_back(plan.account.name);
    }
    return arguments;
  }

  static Result<void> not_recorded(Error error) {
    error.what = "nothing is changed, since it cannot be recorded: " + error.what;
    return tl::unexpected(std::move(error));
  }

  Result<void> open_record() {
    if (record_) return {};
    auto lock = lock_state();
    if (!lock) return not_recorded(lock.error());
    lock_ = std::move(*lock);
    auto record = Record::create("fix");
    if (!record) return not_recorded(record.error());
    record_.emplace(std::move(*record));
    return {};
  }

  // A name service that is silent now costs one item.
  Result<void> make(Changer& changer, const Plan& plan, const auto& item) {
    try {
      return changer.make(plan, item, *record_);
    } catch (const NoAnswer& error) {
      return tl::unexpected(Error{error.what(), "", 0});
    }
  }

  Result<void> carry_out() {
    if (auto done = open_record(); !done) return done;
    Changer changer(found_.grammar);
    std::set<std::string> made;  // accounts with one uid may share a file
    for (const auto& plan : found_.plans) {
      for (const auto& one : plan.changes) {
        if (!can_be_made(one) || !made.insert(one.change.path + " " + one.then).second) continue;
        const auto done = make(changer, plan, one.change);
        say(plan, one.change.path, one.now + " -> " + one.then, done);
      }
      for (const auto& one : plan.contents) {
        if (!can_be_made(one) || mended_.contains(one.path)) continue;
        const auto done = make(changer, plan, one);
        mended_.insert(one.path);
        say(plan, one.path, "new text", done);
      }
      if (items_in(plan) > 0) touched_.insert(plan.account.name);
    }
    return {};
  }

  // What has been done is said even where nobody reads standard output any more.
  void say_somewhere(const std::string& text) {
    if (tell(text)) return;
    has_failed_ = true;
    std::fputs(text.c_str(), stderr);
  }

  void say(const Plan& plan, const std::string& path, const std::string& what, const Result<void>& done) {
    const auto name = visible(plan.account.name);
    if (done) return say_somewhere(fmt::format("{}: changed: {}: {}\n", name, visible(path), visible(what)));
    auto error = done.error();
    if (error.path != path) error.what += error.path.empty() ? "" : " (" + error.path + ")";
    error.path.clear();
    given_up_[path] = in_words(error);
    has_failed_ = true;
    std::fprintf(stderr, "sshaudit: %s: left alone: %s: %s\n", name.c_str(), visible(path).c_str(),
                 given_up_[path].c_str());
  }

  // An exit status that nothing else explains is explained.
  Result<int> write(const std::string& text) {
    say_somewhere(text);
    const auto status = exit_status(found_.summary, arguments_.fail_on);
    const auto found = found_.summary.findings[0] + found_.summary.findings[1] + found_.summary.findings[2];
    if (status != 0 && told_.empty() && items_in(found_.plans) == 0) {
      std::fprintf(stderr, "sshaudit: nothing here that fix changes; %zu finding%s, which sshaudit shows\n", found,
                   found == 1 ? "" : "s");
    }
    return has_failed_ ? not_all_done : status;
  }

  // Where only some accounts were looked at again, all are counted.
  Result<int> finish() {
    auto text = way_back();
    if (record_) {
      if (auto done = found_.make(arguments_); !done) return tl::unexpected(done.error());
      tell_of_keys();
      for (const auto& name : touched_) {
        text += fmt::format("{}: key login is {}\n", visible(name), verdict_in_words(found_.verdicts[name]));
      }
    }
    return write(text);
  }

  const Arguments& arguments_;
  FixPlans found_;
  std::map<std::string, std::string> given_up_;  // by path: why
  std::set<std::string> touched_;
  std::set<std::string> told_;    // advice
  std::set<std::string> mended_;  // texts, each once a run
  Fd lock_;
  std::optional<Record> record_;
  bool has_failed_ = false;
};

}  // namespace

Result<int> run_fix(const Arguments& arguments) {
  if (!arguments.dry_run && !arguments.script) {
    if (auto done = require_root("fix (but for --dry-run and --script)"); !done) return tl::unexpected(done.error());
  }
  umask(S_IRWXG | S_IRWXO);
  return Fix(arguments).run();
}

}  // namespace sshaudit
