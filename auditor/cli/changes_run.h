// SPDX-License-Identifier: MIT
// A run with --changes: renders only what differs from the run before, and remembers this one.
#pragma once

#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "cli/arguments.h"
#include "history/history.h"
#include "render/changes.h"
#include "render/renderer.h"
#include "sshaudit/result.h"

namespace sshaudit {

class ChangesRun : public Renderer {
 public:
  // Holds the history from now on. An error when it cannot be had.
  static Result<std::unique_ptr<ChangesRun>> open(const Arguments& arguments);

  std::string begin(const ReportHeader& header) override;
  std::string account(const AccountReport& report) override;
  std::string end(const Summary& summary, const std::vector<Finding>& of_host) override;

  // What has come in the way so far: then what was rendered is not to be believed.
  const Result<void>& state() const { return state_; }

  // To be called when the report is out: whatever ends the run before that makes news come again.
  Result<void> commit();

 private:
  ChangesRun(const Arguments& arguments, History history);
  template <class Value>
  Value take(Result<Value> result);
  void find_gone();

  const Arguments& arguments_;
  History history_;
  std::unique_ptr<ChangesRenderer> renderer_;
  Result<void> state_;
  std::vector<Finding> of_host_;
  std::unordered_set<std::string> audited_;
  Summary summary_;
};

}  // namespace sshaudit
