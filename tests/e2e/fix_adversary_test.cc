// SPDX-License-Identifier: MIT
// Root repairs a home whose owner swaps directories, files and links in it all the while: nothing outside the home is
// touched, no secret is given away, and nothing hangs. SSHAUDIT_FIX_ROUNDS=10000 makes it long.
#include "fix_adversary.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <sstream>
#include <stdexcept>

#include "cli/account_audit.h"
#include "fix_arena.h"
#include "remedy/changer.h"
#include "remedy/undo.h"

namespace sshaudit::e2e {
namespace {

constexpr auto today = "2026-01-31";
constexpr auto added_key = "an added key";

// What came of it, and how often.
class Tally {
 public:
  void count(std::string what, std::size_t times = 1) {
    std::erase_if(what, [](char c) { return c == '\n' || (c >= '0' && c <= '9'); });  // inodes, modes, names of records
    counts_[what] += times;
  }
  void fault(std::string text) {
    std::ranges::replace(text, '\n', ' ');
    faults_.push_back(std::move(text));
  }
  bool has_faults() const { return !faults_.empty(); }

  std::string text() const {
    std::string text;
    for (const auto& [what, times] : counts_) text += fmt::format("{}\t{}\n", times, what);
    for (const auto& fault : faults_) text += "!\t" + fault + "\n";
    return text;
  }

  void add(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const auto rest = line.substr(line.find('\t') + 1);
      line.starts_with('!') ? fault(rest) : count(rest, std::stoul(line));
    }
  }

  std::size_t sum_of(const std::string& beginning) const {
    std::size_t sum = 0;
    for (const auto& [what, times] : counts_) sum += what.starts_with(beginning) ? times : 0;
    return sum;
  }
  const std::vector<std::string>& faults() const { return faults_; }

 private:
  std::map<std::string, std::size_t> counts_;
  std::vector<std::string> faults_;
};

std::string reason_of(const Error& error) {
  return error.errnum == 0 ? error.what : error.what + ": " + std::strerror(error.errnum);
}

// The parts of the program as its verbs put them together, without sshd in every round.
class Repairs {
 public:
  explicit Repairs(Tally& tally) : tally_(tally) {
    arguments_.verb = Verb::fix;
    arguments_.users = {"mallory"};
    arguments_.sshd_version = debian_12_sshd;
    auto audit = AccountAudit::open(arguments_);
    if (!audit) throw std::runtime_error(reason_of(audit.error()));
    audit_ = std::move(*audit);
    audit_->ask_about_all();
    account_ = *audit_->accounts().front();
    identity_ = audit_->context().accounts.identity_of(account_);
  }

  void begin_record() {
    record_.reset();
    auto record = Record::create("fix");
    if (!record) throw std::runtime_error(reason_of(record.error()));
    record_.emplace(std::move(*record));
    known_steps_ = 0;
  }

  void fix(bool looks_first) {
    const auto plan = plan_now();
    if (plan.is_empty()) tally_.count("nothing to do");
    Changer changer(audit_->context().grammar);
    const auto make = [&](const auto& item, const char* what) {
      const auto obstacle = looks_first ? changer.obstacle_to(plan, item) : std::string();
      if (!obstacle.empty()) return tally_.count("obstacle: " + obstacle);
      count(changer.make(plan, item, *record_), what);
    };
    for (const auto& one : plan.changes) make(one.change, "owner, mode or ACL");
    for (const auto& one : plan.contents) {
      if (one.obstacle.empty()) make(one, "content");
    }
  }

  void add_key(int number) {
    const auto addition =
        plan_key_addition(observe(), key_line(static_cast<std::size_t>(number), added_key), context());
    if (!addition.why_not.empty()) return tally_.count("no key added: " + addition.why_not);
    if (addition.known_line != 0) return tally_.count("no key added: it is there");
    count(Changer(context().grammar).make(account_, identity_, addition, *record_),
          addition.judged ? "key added" : "key file made");
  }

  // What was done since the last time, or all of the record.
  void undo(bool all) {
    auto steps = read_record(record_->name());
    if (!steps) throw std::runtime_error(reason_of(steps.error()));
    if (!all) steps->erase(steps->begin(), steps->begin() + static_cast<std::ptrdiff_t>(known_steps_));
    undo_steps(*steps, [&](const RecordedStep&, UndoEnd end, const std::string& why) {
      if (end == UndoEnd::undone) tally_.count("undone");
      if (end == UndoEnd::as_before) tally_.count("is as before");
      if (end == UndoEnd::left) tally_.count("left: " + why);
    });
  }
  void remember() { known_steps_ = record_->steps(); }

 private:
  const Context& context() const { return audit_->context(); }

  AccountEvidence observe() {
    auto observer = AccountObserver::open("/", context().grammar);
    if (!observer) throw std::runtime_error(reason_of(observer.error()));
    return observer->observe(account_, identity_, audit_->server().settings, nullptr);
  }

  Plan plan_now() {
    const auto evidence = observe();
    return plan_account(audit_account(evidence, context()), {evidence}, context(), today);
  }

  void count(const Result<void>& done, const char* what) {
    tally_.count(done ? std::string("made: ") + what : "refused: " + reason_of(done.error()));
  }

  Tally& tally_;
  Arguments arguments_;
  std::unique_ptr<AccountAudit> audit_;
  Account account_;
  Identity identity_;
  std::optional<Record> record_;
  std::size_t known_steps_ = 0;
};

// Mallory links each draft that it may link, which is one of its own or one that everybody may write. It must not have
// become root's since, who would vouch for what is in it.
void look_at_draft(Tally& tally) {
  struct stat status {};
  if (lstat((std::string(mallory_home) + "/draft").c_str(), &status) != 0) return;
  if (status.st_uid == mallory_id || (status.st_mode & S_IWOTH) != 0) return;
  tally.fault(fmt::format("a draft of the account's own was given to uid {}", status.st_uid));
}

void look_around(const Canaries& canaries, Tally& tally) {
  for (const auto& fault : canaries.faults()) tally.fault(fault);
  look_at_draft(tally);
}

void prepare() {
  umask(077);
  mount_arena();
}

constexpr int rounds_of_an_epoch = 500;

std::string epoch(int rounds, unsigned seed) {
  prepare();
  Tally tally;
  Repairs repairs(tally);
  const Canaries canaries;
  {
    const Adversaries adversaries(2, seed);
    for (int round = 0; round < rounds && !tally.has_faults(); ++round) {
      if (round % 64 == 0) repairs.begin_record();
      repairs.remember();
      round % 4 == 3 ? repairs.add_key(round) : repairs.fix(round % 2 == 0);
      if (round % 8 >= 6) repairs.undo(false);
      if (round % 64 == 63) repairs.undo(true);
      tally.count("rounds");
      if (round % 10 == 9) look_around(canaries, tally);
    }
  }
  look_around(canaries, tally);
  return tally.text();
}

int wanted_rounds() {
  const char* const wanted = std::getenv("SSHAUDIT_FIX_ROUNDS");
  return wanted == nullptr ? 1000 : std::max(1, std::atoi(wanted));
}

constexpr std::array to_be_met = {"made: owner, mode or ACL", "made: content", "refused: ", "undone", "left: "};

void print(const Tally& tally, const char* title) { std::printf("%s\n%s", title, tally.text().c_str()); }

TEST(FixAdversaryAsRoot, NothingOutsideTheHomeIsTouched) {
  Tally tally;
  const auto has_met_all = [&] {
    return std::ranges::all_of(to_be_met, [&](auto* met) { return tally.sum_of(met) > 0; });
  };
  constexpr int most_more = 10 * rounds_of_an_epoch;  // until each has been met
  for (int left = wanted_rounds(); left > -most_more && !tally.has_faults(); left -= rounds_of_an_epoch) {
    if (left <= 0 && has_met_all()) break;
    const TemporaryDirectory directory;
    AuditedSystem system(directory.path());
    build_arena(system);
    const int rounds = left > 0 ? std::min(left, rounds_of_an_epoch) : rounds_of_an_epoch;
    tally.add(run_inside(system, 600, [&] { return epoch(rounds, static_cast<unsigned>(left)); }));
  }
  print(tally, "in process:");
  EXPECT_EQ(tally.faults(), std::vector<std::string>());
  EXPECT_GE(tally.sum_of("rounds"), static_cast<std::size_t>(wanted_rounds()));
  for (const auto* met : to_be_met) EXPECT_GT(tally.sum_of(met), 0U) << met;
}

// --- the whole program -----------------------------------------------------------------------------------------------

void give_on_stdin(const std::string& text) {
  const int fd = memfd_create("key", 0);
  if (write(fd, text.data(), text.size()) < 0 || lseek(fd, 0, SEEK_SET) != 0 || dup2(fd, STDIN_FILENO) < 0) _exit(9);
}

void count_run(const AuditRun& run, const std::string& verb, Tally& tally) {
  tally.count("runs");
  if (run.exit_status > 2) tally.fault(fmt::format("{} ended with {}: {}", verb, run.exit_status, run.err));
  std::istringstream out(run.out);
  for (std::string line; std::getline(out, line);) {
    if (line.starts_with("mallory: changed: ")) tally.count("made: change");
    if (line.find(" added to ") != std::string::npos) tally.count("made: key added");
  }
  std::istringstream err(run.err);
  for (std::string line; std::getline(err, line);) {
    tally.count("refused: " + line.substr(line.rfind(": ", line.size() > 60 ? line.size() - 20 : 0) + 2));
  }
}

std::string record_in(const AuditRun& run) {
  const auto at = run.out.find("to undo: sshaudit undo ");
  if (at == std::string::npos) return {};
  const auto name = run.out.substr(run.out.rfind(' ', run.out.find('\n', at)) + 1);
  return name.substr(0, name.find('\n'));
}

std::string whole_runs(int runs, unsigned seed) {
  prepare();
  Tally tally;
  const Canaries canaries;
  const Adversaries adversaries(2, seed);
  const std::vector<std::string> version = {"--sshd-version", debian_12_sshd};
  const auto has_met_both = [&] { return tally.sum_of("made: ") > 0 && tally.sum_of("refused: ") > 0; };
  for (int i = 0; !tally.has_faults() && (i < runs || (i < 20 * runs && !has_met_both())); ++i) {
    const bool adds = i % 4 == 3;
    std::vector<std::string> words = {adds ? "add-key" : "fix", "mallory", "--sshd-version", debian_12_sshd};
    if (!adds) words.insert(words.end(), {"--yes", "--content"});
    const auto key = key_line(static_cast<std::size_t>(i), added_key);
    const auto run = run_sshaudit(words, [&] { give_on_stdin(key); });
    count_run(run, words.front(), tally);
    const auto record = record_in(run);
    if (!record.empty() && i % 3 == 0) count_run(run_sshaudit({"undo", record}), "undo", tally);
    look_around(canaries, tally);
  }
  return tally.text();
}

TEST(FixAdversaryAsRoot, TheWholeProgramTouchesNothingEither) {
  const int runs = std::clamp(wanted_rounds() / 10, 1, 300);
  const TemporaryDirectory directory;
  AuditedSystem system(directory.path());
  build_arena(system);
  Tally tally;
  tally.add(run_inside(system, 800, [&] { return whole_runs(runs, 7); }));
  print(tally, "whole program:");
  EXPECT_EQ(tally.faults(), std::vector<std::string>());
  EXPECT_GE(tally.sum_of("runs"), static_cast<std::size_t>(runs));
  EXPECT_GT(tally.sum_of("made: "), 0U);
  EXPECT_GT(tally.sum_of("refused: "), 0U);
}

}  // namespace
}  // namespace sshaudit::e2e
