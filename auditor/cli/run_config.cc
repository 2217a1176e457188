// SPDX-License-Identifier: MIT
#include "cli/run_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "cli/account_database.h"
#include "cli/choices.h"
#include "cli/report_file.h"
#include "gather/sshd.h"
#include "parse/config_keywords.h"
#include "parse/config_match.h"
#include "parse/config_mentions.h"
#include "parse/sshd_settings.h"
#include "render/config.h"
#include "render/visible_text.h"

namespace sshaudit {
namespace {

constexpr int clean = 0;
constexpr int found_something = 1;
constexpr int not_all_seen = 2;

void tell(const std::string& text) { std::fprintf(stderr, "sshaudit: %s\n", visible(text).c_str()); }

std::string at(const ConfigPlace& place) { return place.file.empty() ? "" : render_place(place) + ": "; }

// Faults and doubts go to standard error, so that the listing stays what it is.
int tell_faults(const Server& server, const std::vector<ConfigFault>& of_connection) {
  for (const auto& fault : server.faults) tell(at(fault.place) + fault.message + " (sshd would not start)");
  for (const auto& fault : of_connection) tell(at(fault.place) + fault.message + " (sshd would end the connection)");
  const bool any = !server.faults.empty() || !of_connection.empty();
  if (!server.newer_file.empty()) {
    tell(server.newer_file + " has changed since sshd read it: this holds after the next reload, not yet");
  }
  if (!server.unread) return any ? found_something : clean;
  const auto& error = *server.unread;
  const std::string reason = error.errnum == 0 ? "" : std::string(": ") + std::strerror(error.errnum);
  tell("not all of the configuration is known: " + error.path + ": " + error.what + reason);
  return not_all_seen;
}

// The settings that sshd itself reports count. Nothing is said when it cannot be asked: this needs no root.
int hold_against_sshd(Sshd& sshd, const Connection& connection, EffectiveConfig& settings) {
  if (!connection.user) return clean;
  const auto output = sshd.ask(connection);
  if (!output) return clean;
  const auto checked = check_against_sshd(settings, *output);
  if (!checked) return clean;
  for (const auto& difference : checked->differences) {
    tell(fmt::format("sshd -T says \"{}\" for {}, where sshaudit has read \"{}\": please report this", difference.told,
                     difference.keyword, difference.read));
  }
  settings = checked->settings;
  return checked->differences.empty() ? clean : not_all_seen;
}

bool is_open(const std::string& criterion, const Connection& connection) {
  if (criterion == "user" || criterion == "group") return !connection.user;
  if (criterion == "address" || criterion == "host" || criterion == "localaddress") return !connection.address;
  return criterion == "localport" && !connection.local_port;
}

// Whether the section could hold, if more were known of the connection.
bool could_hold(const ConfigSection& section, const SshdConfig& config, const Connection& connection) {
  bool any_open = false;
  for (const auto& criterion : section.criteria) {
    const bool open = is_open(criterion.first, connection);
    any_open = any_open || open;
    if (!open && !holds(criterion, connection, config.version, config.host)) return false;
  }
  return any_open;
}

std::string open_questions(const SshdConfig& config, const Connection& connection) {
  std::string text;
  for (const auto& section : config.sections) {
    if (!could_hold(section, config, connection)) continue;
    text += fmt::format("# taken not to hold: Match {} ({})\n", visible(section.text), render_place(section.place));
  }
  if (!text.empty()) text += "# (USER, --from and --lport say what Match blocks ask for)\n";
  return text;
}

std::string fate_in_words(const Mention& mention, bool asks_for_more) {
  const auto winner = render_place(mention.winner);
  switch (mention.fate) {
    case MentionFate::counts:
      return mention.in_match ? "counts: its Match block holds (" + mention.condition + ")" : "counts";
    case MentionFate::came_late:
      return "does not count: " + winner + " came first";
    case MentionFate::not_reached:
      if (asks_for_more)
        return "taken not to count: its Match block asks for more than is given (" + mention.condition + ")";
      return "does not count: its Match block does not hold (" + mention.condition + ", " + winner + ")";
    case MentionFate::replaced:
      return "does not count: a Match block replaces it (" + winner + ")";
    case MentionFate::without_effect:
      return "does not count: it gives no value";
  }
  return {};
}

Result<std::string> why(const SshdConfig& config, const std::string& written, const EffectiveConfig& settings,
                        const std::vector<bool>& reached, const Connection& connection) {
  const auto keyword = shown_keyword(written, config.version);
  if (!keyword && find_config_keyword(written, config.version)) {
    return tl::unexpected(Error{"--why: does not bear on a login and is not followed (see sshd -T)", written, 0});
  }
  if (!keyword) return tl::unexpected(Error{"--why: no keyword that this sshd knows", written, 0});
  std::vector<ExplainedLine> lines;
  for (const auto& mention : mentions_of(config, *keyword, settings, reached)) {
    const auto section = std::ranges::find(config.sections, mention.winner, &ConfigSection::place);
    const bool asks_for_more = mention.fate == MentionFate::not_reached && section != config.sections.end() &&
                               could_hold(*section, config, connection);
    lines.push_back({mention.place, mention.keyword + " " + mention.text, fate_in_words(mention, asks_for_more)});
  }
  return render_why(lines, *std::ranges::find(settings, *keyword, &ConfigSetting::keyword));
}

Result<Connection> connection_for(const Arguments& arguments, const AccountIndex& index) {
  auto connection = connection_of(arguments).value_or(Connection{});
  if (arguments.users.empty()) return connection;
  std::string not_listed;
  const auto accounts = chosen_accounts(arguments, index, not_listed);
  if (!accounts) return tl::unexpected(accounts.error());
  connection.user = accounts->front().name;
  connection.groups = Memberships(arguments, index).names_of(accounts->front());
  return connection;
}

}  // namespace

Result<int> run_config(const Arguments& arguments) {
  auto output = ReportFile::open(arguments.output);
  if (!output) return tl::unexpected(output.error());
  const auto database = open_account_database(arguments);
  if (!database) return tl::unexpected(database.error());
  const AccountIndex index(*database);
  const auto choice = sshd_choice_of(arguments, index);
  const auto connection = connection_for(arguments, index);
  if (!choice || !connection) return tl::unexpected(choice ? connection.error() : choice.error());
  Sshd sshd(*choice);
  const auto reached = reached_sections(sshd.config(), *connection);
  auto evaluation = evaluate(sshd.config(), reached);
  int status = tell_faults(sshd.server(), evaluation.faults);
  if (status == clean && connection->address) status = hold_against_sshd(sshd, *connection, evaluation.settings);
  auto text = Result<std::string>(render_config(evaluation.settings) + open_questions(sshd.config(), *connection));
  if (!arguments.why.empty()) text = why(sshd.config(), arguments.why, evaluation.settings, reached, *connection);
  if (!text) return tl::unexpected(text.error());
  auto done = output->write(*text);
  if (done) done = output->finish();
  if (!done) return tl::unexpected(done.error());
  return status;
}

}  // namespace sshaudit
