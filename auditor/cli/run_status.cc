// SPDX-License-Identifier: MIT
#include "cli/run_status.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "cli/command_advice.h"
#include "cli/pam_wiring.h"
#include "cli/question.h"
#include "cli/wiring_view.h"
#include "gather/foreign_program.h"
#include "remedy/sshd_reload.h"
#include "remedy/wiring_state.h"
#include "render/config.h"
#include "render/visible_text.h"
#include "rules/wording.h"
#include "wiring/drop_in.h"

namespace sshaudit {
namespace {

constexpr int works = 0;
constexpr int not_all_wired = 1;
constexpr int is_broken = 2;

// Starts the logger as sshd would, for a login that nobody makes: whether it comes to what finds reasons, and that to
// the log. Nothing is written. Says what is wrong; empty when nothing is.
std::string trouble_of_logger() {
  if (auto why = why_logger_is_not_run(); !why.empty()) return why;
  ForeignProgram program;
  program.argv = {logger_path(), "--probe"};
  program.environment = {"PATH=/usr/bin:/bin:/usr/sbin:/sbin", "USER=root", "LOGNAME=root", "HOME=/root"};
  const auto outcome = run_as(program);
  if (!outcome) return fmt::format("{}: {}", outcome.error().path, outcome.error().what);
  using End = ForeignOutcome::End;
  if (outcome->end == End::timed_out) return "the logger does not answer";
  if (outcome->end == End::not_started || outcome->end == End::not_reachable) {
    return fmt::format("the logger cannot be run: {}", std::strerror(outcome->status));
  }
  if (outcome->end == End::signalled) return fmt::format("the logger was ended by signal {}", outcome->status);
  constexpr std::string_view good = "probe: well\n";
  if (outcome->status == 0 && outcome->out == good) return {};
  auto said = outcome->out.substr(0, outcome->out.find('\n'));
  return said.empty() ? fmt::format("the logger ended with status {}", outcome->status) : said;
}

class Status {
 public:
  Result<int> run() {
    auto seen = look_at_sshd();
    views_ = std::move(seen.views);
    if (views_.empty()) {
      say(fmt::format("sshd: there is none at {}", sshd_program), not_all_wired);
    } else {
      look_at_command();
    }
    const auto note = removal_note();
    if (const auto left = note ? note->text() : Result<std::optional<std::string>>(std::nullopt); left && *left) {
      say("sshd: one that runs may not have read that the logger is taken out: run sshaudit disable again", is_broken);
    }
    for (const auto& other : seen.others) {
      const bool is_only_one = !views_.empty() && !views_.front().daemon;
      say(fmt::format("sshd: ({}) goes by another configuration, which is not looked at", other.daemon->pid),
          is_only_one ? not_all_wired : works);
    }
    look_at_modules();
    if (auto done = tell(text_); !done) return tl::unexpected(done.error());
    return status_;
  }

 private:
  void say(const std::string& line, int status) {
    text_ += visible(line) + "\n";
    status_ = std::max(status_, status);
  }

  void look_at_command() {
    const auto lines = command_lines(views_.front().config(), logger_path());
    const auto ours = std::ranges::find_if(lines, &CommandLine::is_ours);
    if (ours == lines.end()) return say("sshd: AuthorizedKeysCommand does not run the logger", not_all_wired);
    const bool in_match = !ours->condition.empty();
    say(fmt::format("sshd: {} runs the logger, {}", render_place(ours->place),
                    in_match ? "where Match holds: " + ours->condition : "for every connection"),
        in_match ? not_all_wired : works);
    for (const auto& line : lines) {
      if (&line == &*ours || line.is_ours) continue;
      if (line.condition.empty() && !line.is_none && ours->place.file == drop_in_path && &line > &*ours) kept_out(line);
      if (!line.condition.empty()) {
        say(fmt::format("sshd: but not for \"Match {}\" ({}: {})", line.condition, render_place(line.place), line.text),
            not_all_wired);
      }
    }
    if (auto why = trouble_of_logger(); !why.empty()) {
      say("sshd: the logger does not work: " + why, is_broken);
    } else {
      say("sshd: the logger runs, finds reasons and reaches the log", works);
    }
    for (const auto& view : views_) look_at(view);
  }

  // Of somebody who came after enable, and whose keys nobody gets.
  void kept_out(const CommandLine& line) {
    say(fmt::format("sshd: {} does not run, because {} comes first: {}", render_place(line.place), drop_in_path,
                    line.text),
        is_broken);
    text_ += fmt::format(
        "Have the logger stand before it: run sshaudit disable, put these two lines in the place of that one and its\n"
        "AuthorizedKeysCommandUser, check with sshd -t, and reload sshd:\n{}",
        lines_with_logger(logger_path(), views_.front().config().version, line));
  }

  void look_at(const SshdView& view) {
    const auto name = view.daemon ? fmt::format("sshd ({})", view.daemon->pid) : std::string("sshd");
    if (const auto& program = view.other_program; !program.empty()) {
      say(fmt::format("{}: is {}, not {}: which tokens it knows is not known", name, program, sshd_program), is_broken);
    }
    const auto complaint = complaint_of(view);
    if (!complaint) return say(fmt::format("{}: {}", name, complaint.error().what), is_broken);
    if (!complaint->empty()) {
      return say(fmt::format("{}: would not start with its configuration; see sshd -t", name), is_broken);
    }
    if (const auto why = wrong_user(view); !why.empty()) say(fmt::format("{}: {}", name, why), is_broken);
    if (auto done = check_command(view); !done) say(fmt::format("{}: {}", name, done.error().what), is_broken);
    if (const auto& file = view.sshd->server().newer_file; !file.empty()) {
      say(fmt::format("{}: {} has changed since it was read: reload sshd", name, file), is_broken);
    }
    if (!view.daemon) {
      say(can_see_daemons() ? "sshd: none listens now" : "sshd: without /proc it cannot be seen which of them runs",
          works);
    }
  }

  // The first value wins: another line may have set what ours says.
  static std::string wrong_user(const SshdView& view) {
    const auto& settings = view.sshd->server().settings;
    const auto& command = settings.authorized_keys_command;
    if (command.empty() || command.starts_with(logger_path())) {
      const auto& user = settings.authorized_keys_command_user;
      return command.empty() || user == "root" ? "" : fmt::format("has the logger run as {}, not as root", user);
    }
    return fmt::format("runs another AuthorizedKeysCommand: {}", command);
  }

  void look_at_modules() {
    const auto pam = look_at_pam(views_.empty() ? nullptr : &views_.front());
    const auto kinds = pam.kinds();
    if (kinds.empty()) {
      return say(fmt::format("PAM: the service {} does not come to {}", pam.service, pam_module_name), not_all_wired);
    }
    const bool is_whole = kinds.size() == pam_kinds.size();
    say(fmt::format("PAM: the service {} comes to {} in {}{}", pam.service, pam_module_name, listed(kinds),
                    is_whole ? "" : " only"),
        is_whole ? works : not_all_wired);
    if (!pam.is_asked && !views_.empty()) say("PAM: sshd does not ask it (UsePAM no)", not_all_wired);
    if (pam.is_loadable) {
      say("PAM: libpam loads the module", works);
    } else {
      say("PAM: libpam finds no such module that it can load", is_broken);
    }
  }

  std::vector<SshdView> views_;
  std::string text_;
  int status_ = works;
};

}  // namespace

Result<int> run_status() {
  if (auto done = require_root("status"); !done) return tl::unexpected(done.error());
  return Status().run();
}

}  // namespace sshaudit
