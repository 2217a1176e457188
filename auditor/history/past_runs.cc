// SPDX-License-Identifier: MIT
#include "history/past_runs.h"

namespace sshaudit {
namespace {

// One row an event, and one for a run without any.
constexpr auto all_events = R"(
WITH event (run, account, state, what, path, line, is_quiet) AS (
  SELECT run, account, 0, rule, path, line, is_quiet FROM finding UNION ALL
  SELECT mended, account, 1, rule, path, line, is_quiet FROM finding WHERE mended IS NOT NULL UNION ALL
  SELECT run, account, 2, fingerprint, file, line, 0 FROM known_key WHERE is_news UNION ALL
  SELECT removed, account, 3, fingerprint, file, line, 0 FROM known_key WHERE removed IS NOT NULL)
SELECT run.id, at, accounts, findings, state, name, what, path, line, is_quiet, account.id
FROM run LEFT JOIN event ON event.run = run.id LEFT JOIN account ON account.id = event.account
ORDER BY run.id, account.id <> 0, name, state, what, path, line
)";

PastEvent event_of(const Statement& row) {
  return {.state = static_cast<PastState>(row.number(4)),
          .of_host = row.number(10) == 0,
          .user = row.number(10) == 0 ? std::string() : row.text(5),
          .what = row.text(6),
          .path = row.text(7),
          .line = static_cast<std::size_t>(row.number(8)),
          .is_quiet = row.number(9) != 0};
}

}  // namespace

Result<void> read_past_runs(const Database& history, const std::function<Result<void>(const PastRun&)>& tell) {
  const auto begun = Statement(history, "SELECT 1 FROM sqlite_master").next();
  if (!begun) return tl::unexpected(begun.error());
  if (!*begun) return {};
  Statement rows(history, all_events);
  PastRun run;
  auto row = rows.next();
  for (; row && *row; row = rows.next()) {
    if (run.id != rows.number(0)) {
      if (auto done = run.id == 0 ? Result<void>{} : tell(run); !done) return done;
      run = {rows.number(0),
             rows.text(1),
             static_cast<std::size_t>(rows.number(2)),
             static_cast<std::size_t>(rows.number(3)),
             {}};
    }
    if (rows.is_set(10)) run.events.push_back(event_of(rows));
  }
  if (!row) return tl::unexpected(row.error());
  return run.id == 0 ? Result<void>{} : tell(run);
}

}  // namespace sshaudit
