// SPDX-License-Identifier: MIT
#include "cli/run_undo.h"

#include <fmt/format.h>

#include <cstdio>

#include "cli/question.h"
#include "remedy/record.h"
#include "remedy/undo.h"
#include "render/visible_text.h"

namespace sshaudit {
namespace {

constexpr int all_undone = 0;
constexpr int something_left = 2;

std::string mode_and_owner(const FileState& state) {
  auto text = fmt::format("{:04o} {}:{}", state.mode & 07777U, state.uid, state.gid);
  return state.acl.empty() ? text : text + " " + state.acl;
}

std::string step_in_words(const RecordedStep& step) {
  using Kind = RecordedStep::Kind;
  if (step.kind == Kind::content) return "the text that it had";
  if (step.kind == Kind::new_file || step.kind == Kind::new_directory) return "removed again";
  return fmt::format("{} -> {}", mode_and_owner(step.after), mode_and_owner(step.before));
}

Result<int> list() {
  const auto records = list_records();
  if (!records) return tl::unexpected(records.error());
  std::string text;
  for (const auto& one : *records) {
    text +=
        fmt::format("{}  {}  {} step{}\n", visible(one.name), visible(one.verb), one.steps, one.steps == 1 ? "" : "s");
  }
  if (text.empty()) text = "no record\n";
  if (auto done = tell(text); !done) return tl::unexpected(done.error());
  return all_undone;
}

}  // namespace

Result<int> run_undo(const Arguments& arguments) {
  if (auto done = require_root("undo"); !done) return tl::unexpected(done.error());
  if (arguments.record.empty()) return list();
  const auto lock = lock_state();
  if (!lock) return tl::unexpected(lock.error());
  const auto steps = read_record(arguments.record);
  if (!steps) return tl::unexpected(steps.error());
  int status = all_undone;
  undo_steps(*steps, [&](const RecordedStep& step, UndoEnd end, const std::string& why) {
    const auto what = fmt::format("{}: {}", visible(step.user), visible(step.path));
    if (end == UndoEnd::undone) std::printf("%s: %s\n", what.c_str(), step_in_words(step).c_str());
    if (end == UndoEnd::as_before) std::printf("%s: is as it was\n", what.c_str());
    if (end != UndoEnd::left) return;
    status = something_left;
    std::fprintf(stderr, "sshaudit: %s: left alone: %s\n", what.c_str(), visible(why).c_str());
  });
  if (auto done = tell(""); !done) return tl::unexpected(done.error());
  return status;
}

}  // namespace sshaudit
