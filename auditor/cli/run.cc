// SPDX-License-Identifier: MIT
#include "cli/run.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>

#include "cli/account_audit.h"
#include "cli/account_database.h"
#include "cli/changes_run.h"
#include "cli/report_file.h"
#include "cli/run_add_key.h"
#include "cli/run_config.h"
#include "cli/run_disable.h"
#include "cli/run_enable.h"
#include "cli/run_explain.h"
#include "cli/run_fix.h"
#include "cli/run_history.h"
#include "cli/run_keys.h"
#include "cli/run_status.h"
#include "cli/run_undo.h"
#include "cli/supervised_audit.h"
#include "cli/text_style.h"
#include "cli/version.h"
#include "gather/host.h"
#include "gather/look_ups.h"
#include "gather/system_log.h"
#include "render/nagios.h"
#include "render/news.h"
#include "render/renderer.h"
#include "render/rules.h"
#include "rules/catalogue.h"
#include "rules/waivers.h"

namespace sshaudit {
namespace {

constexpr int clean = 0;

std::unique_ptr<Renderer> renderer_for(const Arguments& arguments) {
  if (arguments.format == Format::json) return make_json_renderer();
  if (arguments.format == Format::ndjson) return make_ndjson_renderer();
  if (arguments.format == Format::prometheus) return make_prometheus_renderer();
  if (arguments.format == Format::nagios) return make_nagios_renderer(arguments.fail_on);
  return make_text_renderer(text_style(arguments));
}

// Every account, as sshd would let it in from anywhere. Otherwise what a waiver is for may just not have been looked
// at.
bool is_of_whole_host(const Arguments& arguments) {
  const bool is_plain = arguments.from.empty() && arguments.lport == 0 && arguments.sshd_config.empty() &&
                        arguments.sshd_version.empty() && arguments.root == "/";
  const bool has_all = arguments.user_source == "seen" || arguments.user_source == "nss";
  return is_plain && arguments.all_users && has_all;
}

Result<Summary> write_report(const Arguments& arguments, AccountAudit& audit, Renderer& renderer, ReportFile& output) {
  audit.ask_about_all();
  Summary summary;
  Waivers waivers(arguments.waivers, audit.context().now);
  ReportHeader header{version, host_name(), utc_now(), audit.server(), audit.findings(), seconds_now()};
  waivers.apply(header.findings);
  count(header.findings, summary);
  if (auto begun = output.write(renderer.begin(header)); !begun) return tl::unexpected(begun.error());
  const auto done = audit_accounts(arguments, audit, [&](AccountReport& report, const auto&) {
    waivers.apply(report);
    count(report, summary);
    return output.write(renderer.account(report));
  });
  if (!done) return tl::unexpected(done.error());
  auto compared = audit.compare_keys();
  waivers.apply(compared);
  if (is_of_whole_host(arguments) && summary.complete) waivers.see_all();
  judge(waiver_rules(), waivers, audit.context(), compared);
  count(compared, summary);
  if (auto ended = output.write(renderer.end(summary, compared)); !ended) return tl::unexpected(ended.error());
  return summary;
}

// One line a night, whatever becomes of the mail.
void log_run(const Arguments& arguments, const Summary& summary, std::chrono::steady_clock::duration duration) {
  if (!arguments.all_users || arguments.root != "/" || geteuid() != 0) return;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  const bool is_clean = exit_status(summary, arguments.fail_on) == clean;
  log_in_time(log_line_of(summary, seconds), is_clean ? LOG_INFO : LOG_NOTICE);
}

Result<int> run_rules(const Arguments& arguments) {
  auto output = ReportFile::open(arguments.output);
  if (!output) return tl::unexpected(output.error());
  const auto* rule = find_rule(arguments.rule);
  if (!arguments.rule.empty() && rule == nullptr) {
    return tl::unexpected(Error{"no such rule (see sshaudit rules)", arguments.rule, 0});
  }
  auto done = output->write(rule == nullptr ? render_rules(catalogue()) : render_rule(*rule));
  if (done) done = output->finish();
  if (!done) return tl::unexpected(done.error());
  return clean;
}

Result<int> run_audit(const Arguments& arguments) {
  const auto start = std::chrono::steady_clock::now();
  const mode_t mode = arguments.format == Format::prometheus ? 0644 : 0600;  // the collector is somebody else
  auto output = ReportFile::open(arguments.output, mode);
  if (!output) return tl::unexpected(output.error());
  ChangesRun* changes = nullptr;
  std::unique_ptr<Renderer> renderer;
  if (arguments.changes) {
    auto opened = ChangesRun::open(arguments);
    if (!opened) return tl::unexpected(opened.error());
    changes = opened->get();
    renderer = std::move(*opened);
  } else {
    renderer = renderer_for(arguments);
  }
  const auto audit = AccountAudit::open(arguments);
  if (!audit) return tl::unexpected(audit.error());
  const auto summary = write_report(arguments, **audit, *renderer, *output);
  if (!summary) return tl::unexpected(summary.error());
  if (changes != nullptr && !changes->state()) return tl::unexpected(changes->state().error());
  if (auto done = output->finish(); !done) return tl::unexpected(done.error());
  if (changes != nullptr) {
    if (auto done = changes->commit(); !done) return tl::unexpected(done.error());
  }
  log_run(arguments, *summary, std::chrono::steady_clock::now() - start);
  const bool tell = arguments.verbose || (isatty(STDERR_FILENO) == 1 && !arguments.quiet);
  if (tell) std::fputs(render_summary(*summary).c_str(), stderr);
  if (arguments.format == Format::nagios) return static_cast<int>(plugin_state(*summary, arguments.fail_on));
  return exit_status(*summary, arguments.fail_on);
}

Result<int> run_verb(const Arguments& arguments) {
  switch (arguments.verb) {
    case Verb::rules:
      return run_rules(arguments);
    case Verb::config:
      return run_config(arguments);
    case Verb::explain:
      return run_explain(arguments);
    case Verb::keys:
      return run_keys(arguments);
    case Verb::fix:
      return run_fix(arguments);
    case Verb::undo:
      return run_undo(arguments);
    case Verb::add_key:
      return run_add_key(arguments);
    case Verb::history:
      return run_history(arguments);
    case Verb::enable:
      return run_enable();
    case Verb::disable:
      return run_disable();
    case Verb::status:
      return run_status();
    case Verb::audit:
      break;
  }
  return run_audit(arguments);
}

}  // namespace

Result<int> run(const Arguments& given) {
  auto arguments = given;
  if (auto done = read_user_list(arguments); !done) return tl::unexpected(done.error());
  limit_look_ups(name_service_patience(arguments.deadline));
  try {
    return run_verb(arguments);
  } catch (const NoAnswer& error) {
    return tl::unexpected(error.error);
  }
}

}  // namespace sshaudit
