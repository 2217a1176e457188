// SPDX-License-Identifier: MIT
#include "cli/run_history.h"

#include <cstdio>

#include "cli/question.h"
#include "cli/report_file.h"
#include "history/history.h"
#include "history/history_file.h"
#include "history/past_runs.h"
#include "render/history.h"

namespace sshaudit {

Result<int> run_history(const Arguments& arguments) {
  constexpr int listed = 0;
  if (auto done = require_root("history"); !done) return tl::unexpected(done.error());
  const auto path = find_history_file();
  if (!path) return tl::unexpected(path.error());
  auto output = ReportFile::open(arguments.output);
  if (!output) return tl::unexpected(output.error());
  bool is_empty = true;
  if (*path) {
    const auto history = open_history(**path);
    if (!history) return tl::unexpected(history.error());
    const bool notices = arguments.verbose || !arguments.users.empty();
    auto done = read_past_runs(*history, [&](const PastRun& run) {
      const auto text = render_past_run(run, arguments.users, notices);
      is_empty = is_empty && text.empty();
      return output->write(text);
    });
    if (!done) return tl::unexpected(done.error());
  }
  if (auto done = output->finish(); !done) return tl::unexpected(done.error());
  if (is_empty) {
    std::fputs(*path ? "sshaudit: the history has nothing of it\n"
                     : "sshaudit: no history yet: it begins with the first run with --changes\n",
               stderr);
  }
  return listed;
}

}  // namespace sshaudit
