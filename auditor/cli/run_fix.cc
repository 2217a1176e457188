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

#include "cli/account_audit.h"
#include "cli/progress.h"
#include "cli/question.h"
#include "cli/text_style.h"
#include "gather/host.h"
#include "gather/look_ups.h"
#include "remedy/changer.h"
#include "render/plan.h"
#include "render/visible_text.h"
#include "render/words.h"
#include "rules/waivers.h"

namespace sshaudit {
namespace {

constexpr int not_all_done = 2;
constexpr int most_rounds = 16;  // what is closed is looked at when it is open, so each round may find more

bool can_be_made(const auto& item) { return item.obstacle.empty(); }

std::size_t items_in(const std::vector<Plan>& plans) {
  std::ptrdiff_t items = 0;
  for (const auto& plan : plans) {
    items += std::ranges::count_if(plan.changes, [](const auto& one) { return can_be_made(one); });
    items += std::ranges::count_if(plan.contents, [](const auto& one) { return can_be_made(one); });
  }
  return static_cast<std::size_t>(items);
}

// What is planned, and asked, and done. Every round adds to the same record.
class Fix {
 public:
  explicit Fix(const Arguments& arguments) : arguments_(arguments) {}

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
    if (auto done = make_plans(arguments_); !done) return tl::unexpected(done.error());
    if (arguments_.script) return write(render_script(plans_));
    if (auto done = show(plans_); !done) return tl::unexpected(done.error());
    if (arguments_.dry_run) return write("");
    bool goes_on = true;
    for (int round = 1; goes_on && round <= most_rounds && items_in(plans_) > 0; ++round) {
      const auto wanted = is_wanted(arguments_, question());
      if (!wanted) return tl::unexpected(wanted.error());
      if (!*wanted) {
        say_somewhere(record_ ? "nothing more is changed\n" : "nothing is changed\n");
        break;
      }
      if (auto done = carry_out(); !done) return tl::unexpected(done.error());
      if (auto done = make_plans(touched_accounts()); !done) return tl::unexpected(done.error());
      std::erase_if(plans_, [](const Plan& plan) { return items_in({plan}) == 0; });
      goes_on = items_in(plans_) > 0 && show(plans_);
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

  // Of all accounts that the arguments name: plans, and a count of what is found now.
  Result<void> make_plans(const Arguments& arguments) {
    const auto audit = AccountAudit::open(arguments);
    if (!audit) return tl::unexpected(audit.error());
    if (auto done = (*audit)->ask_about_all(); !done) return done;
    plans_.clear();
    summary_ = {};
    auto of_host = (*audit)->findings();
    Waivers(arguments.waivers, (*audit)->context().now).apply(of_host);
    count(of_host, summary_);
    const auto date = arguments.content ? utc_now().substr(0, 10) : std::string();
    Progress progress(isatty(STDERR_FILENO) == 1 && !arguments.quiet, (*audit)->accounts().size());
    for (const auto* account : (*audit)->accounts()) {
      progress.step();
      auto planned = plan_of(**audit, *account, date);
      if (!planned) continue;
      count(planned->report, summary_);
      verdicts_[account->name] = planned->report.key_login;
      auto& plan = planned->plan;
      std::erase_if(plan.contents, [&](const PlannedContent& one) { return mended_.contains(one.path); });
      if (!plan.is_empty() || !plan.advice.empty()) plans_.push_back(std::move(plan));
    }
    grammar_ = (*audit)->context().grammar;
    look_for_obstacles();
    return {};
  }

  // Nothing where the name service says nothing of one of many; the others are looked at.
  std::optional<AccountAudit::PlannedAccount> plan_of(AccountAudit& audit, const Account& account,
                                                      std::string_view date) {
    try {
      return audit.plan(account, date);
    } catch (const NoAnswer& error) {
      if (!arguments_.all_users) throw;
      std::fprintf(stderr, "sshaudit: %s: %s\n", visible(account.name).c_str(), error.what());
      summary_.complete = false;
      return std::nullopt;
    }
  }

  // A look at each file, which may find more in the way than what was judged tells. Others than root cannot.
  void look_for_obstacles() {
    if (geteuid() != 0) return;
    Changer changer(grammar_);
    for (auto& plan : plans_) {
      bool all_can = true;
      const auto look = [&](auto& item, const std::string& path, const auto& what) {
        if (const auto known = given_up_.find(path); known != given_up_.end()) item.obstacle = known->second;
        if (item.obstacle.empty()) item.obstacle = changer.obstacle_to(plan, what);
        all_can = all_can && item.obstacle.empty();
      };
      for (auto& one : plan.changes) look(one, one.change.path, one.change);
      for (auto& one : plan.contents) look(one, one.path, one);
      if (all_can) continue;
      plan.then.reset();
      plan.let_in.clear();
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
    const auto accounts = std::ranges::count_if(plans_, [](const Plan& plan) { return !plan.is_empty(); });
    const auto items = items_in(plans_);
    return fmt::format("{} change{} to {} account{}: go on?", items, items == 1 ? "" : "s", accounts,
                       accounts == 1 ? "" : "s");
  }

  // The others are as they were.
  Arguments touched_accounts() const {
    auto arguments = arguments_;
    arguments.all_users = false;
    arguments.users.clear();
    for (const auto& plan : plans_) {
      if (!plan.is_empty()) arguments.users.push_back(plan.account.name);
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

  Result<void> carry_out() {
    if (auto done = open_record(); !done) return done;
    Changer changer(grammar_);
    for (const auto& plan : plans_) {
      for (const auto& one : plan.changes) {
        if (!can_be_made(one)) continue;
        const auto done = changer.make(plan, one.change, *record_);
        say(plan, one.change.path, one.now + " -> " + one.then, done);
      }
      for (const auto& one : plan.contents) {
        if (!can_be_made(one)) continue;
        const auto done = changer.make(plan, one, *record_);
        mended_.insert(one.path);
        say(plan, one.path, "new text", done);
      }
      if (!plan.is_empty()) touched_.insert(plan.account.name);
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
    const auto status = exit_status(summary_, arguments_.fail_on);
    const auto found = summary_.findings[0] + summary_.findings[1] + summary_.findings[2];
    if (status != 0 && told_.empty() && items_in(plans_) == 0) {
      std::fprintf(stderr, "sshaudit: nothing here that fix changes; %zu finding%s, which sshaudit shows\n", found,
                   found == 1 ? "" : "s");
    }
    return has_failed_ ? not_all_done : status;
  }

  // Where only some accounts were looked at again, all are counted.
  Result<int> finish() {
    auto text = way_back();
    if (record_) {
      if (auto done = make_plans(arguments_); !done) return tl::unexpected(done.error());
      for (const auto& name : touched_) {
        text += fmt::format("{}: key login is {}\n", visible(name), verdict_in_words(verdicts_[name]));
      }
    }
    return write(text);
  }

  const Arguments& arguments_;
  KeyGrammar grammar_;
  std::vector<Plan> plans_;
  Summary summary_;
  std::map<std::string, KeyLogin> verdicts_;
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
