// SPDX-License-Identifier: MIT
#include "parse/config_arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "parse/address_list.h"
#include "parse/algorithm_names.h"
#include "parse/authentication_methods.h"
#include "parse/config_values.h"
#include "parse/pattern.h"

namespace sshaudit {
namespace {

using Line = ConfigLine;
using Context = ArgumentContext;
using Taken = TakenArguments;
using Take = Taken (*)(const Line&, const Context&);

Taken missing() { return wrong({}); }

// Before 7.7 case counts.
Taken take_flag(const Line& line, const Context& context) {
  const auto word = first_word(line);
  if (version_number(context.version) < 707) return one_word(line, word == "yes" || word == "no");
  return one_of(line, {"yes", "no"});
}
Taken take_ignore_rhosts(const Line& line, const Context&) { return one_of(line, {"yes", "no", "shosts-only"}); }

Taken take_permit_root_login(const Line& line, const Context&) {
  auto taken = one_of(line, {"prohibit-password", "without-password", "forced-commands-only", "yes", "no"});
  if (taken.fault.empty() && taken.values[0] == "without-password") taken.values[0] = "prohibit-password";
  return taken;
}

Taken take_integer(const Line& line, const Context& context) {
  if (version_number(context.version) < 707 && !first_word(line).empty())
    return {{std::to_string(leading_number(first_word(line)))}};
  const auto value = parse_integer(first_word(line));
  if (!value) return fault_of(fmt::format("does not take \"{}\", which is no number", first_word(line)));
  return {{std::to_string(*value)}};
}

Taken take_time(const Line& line, const Context& context) {
  const auto value = parse_time(first_word(line), version_number(context.version));
  if (!value) return fault_of(fmt::format("does not take \"{}\", which is no time", first_word(line)));
  return {{std::to_string(*value)}};
}

Taken take_word(const Line& line, const Context&) { return one_word(line, true); }

Taken no_such_home(std::string_view name) { return fault_of(fmt::format("names {}, but there is no such user", name)); }

Taken take_file(const Line& line, const Context& context) {
  if (first_word(line).empty()) return missing();
  if (!context.active || context.is_set) return {};
  const auto name = absolute_name(line.words[0], context.host, version_number(context.version));
  return name ? Taken{{*name}} : no_such_home(line.words[0]);
}

Taken take_home_word(const Line& line, const Context& context) {
  if (first_word(line).empty()) return missing();
  if (!context.active || context.is_set) return {};
  const auto name = expand_tilde(line.words[0], context.host, version_number(context.version));
  return name ? Taken{{*name}} : no_such_home(line.words[0]);
}

// Words up to the end, or before 8.7 up to an empty one; there an empty one is an error later.
Taken list_words(const Line& line, const Context& context) {
  Taken taken;
  taken.used = 0;
  for (const auto& word : line.words) {
    ++taken.used;
    if (word.empty() && !reads_new_words(context.version)) break;
    if (word.empty()) return fault_of("has an empty argument");
    taken.values.push_back(word);
  }
  if (taken.values.empty() && version_number(context.version) >= 907) return missing();
  return taken;
}

Taken with_homes(Taken taken, const Context& context) {
  for (auto& name : taken.values) {
    const auto expanded = expand_tilde(name, context.host, version_number(context.version));
    if (!expanded) return no_such_home(name);
    name = *expanded;
  }
  return taken;
}

Taken check_none_alone(Taken taken) {
  const auto is_none = [](const std::string& word) { return lower_case(word) == "none"; };
  if (taken.values.size() > 1 && std::ranges::any_of(taken.values, is_none))
    return fault_of("takes \"none\" only alone");
  return taken;
}

Taken take_home_words(const Line& line, const Context& context) {
  Taken taken;
  if (!reads_new_words(context.version)) {
    if (context.active && !context.is_set) taken = with_homes(list_words(line, context), context);
    taken.used = all_words;
    return taken;
  }
  taken = with_homes(list_words(line, context), context);
  return version_number(context.version) >= 1003 ? check_none_alone(std::move(taken)) : taken;
}

Taken take_users(const Line& line, const Context& context) {
  auto taken = list_words(line, context);
  for (const auto& word : taken.values) {
    const auto at = version_number(context.version) >= 909 ? word.rfind('@') : word.find('@');
    if (at != std::string::npos &&
        !is_address_list(std::string_view(word).substr(at + 1), version_number(context.version))) {
      return fault_of(fmt::format("has the wrong pattern \"{}\"", word));
    }
  }
  return taken;
}

Taken take_accept_env(const Line& line, const Context& context) {
  auto taken = list_words(line, context);
  const auto is_wrong = [](const std::string& word) { return word.find('=') != std::string::npos; };
  if (std::ranges::any_of(taken.values, is_wrong)) return fault_of("takes names of variables, without =");
  return taken;
}

Taken take_set_env(const Line& line, const Context& context) {
  auto taken = list_words(line, context);
  const bool keeps_all = version_number(context.version) < 901;
  std::set<std::string> names;
  std::vector<std::string> kept;
  for (const auto& word : taken.values) {
    auto name = word.substr(0, word.find('=') + 1);
    if (name.empty()) return fault_of("takes NAME=VALUE");
    if (names.insert(std::move(name)).second || keeps_all) kept.push_back(word);
  }
  taken.values = std::move(kept);
  return taken;
}

Taken take_ports(const Line& line, const Context& context) {
  if (first_word(line).empty()) return missing();
  const auto port = parse_port(line.words[0], context.host);
  if (!port || *port <= 0) return fault_of(fmt::format("does not take \"{}\", which is no port", line.words[0]));
  return {{std::to_string(*port)}};
}

// Before 9.7 what is set already is taken for words of the same line.
Taken take_methods(const Line& line, const Context& context) {
  const bool by_line = version_number(context.version) >= 907;
  Taken taken;
  taken.used = all_words;
  if (!reads_new_words(context.version) && context.is_set) return taken;
  bool any = false;
  for (const auto& word : line.words) {
    if (word.empty() && !reads_new_words(context.version)) break;
    const bool is_later = by_line ? !taken.values.empty() : context.is_set || (context.active && !taken.values.empty());
    if (any || (word == "any" && is_later)) return fault_of("takes \"any\" only alone");
    any = word == "any";
    if (!any && !is_method_list(word, context.version.vendor)) {
      return fault_of(fmt::format("has the wrong list \"{}\"", word));
    }
    taken.values.push_back(word);
  }
  return taken.values.empty() ? missing() : taken;
}

Taken take_rest_of_line(const Line& line, const Context&) {
  if (line.rest.empty()) return missing();
  return {{line.rest.substr(std::min(line.rest.find_first_not_of(" \t\r\n"), line.rest.size()))}, all_words, {}};
}

Taken take_command(const Line& line, const Context& context) {
  auto taken = take_rest_of_line(line, context);
  if (!reads_new_words(context.version) && (!context.active || context.is_set)) return {{}, all_words, {}};
  const auto name = taken.values.empty() ? std::string() : taken.values[0];
  if (!name.starts_with('/') && lower_case(name) != "none") return fault_of("takes an absolute path only");
  return taken;
}

template <AlgorithmList list>
Taken take_algorithms(const Line& line, const Context& context) {
  return one_word(line, key_algorithms_valid(first_word(line), list, context.version));
}

Taken take_pubkey_auth_options(const Line& line, const Context& context) {
  Taken taken;
  taken.used = 0;
  bool touch = false;
  bool verify = false;
  for (const auto& word : line.words) {
    ++taken.used;
    if (word.empty() && !reads_new_words(context.version)) break;
    const auto option = lower_case(word);
    touch = touch || option == "touch-required";
    verify = verify || option == "verify-required";
    if (option != "none" && option != "touch-required" && option != "verify-required") {
      return fault_of(fmt::format("does not take \"{}\"", word));
    }
  }
  if (touch) taken.values.emplace_back("touch-required");
  if (verify) taken.values.emplace_back("verify-required");
  if (taken.values.empty()) taken.values.emplace_back("none");
  return taken;
}

// A list of names of variables only from 7.8 on.
Taken take_user_environment(const Line& line, const Context& context) {
  return version_number(context.version) < 708 ? take_flag(line, context) : take_word(line, context);
}

struct Row {
  ConfigArgument argument;
  Take take;
};
using A = ConfigArgument;
constexpr std::array rows = {
    Row{A::flag, take_flag},
    Row{A::permit_root_login, take_permit_root_login},
    Row{A::ignore_rhosts, take_ignore_rhosts},
    Row{A::integer, take_integer},
    Row{A::time, take_time},
    Row{A::word, take_word},
    Row{A::file, take_file},
    Row{A::files, take_home_words},
    Row{A::home_word, take_home_word},
    Row{A::home_words, take_home_words},
    Row{A::users, take_users},
    Row{A::groups, list_words},
    Row{A::accept_env, take_accept_env},
    Row{A::set_env, take_set_env},
    Row{A::ports, take_ports},
    Row{A::methods, take_methods},
    Row{A::rest_of_line, take_rest_of_line},
    Row{A::keys_command, take_command},
    Row{A::principals_command, take_command},
    Row{A::pubkey_algorithms, take_algorithms<AlgorithmList::pubkey_accepted>},
    Row{A::hostbased_algorithms, take_algorithms<AlgorithmList::hostbased_accepted>},
    Row{A::ca_algorithms, take_algorithms<AlgorithmList::ca_signature>},
    Row{A::host_key_algorithms, take_algorithms<AlgorithmList::host_key>},
    Row{A::user_environment, take_user_environment},
    Row{A::pubkey_auth_options, take_pubkey_auth_options},
};

}  // namespace

TakenArguments wrong(std::string_view word) {
  return fault_of(word.empty() ? "has no argument" : fmt::format("does not take \"{}\"", word));
}

TakenArguments one_word(const ConfigLine& line, bool is_good) {
  const auto word = first_word(line);
  return word.empty() || !is_good ? wrong(word) : TakenArguments{{std::string(word)}};
}

TakenArguments one_of(const ConfigLine& line, std::initializer_list<std::string_view> choices) {
  auto taken = one_word(line, std::ranges::find(choices, lower_case(first_word(line))) != choices.end());
  for (auto& value : taken.values) value = lower_case(value);
  return taken;
}

TakenArguments fault_of(std::string message) { return {{}, all_words, std::move(message)}; }

bool reads_new_words(const SshdVersion& version) { return version_number(version) >= 807; }

std::string_view first_word(const ConfigLine& line) {
  return line.words.empty() ? std::string_view{} : std::string_view(line.words.front());
}

TakenArguments take_arguments(ConfigArgument argument, const ConfigLine& line, const ArgumentContext& context) {
  const auto* const row = std::ranges::find(rows, argument, &Row::argument);
  return row == rows.end() ? take_transport_arguments(argument, line, context) : row->take(line, context);
}

}  // namespace sshaudit
