// SPDX-License-Identifier: MIT
// What a configuration comes to: sshd's two passes over it. Source: OpenSSH servconf.c (parse_server_config,
// fill_default_server_options, parse_server_match_config, copy_set_server_options), sshd.c.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "parse/address_list.h"
#include "parse/algorithm_names.h"
#include "parse/authentication_methods.h"
#include "parse/config_arguments.h"
#include "parse/config_keywords.h"
#include "parse/pattern.h"
#include "parse/sshd_config.h"

namespace sshaudit {
namespace {

using Values = std::vector<ConfigValue>;
using A = ConfigArgument;

bool adds_up(A argument) {
  return argument == A::users || argument == A::groups || argument == A::accept_env || argument == A::ports ||
         argument == A::listen_address;
}

std::optional<AlgorithmList> list_of(A argument) {
  switch (argument) {
    case A::pubkey_algorithms:
      return AlgorithmList::pubkey_accepted;
    case A::hostbased_algorithms:
      return AlgorithmList::hostbased_accepted;
    case A::ca_algorithms:
      return AlgorithmList::ca_signature;
    case A::host_key_algorithms:
      return AlgorithmList::host_key;
    default:
      return std::nullopt;
  }
}

bool is_none(const Values& values) { return values.size() == 1 && lower_case(values[0].text) == "none"; }

// One pass over all lines. The sections in `active` take effect, the others are only checked.
class Pass {
 public:
  Pass(const SshdConfig& config, const std::vector<bool>& active, bool first)
      : config_(config), active_(active), first_(first), values_(config_keywords().size()) {}

  void run() {
    for (const auto& line : config_.lines) apply(line);
  }

  Values& of(std::string_view keyword) {
    const auto row = find_config_keyword(keyword, config_.version);
    return values_[row.value_or(0)];
  }
  Values& of(std::size_t row) { return values_[row]; }
  std::vector<ConfigFault>& faults() { return faults_; }

 private:
  void fault(const ConfigLine& line, std::string_view message) {
    faults_.push_back({line.place, fmt::format("{} {}", line.written, message)});
  }

  std::size_t target_of(const ConfigLine& line) const {
    const auto& row = config_keywords()[line.keyword];
    return row.alias_of.empty() ? line.keyword
                                : find_config_keyword(row.alias_of, config_.version).value_or(line.keyword);
  }

  void apply(const ConfigLine& line) {
    const auto& row = config_keywords()[line.keyword];
    const bool active = active_[line.section];
    if (!active && !row.in_match) {
      if (first_) fault(line, "is not allowed in a Match block");
      return;
    }
    if (row.argument == A::ports && !config_.overrides.ports.empty()) return;
    auto& values = values_[target_of(line)];
    const bool last_wins = shares_a_place(row.argument);
    const bool is_set = last_wins ? !of("authorizedkeyscommand").empty() : !values.empty();
    const auto taken = take_arguments(row.argument, line, {config_.version, config_.host, active, is_set});
    if (!taken.fault.empty()) return fault(line, taken.fault);
    if (has_surplus(line, taken.used)) return fault(line, "has more arguments than it takes");
    if (active && row.argument == A::subsystem && !add_subsystem(taken.values)) return fault(line, "is there already");
    if (!active || (is_set && !adds_up(row.argument))) return;
    if (last_wins) values.clear();
    for (const auto& text : taken.values) values.push_back({text, line.place});
    if (adds_up(row.argument) && values.size() > most_values(row.argument)) fault(line, "is one too many");
  }

  std::size_t most_values(A argument) const {
    constexpr std::size_t most = 256;
    const bool limited = argument == A::ports || version_number(config_.version) < 707;
    return limited ? most : ~std::size_t{0};
  }

  // From 8.7 to 9.3 AuthorizedPrincipalsCommand asks whether AuthorizedKeysCommand is set, not whether it is itself.
  bool shares_a_place(A argument) const {
    const auto number = version_number(config_.version);
    return argument == A::principals_command && number >= 807 && number <= 903;
  }

  bool has_surplus(const ConfigLine& line, std::size_t used) const {
    if (used >= line.words.size()) return false;
    return reads_new_words(config_.version) || !line.words[used].empty();
  }

  // Up to 9.4 a second Subsystem of a name is a fault, from 9.5 on it counts for nothing.
  bool add_subsystem(const std::vector<std::string>& values) {
    const bool added = values.empty() || subsystems_.insert(values[0]).second;
    return added || version_number(config_.version) >= 905;
  }

  const SshdConfig& config_;
  const std::vector<bool>& active_;
  bool first_;
  std::vector<Values> values_;  // by row
  std::set<std::string> subsystems_;
  std::vector<ConfigFault> faults_;
};

Values initial_values(const ConfigKeyword& row) {
  Values values;
  auto rest = row.initial;
  while (!rest.empty()) {
    const auto blank = std::min(rest.find(' '), rest.size());
    values.push_back({std::string(rest.substr(0, blank)), {}});
    rest.remove_prefix(std::min(blank + 1, rest.size()));
  }
  return values;
}

// Of the rows of one name only the one that this sshd has.
bool is_row_of(std::size_t i, const SshdVersion& version) {
  return find_config_keyword(config_keywords()[i].name, version) == i;
}

void add_overridden_ports(const SshdConfig& config, Pass& pass) {
  for (const int port : config.overrides.ports) pass.of("port").push_back({std::to_string(port), {"command line", 0}});
}

// Keywords for which sshd forgets "none" once all defaults are filled in.
bool forgets_none(A argument, bool at_start) {
  if (argument == A::rest_of_line) return true;
  return at_start && (argument == A::file || argument == A::home_word || argument == A::files);
}

void fill_defaults(const SshdConfig& config, Pass& pass) {
  const auto number = version_number(config.version);
  const auto rows = config_keywords();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].shown || !is_row_of(i, config.version)) continue;
    auto& values = pass.of(i);
    if (values.empty()) values = initial_values(rows[i]);
    const bool cleared_list = number >= 1003 && (rows[i].argument == A::home_words || rows[i].argument == A::files);
    if (cleared_list && is_none(values)) values.clear();
    if (forgets_none(rows[i].argument, true) && is_none(values)) values[0].text = "none";
    if (rows[i].name == "chrootdirectory" && is_none(values)) values[0].text = "none";
  }
  if (number < 807 && pass.of("challengeresponseauthentication")[0].text == "yes") {
    pass.of("kbdinteractiveauthentication") = {{"yes", pass.of("challengeresponseauthentication")[0].place}};
  }
}

// What sshd makes of names with + - ^ and patterns. It does so at the start, and from what came of that again for each
// connection: where "-" took all names away, the default is back by then.
void assemble(const SshdConfig& config, Pass& pass) {
  const auto rows = config_keywords();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto list = list_of(rows[i].argument);
    if (!list || !rows[i].alias_of.empty() || !is_row_of(i, config.version)) continue;
    auto& values = pass.of(i);
    if (values.empty()) values.emplace_back();
    const auto assembled = assembled_key_algorithms(values[0].text, *list, config.version);
    if (!assembled) {
      pass.faults().push_back({values[0].place, fmt::format("{}: \"{}\" leaves no algorithm, or has a negation",
                                                            rows[i].name, values[0].text)});
    }
    values[0].text = assembled.value_or("");
  }
}

// An address of the other family is none that sshd can listen on.
void check_addresses(Pass& pass) {
  const auto& family = pass.of("addressfamily");
  if (family.empty() || family[0].text == "any") return;
  for (const auto& value : pass.of("listenaddress")) {
    const auto address = parse_ip_address(value.text);
    if (!address || address->is_v6 == (family[0].text == "inet6")) continue;
    pass.faults().push_back({value.place, "ListenAddress is not of the AddressFamily " + family[0].text});
  }
}

void check_start(Pass& pass) {
  check_addresses(pass);
  for (const std::string keyword : {"authorizedkeyscommand", "authorizedprincipalscommand"}) {
    const auto& command = pass.of(keyword);
    const auto& user = pass.of(keyword + "user");
    if (!is_none(command) && user[0].place.file.empty()) {
      pass.faults().push_back({command[0].place, fmt::format("{0} is set without {0}user", keyword)});
    }
  }
  const auto& methods = pass.of("authenticationmethods");
  const auto is_on = [&](std::string_view keyword) {
    const auto& values = pass.of(keyword);
    return !values.empty() && values[0].text == "yes";
  };
  const bool possible = std::ranges::any_of(methods, [&](const auto& list) { return is_possible(list.text, is_on); });
  if (!possible) {
    pass.faults().push_back({methods[0].place, "AuthenticationMethods asks for methods that are switched off"});
  }
}

// Match blocks may hold keywords that sshd then forgets to look at.
bool counts_in_match(const ConfigKeyword& row, unsigned number) {
  if (row.name == "pamservicename") return number < 1004;
  if (row.name == "setenv") return number >= 805;
  if (row.name == "ignorerhosts") return number >= 804;
  return row.in_match;
}

// What Match blocks set replaces what was there. Returns the rows that they set.
std::vector<bool> copy_match_values(const SshdConfig& config, Pass& from, Pass& to) {
  const auto rows = config_keywords();
  std::vector<bool> copied(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!counts_in_match(rows[i], version_number(config.version)) || from.of(i).empty()) continue;
    to.of(i) = from.of(i);
    const bool forgets = rows[i].argument == A::rest_of_line || rows[i].name == "chrootdirectory";
    if (forgets && is_none(to.of(i))) to.of(i)[0].text = "none";
    copied[i] = true;
  }
  return copied;
}

EffectiveConfig listed(const SshdConfig& config, Pass& pass, const std::vector<bool>& from_match) {
  EffectiveConfig settings;
  const auto rows = config_keywords();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].shown || !is_row_of(i, config.version)) continue;
    const bool one_line = !adds_up(rows[i].argument) && rows[i].argument != A::set_env;
    ConfigSetting setting{std::string(rows[i].name), pass.of(i), one_line, from_match[i]};
    for (auto& value : setting.values) {
      const bool old_name = rows[i].argument == A::permit_root_login && version_number(config.version) <= 1000;
      if (old_name && value.text == "prohibit-password") value.text = "without-password";
    }
    settings.push_back(std::move(setting));
  }
  return settings;
}

}  // namespace

const std::vector<ConfigValue>& values_of(const EffectiveConfig& settings, std::string_view keyword) {
  static const std::vector<ConfigValue> none;
  const auto found = std::ranges::find(settings, keyword, &ConfigSetting::keyword);
  return found == settings.end() ? none : found->values;
}

Evaluation evaluate(const SshdConfig& config, const std::vector<bool>& reached) {
  std::vector<bool> at_start(config.sections.size());
  for (std::size_t i = 0; i < at_start.size(); ++i) at_start[i] = config.sections[i].at_start;
  Pass global(config, at_start, true);
  global.run();
  add_overridden_ports(config, global);
  fill_defaults(config, global);
  assemble(config, global);
  std::vector<bool> from_match(config_keywords().size());
  if (reached.empty()) {
    check_start(global);
    return {listed(config, global, from_match), global.faults()};
  }
  Pass match(config, reached, false);
  match.run();
  from_match = copy_match_values(config, match, global);
  global.faults().clear();
  assemble(config, global);
  auto faults = match.faults();
  faults.insert(faults.end(), global.faults().begin(), global.faults().end());
  faults.insert(faults.end(), config.connection_faults.begin(), config.connection_faults.end());
  return {listed(config, global, from_match), std::move(faults)};
}

}  // namespace sshaudit
