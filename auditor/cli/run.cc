// SPDX-License-Identifier: MIT
#include "cli/run.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "audit.h"
#include "cli/choices.h"
#include "cli/report_file.h"
#include "cli/run_config.h"
#include "cli/version.h"
#include "gather/account_settings.h"
#include "gather/accounts.h"
#include "gather/evidence.h"
#include "gather/host.h"
#include "gather/sshd.h"
#include "render/renderer.h"
#include "render/rules.h"
#include "render/visible_text.h"
#include "rules/catalogue.h"

namespace sshaudit {
namespace {

constexpr int clean = 0;
constexpr int found_something = 1;
constexpr int not_all_seen = 2;

std::size_t terminal_columns() {
  winsize size{};
  return isatty(STDOUT_FILENO) == 1 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

TextStyle text_style(const Arguments& arguments) {
  const bool to_terminal = arguments.output.empty() && isatty(STDOUT_FILENO) == 1;
  const char* const no_color = std::getenv("NO_COLOR");
  const bool wanted = to_terminal && (no_color == nullptr || *no_color == '\0');
  return {.color = arguments.color == When::always || (arguments.color == When::automatic && wanted),
          .columns = to_terminal ? terminal_columns() : 0};
}

std::unique_ptr<Renderer> renderer_for(const Arguments& arguments) {
  if (arguments.format == Format::json) return make_json_renderer();
  if (arguments.format == Format::ndjson) return make_ndjson_renderer();
  return make_text_renderer(text_style(arguments));
}

// How far a long run has come, on a terminal only.
class Progress {
 public:
  Progress(bool on, std::size_t total) : on_(on), total_(total) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() {
    if (shown_) std::fputs("\r\x1b[K", stderr);
  }

  void step() {
    ++done_;
    const auto now = std::chrono::steady_clock::now();
    if (!on_ || now < next_) return;
    next_ = now + std::chrono::milliseconds(200);
    std::fprintf(stderr, "\r%zu of %zu accounts", done_, total_);
    shown_ = true;
  }

 private:
  bool on_;
  bool shown_ = false;
  std::size_t total_;
  std::size_t done_ = 0;
  std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now() + std::chrono::seconds(1);
};

int exit_status(const Summary& summary, std::optional<Severity> fail_on) {
  if (!summary.complete) return not_all_seen;
  if (!fail_on) return clean;
  for (auto severity = static_cast<std::size_t>(*fail_on); severity < summary.findings.size(); ++severity) {
    if (summary.findings.at(severity) > 0) return found_something;
  }
  return clean;
}

// Everything that one audit needs, in the order in which it is made.
struct Audit {
  const Arguments& arguments;
  const UserDatabase& database;
  const AccountIndex& index;
  Sshd& sshd;
  AccountSettings& settings;
  GroupNames groups;
  Context context;
};

// What is to be typed has to act on the audited system. Here it would act on this one, and chroot(8) would run that
// system's programs: so there it is, in words.
void give_no_commands(std::vector<Finding>& findings) {
  for (auto& finding : findings) {
    auto& remedy = finding.detail.remedy;
    for (const auto& command : remedy.commands) {
      remedy.note += (remedy.note.empty() ? "in that system: " : "; ") + shell_line(command);
    }
    remedy.commands.clear();
  }
}

const std::vector<AccountCase>& cases_of(Audit& audit, const Account& account) {
  if (!audit.settings.asks_for_groups()) return audit.settings.of(account.name, {});
  return audit.settings.of(account.name, audit.groups.of(account));
}

AccountReport audit_one(Audit& audit, AccountObserver& observer, const Account& account) {
  const auto identity = identity_of(account, audit.index);
  std::vector<ConnectionReport> reports;
  for (const auto& one : cases_of(audit, account)) {
    const auto evidence = observer.observe(account, identity, one.settings, one.origin);
    reports.push_back({one.connections, audit_account(evidence, audit.context)});
  }
  auto report = reports.size() == 1 ? std::move(reports.front().report) : merge_reports(std::move(reports));
  if (audit.arguments.root != "/") give_no_commands(report.findings);
  return report;
}

// What sshd says of each set of Match blocks that an account reaches is part of the report's head.
void ask_for_all(Audit& audit, const std::vector<Account>& accounts) {
  for (const auto& account : accounts) cases_of(audit, account);
}

Result<Summary> write_report(Audit& audit, ReportFile& output) {
  auto observer = AccountObserver::open(audit.arguments.root, audit.context.facts);
  if (!observer) return tl::unexpected(observer.error());
  std::vector<Account> named;
  if (!audit.arguments.all_users) {
    auto chosen = chosen_accounts(audit.arguments, audit.index);
    if (!chosen) return tl::unexpected(chosen.error());
    named = std::move(*chosen);
  }
  const auto& accounts = audit.arguments.all_users ? audit.database.accounts : named;
  ask_for_all(audit, accounts);
  Summary summary;
  const auto renderer = renderer_for(audit.arguments);
  ReportHeader header{version, host_name(), utc_now(), audit.sshd.server(),
                      audit_host(audit.sshd.server(), audit.database, audit.context)};
  count(header.findings, summary);
  if (auto done = output.write(renderer->begin(header)); !done) return tl::unexpected(done.error());
  Progress progress(isatty(STDERR_FILENO) == 1 && !audit.arguments.quiet, accounts.size());
  for (const auto& account : accounts) {
    progress.step();
    if (audit.arguments.all_users && !audit.index.is_first_of_its_name(account)) continue;
    const auto report = audit_one(audit, *observer, account);
    count(report, summary);
    if (auto done = output.write(renderer->account(report)); !done) return tl::unexpected(done.error());
  }
  if (auto done = output.write(renderer->end(summary)); !done) return tl::unexpected(done.error());
  return summary;
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
  auto output = ReportFile::open(arguments.output);
  if (!output) return tl::unexpected(output.error());
  const auto accounts = arguments.root == "/" ? gather_accounts() : gather_accounts_below(arguments.root);
  if (!accounts) return tl::unexpected(accounts.error());
  const AccountIndex index(*accounts);
  const auto choice = sshd_choice_of(arguments, index);
  if (!choice) return tl::unexpected(choice.error());
  Sshd sshd(*choice);
  auto connection = connection_of(arguments);
  if (connection && !connection->address) connection->address = connection->host = connection->local_address;
  AccountSettings settings(sshd, connection ? &*connection : nullptr);
  Audit audit{arguments,
              *accounts,
              index,
              sshd,
              settings,
              GroupNames(arguments, index),
              {index, facts_of(sshd.server().version), &sshd.server()}};
  const auto summary = write_report(audit, *output);
  if (!summary) return tl::unexpected(summary.error());
  if (auto done = output->finish(); !done) return tl::unexpected(done.error());
  const bool tell = arguments.verbose || (isatty(STDERR_FILENO) == 1 && !arguments.quiet);
  if (tell) std::fputs(render_summary(*summary).c_str(), stderr);
  return exit_status(*summary, arguments.fail_on);
}

}  // namespace

Result<int> run(const Arguments& arguments) {
  if (arguments.verb == Verb::rules) return run_rules(arguments);
  return arguments.verb == Verb::config ? run_config(arguments) : run_audit(arguments);
}

}  // namespace sshaudit
