// SPDX-License-Identifier: MIT
#include "cli/supervised_audit.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "cli/progress.h"
#include "gather/system_log.h"

namespace sshaudit {
namespace {

// Beside the report. A nightly run that has no news writes nothing, since that would be mailed: then the log is told.
void tell_beside(const Arguments& arguments, const std::string& line) {
  if (arguments.changes && !arguments.verbose && isatty(STDERR_FILENO) != 1) return log_in_time(line, LOG_NOTICE);
  std::fprintf(stderr, "sshaudit: %s\n", line.c_str());
}

}  // namespace

Result<void> audit_accounts(const Arguments& arguments, AccountAudit& audit, const TakeReport& take) {
  audit.prepare_to_share();
  Progress progress(isatty(STDERR_FILENO) == 1 && !arguments.quiet, audit.accounts().size());
  const auto deliver = [&](std::size_t account, const AccountOutcome& outcome) {
    auto report = audit.report_of(account, outcome);
    progress.step(report.findings.size());
    return take(report, outcome);
  };
  const SupervisorLimits limits{static_cast<std::size_t>(arguments.jobs), arguments.deadline};
  const auto done = supervise(audit.accounts().size(), audit.work(), limits, deliver);
  if (!done) return tl::unexpected(done.error());
  if (done->filter_errnum != 0) {
    tell_beside(arguments,
                fmt::format("what users wrote was parsed as nobody, but without a filter of system calls: {}",
                            std::strerror(done->filter_errnum)));
  }
  if (done->left_behind > 0) {
    tell_beside(arguments, fmt::format("processes that wait for a file system that does not answer, until it does: {}",
                                       done->left_behind));
  }
  return {};
}

}  // namespace sshaudit
