// SPDX-License-Identifier: MIT
#include "cli/supervised_audit.h"

#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "cli/progress.h"

namespace sshaudit {

Result<void> audit_accounts(const Arguments& arguments, AccountAudit& audit,
                            const std::function<Result<void>(AccountReport& report)>& take) {
  audit.prepare_to_share();
  Progress progress(isatty(STDERR_FILENO) == 1 && !arguments.quiet, audit.accounts().size());
  const auto deliver = [&](std::size_t account, const AccountOutcome& outcome) {
    auto report = audit.report_of(account, outcome);
    progress.step(report.findings.size());
    return take(report);
  };
  const SupervisorLimits limits{static_cast<std::size_t>(arguments.jobs), arguments.deadline};
  const auto done = supervise(audit.accounts().size(), audit.work(), limits, deliver);
  if (!done) return tl::unexpected(done.error());
  if (done->filter_errnum != 0) {
    std::fprintf(stderr, "sshaudit: what users wrote was parsed as nobody, but without a filter of system calls: %s\n",
                 std::strerror(done->filter_errnum));
  }
  if (done->left_behind > 0) {
    std::fprintf(stderr, "sshaudit: processes that wait for a file system that does not answer, until it does: %zu\n",
                 done->left_behind);
  }
  return {};
}

}  // namespace sshaudit
