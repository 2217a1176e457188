// SPDX-License-Identifier: MIT
#include "rules/pam_stack.h"

#include <algorithm>
#include <compare>
#include <optional>
#include <set>

namespace sshaudit {
namespace {

constexpr std::size_t most_states = 2000;  // at one module; with more, anything may come of it

enum class Impression { none, positive, negative };

// What libpam thinks so far, and whose answer that is.
struct Opinion {
  Impression impression = Impression::none;
  PamCode status = PamCode::perm_denied;
  int decider = no_module;

  auto operator<=>(const Opinion&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 misreads it
};

struct State {
  Opinion now;
  unsigned level = 0;                        // of the module before
  std::vector<Opinion> at_start{Opinion{}};  // of each level that is open

  auto operator<=>(const State&) const = default;  // NOLINT(modernize-use-nullptr): likewise
};

class Dispatch {
 public:
  Dispatch(std::span<const PamEntry> stack, std::span<const PamCodes> answers)
      : stack_(stack), answers_(answers), states_(stack.size() + 1) {}
  PamOutcomes run();

 private:
  void enter(std::size_t at, State state);
  void answer(std::size_t at, State state, PamCode code);
  void agree(std::size_t at, State& state, PamCode code) const;
  std::size_t after_level(std::size_t at) const;
  std::optional<std::size_t> after_jump(std::size_t at, int modules) const;
  void conclude(const State& state);
  void add(PamCode code, int decider);
  PamOutcomes anything() const;

  std::span<const PamEntry> stack_;
  std::span<const PamCodes> answers_;
  std::vector<std::set<State>> states_;  // before each module, and at the end
  PamOutcomes outcomes_;
};

void Dispatch::add(PamCode code, int decider) {
  const auto at = static_cast<std::size_t>(code);
  if (!outcomes_.codes.test(at)) outcomes_.decided_by.at(at) = decider;
  outcomes_.codes.set(at);
}

PamOutcomes Dispatch::anything() const {
  PamOutcomes outcomes;
  outcomes.codes.set();
  outcomes.decided_by.fill(no_module);
  return outcomes;
}

// The last module that is skipped when all others of this level, and above it, are.
std::size_t Dispatch::after_level(std::size_t at) const {
  const auto level = stack_[at].level;
  while (at + 1 < stack_.size() && stack_[at + 1].level >= level) ++at;
  return at;
}

// Whole substacks count as one. Nothing when there are not so many.
std::optional<std::size_t> Dispatch::after_jump(std::size_t at, int modules) const {
  const auto level = stack_[at].level;
  while (modules > 0) {
    if (at + 1 == stack_.size() || stack_[at + 1].level < level) return std::nullopt;
    do ++at;
    while (at + 1 < stack_.size() && stack_[at + 1].level > level);
    --modules;
  }
  return at;
}

void Dispatch::agree(std::size_t at, State& state, PamCode code) const {
  const bool is_open = state.now.impression == Impression::none ||
                       (state.now.impression == Impression::positive && state.now.status == PamCode::success);
  if (is_open) state.now = {Impression::positive, code, static_cast<int>(at)};
}

void Dispatch::answer(std::size_t at, State state, PamCode code) {
  if (code == PamCode::incomplete) return add(code, static_cast<int>(at));
  const auto action = stack_[at].actions.at(static_cast<std::size_t>(code));
  auto last = at;
  if (action == PamAction::reset) {
    state.now = state.at_start.back();
  } else if (action == PamAction::ok || action == PamAction::done) {
    agree(at, state, code);
    if (action == PamAction::done && state.now.impression == Impression::positive) last = after_level(at);
  } else if (action == PamAction::bad || action == PamAction::die) {
    const auto status = code == PamCode::ignore ? PamCode::perm_denied : code;
    if (state.now.impression != Impression::negative) state.now = {Impression::negative, status, static_cast<int>(at)};
    if (action == PamAction::die) last = after_level(at);
  } else if (action != PamAction::ignore) {
    const auto target = after_jump(at, static_cast<int>(action));
    // Too far: everything behind is passed over, and the stack fails.
    if (!target) state.now = {Impression::negative, PamCode::perm_denied, static_cast<int>(at)};
    last = target.value_or(after_level(at));
  }
  states_[last + 1].insert(std::move(state));
}

void Dispatch::enter(std::size_t at, State state) {
  const auto& entry = stack_[at];
  const bool is_deeper = entry.level > state.level;
  state.at_start.resize(entry.level + 1);
  if (is_deeper) state.at_start.back() = state.now;
  state.level = entry.level;
  if (entry.kind == PamEntry::Kind::substack) {
    states_[at + 1].insert(std::move(state));
    return;
  }
  const auto& answers = entry.kind == PamEntry::Kind::must_fail ? only(PamCode::perm_denied) : answers_[at];
  for (std::size_t code = 0; code < pam_code_count; ++code) {
    if (answers.test(code)) answer(at, state, static_cast<PamCode>(code));
  }
}

// Success that nobody stands for is none.
void Dispatch::conclude(const State& state) {
  const bool is_empty = state.now.status == PamCode::success && state.now.impression != Impression::positive;
  if (is_empty) return add(PamCode::perm_denied, no_module);
  add(state.now.status, state.now.decider);
}

PamOutcomes Dispatch::run() {
  outcomes_.decided_by.fill(no_module);
  states_[0].insert(State{});
  for (std::size_t at = 0; at < stack_.size(); ++at) {
    if (states_[at].size() > most_states) return anything();
    for (const auto& state : states_[at]) enter(at, state);
    states_[at].clear();
  }
  for (const auto& state : states_.back()) conclude(state);
  return outcomes_;
}

}  // namespace

PamCodes only(PamCode code) { return PamCodes().set(static_cast<std::size_t>(code)); }

PamCodes any_of(std::initializer_list<PamCode> codes) {
  PamCodes result;
  for (const auto code : codes) result.set(static_cast<std::size_t>(code));
  return result;
}

bool has(const PamCodes& codes, PamCode code) { return codes.test(static_cast<std::size_t>(code)); }

PamOutcomes run_through(std::span<const PamEntry> stack, std::span<const PamCodes> answers) {
  return Dispatch(stack, answers).run();
}

}  // namespace sshaudit
