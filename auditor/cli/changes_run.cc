// SPDX-License-Identifier: MIT
#include "cli/changes_run.h"

#include <utility>

#include "changes.h"
#include "cli/question.h"
#include "cli/text_style.h"
#include "gather/host.h"
#include "gather/look_ups.h"
#include "gather/name_services.h"
#include "history/history_file.h"

namespace sshaudit {
namespace {

std::unique_ptr<ChangesRenderer> renderer_for(const Arguments& arguments) {
  if (arguments.format == Format::json) return make_json_changes();
  if (arguments.format == Format::ndjson) return make_ndjson_changes();
  return make_text_changes(text_style(arguments));
}

}  // namespace

ChangesRun::ChangesRun(const Arguments& arguments, History history)
    : arguments_(arguments), history_(std::move(history)), renderer_(renderer_for(arguments)) {}

Result<std::unique_ptr<ChangesRun>> ChangesRun::open(const Arguments& arguments) {
  if (auto done = require_root("--changes"); !done) return tl::unexpected(done.error());
  const auto path = make_history_file();
  if (!path) return tl::unexpected(path.error());
  auto history = History::begin(*path, utc_now());
  if (!history) return tl::unexpected(history.error());
  return std::unique_ptr<ChangesRun>(new ChangesRun(arguments, std::move(*history)));
}

// The value, or an empty one and the first error kept.
template <class Value>
Value ChangesRun::take(Result<Value> result) {
  if (result) return std::move(*result);
  if (state_) state_ = tl::unexpected(result.error());
  return {};
}

std::string ChangesRun::begin(const ReportHeader& header) {
  of_host_ = header.findings;
  return renderer_->begin(header);
}

std::string ChangesRun::account(const AccountReport& report) {
  if (!state_) return {};
  audited_.insert(report.account.name);
  const auto memory = take(history_.recall(report.account.name));
  const auto changes = compare(report, memory);
  if (state_) state_ = history_.keep(report.account.name, memory, changes);
  return renderer_->account(report, changes);
}

// Who was not looked at may still be there: a directory service does not list everybody, and one that is down knows
// nobody. Where there is one, nobody is ever taken for gone.
void ChangesRun::find_gone() {
  if (!directory_services("passwd").empty()) return;
  for (const auto& name : take(history_.accounts())) {
    if (audited_.contains(name)) continue;
    const auto account = find_account(name);
    if (!account || *account) continue;
    const auto memory = take(history_.recall(name));
    auto changes = changes_of_gone(memory);
    if (state_) state_ = history_.keep(name, memory, changes);
    renderer_->gone({name, std::move(changes)});
  }
}

// A run over some accounts is none over the host.
std::string ChangesRun::end(const Summary& summary, const std::vector<Finding>& of_host) {
  summary_ = summary;
  if (!arguments_.all_users) return renderer_->end(summary, {}, {});
  find_gone();
  of_host_.insert(of_host_.end(), of_host.begin(), of_host.end());
  const auto memory = take(history_.recall(whole_host));
  const auto changes = compare_host(of_host_, memory);
  if (state_) state_ = history_.keep(whole_host, memory, changes);
  return state_ ? renderer_->end(summary, of_host_, changes) : std::string();
}

Result<void> ChangesRun::commit() { return state_ ? history_.commit(summary_) : state_; }

}  // namespace sshaudit
