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

namespace {

// As a whole: while it is read no run can begin, and whoever reads what is printed may take his time.
Result<std::string> text_of(const std::string& path, const Arguments& arguments) {
  const auto history = open_history(path);
  if (!history) return tl::unexpected(history.error());
  const bool notices = arguments.verbose || !arguments.users.empty();
  std::string text;
  auto done = read_past_runs(*history, [&](const PastRun& run) -> Result<void> {
    text += render_past_run(run, arguments.users, notices);
    return {};
  });
  if (!done) return tl::unexpected(done.error());
  return text;
}

}  // namespace

Result<int> run_history(const Arguments& arguments) {
  constexpr int listed = 0;
  if (auto done = require_root("history"); !done) return tl::unexpected(done.error());
  const auto path = find_history_file();
  if (!path) return tl::unexpected(path.error());
  auto output = ReportFile::open(arguments.output);
  if (!output) return tl::unexpected(output.error());
  const auto text = *path ? text_of(**path, arguments) : std::string();
  if (!text) return tl::unexpected(text.error());
  auto done = output->write(*text);
  if (done) done = output->finish();
  if (!done) return tl::unexpected(done.error());
  if (text->empty()) {
    std::fputs(*path ? "sshaudit: the history has nothing of it\n"
                     : "sshaudit: no history yet: it begins with the first run with --changes\n",
               stderr);
  }
  return listed;
}

}  // namespace sshaudit
