// SPDX-License-Identifier: MIT
#include "cli/run_keys.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <tuple>
#include <vector>

#include "cli/account_audit.h"
#include "cli/report_file.h"
#include "cli/supervised_audit.h"
#include "cli/text_style.h"
#include "cli/version.h"
#include "gather/host.h"
#include "render/key_list.h"
#include "rules/waivers.h"

namespace sshaudit {
namespace {

std::unique_ptr<KeyListRenderer> renderer_for(const Arguments& arguments) {
  if (arguments.format == Format::csv) return make_csv_key_list();
  if (arguments.format == Format::json) return make_json_key_list();
  if (arguments.format == Format::ndjson) return make_ndjson_key_list();
  return make_text_key_list(text_style(arguments));
}

Result<void> write_rows(KeyListRenderer& renderer, const std::vector<KeyListRow>& rows, ReportFile& output) {
  for (const auto& row : rows) {
    if (auto done = output.write(renderer.row(row)); !done) return done;
  }
  return {};
}

// Lines without a key that anybody can tell come last.
void sort_by_key(std::vector<KeyListRow>& rows) {
  std::ranges::stable_sort(rows, [](const KeyListRow& one, const KeyListRow& other) {
    return std::tuple(one.key.fingerprint.empty(), std::string_view(one.key.fingerprint)) <
           std::tuple(other.key.fingerprint.empty(), std::string_view(other.key.fingerprint));
  });
}

Result<Summary> write_list(const Arguments& arguments, AccountAudit& audit, ReportFile& output) {
  audit.ask_about_all();
  Summary summary;
  Waivers waivers(arguments.waivers, audit.context().now);
  auto of_host = audit.findings();
  waivers.apply(of_host);
  count(of_host, summary);
  const auto renderer = renderer_for(arguments);
  if (auto done = output.write(renderer->begin({version, host_name(), utc_now()})); !done)
    return tl::unexpected(done.error());
  std::vector<KeyListRow> rows;
  std::size_t listed = 0;
  const auto audited = audit_accounts(arguments, audit, [&](AccountReport& report, const auto&) -> Result<void> {
    waivers.apply(report);
    count(report, summary);
    listed += report.keys.size();
    for (auto& key : report.keys) rows.push_back({report.account.name, std::move(key)});
    if (arguments.by_key) return {};
    auto written = write_rows(*renderer, rows, output);
    rows.clear();
    return written;
  });
  if (!audited) return tl::unexpected(audited.error());
  sort_by_key(rows);
  auto done = write_rows(*renderer, rows, output);
  if (done) done = output.write(renderer->end());
  if (!done) return tl::unexpected(done.error());
  const bool somebody_waits = isatty(STDERR_FILENO) == 1 && !arguments.quiet;
  if (listed == 0 && somebody_waits)
    std::fprintf(stderr, "no key in the key files of %zu accounts\n", summary.accounts);
  return summary;
}

}  // namespace

Result<int> run_keys(const Arguments& arguments) {
  auto output = ReportFile::open(arguments.output);
  if (!output) return tl::unexpected(output.error());
  const auto audit = AccountAudit::open(arguments);
  if (!audit) return tl::unexpected(audit.error());
  const auto summary = write_list(arguments, **audit, *output);
  if (!summary) return tl::unexpected(summary.error());
  if (auto done = output->finish(); !done) return tl::unexpected(done.error());
  return exit_status(*summary, arguments.fail_on);
}

}  // namespace sshaudit
