// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>

#include "parse/address_list.h"
#include "parse/algorithm_names.h"
#include "parse/config_arguments.h"
#include "parse/config_values.h"
#include "parse/pattern.h"

namespace sshaudit {
namespace {

using Line = ConfigLine;
using Context = ArgumentContext;
using Taken = TakenArguments;
using Take = Taken (*)(const Line&, const Context&);

Taken take_address_family(const Line& line, const Context&) { return one_of(line, {"inet", "inet6", "any"}); }
Taken take_compression(const Line& line, const Context&) { return one_of(line, {"yes", "delayed", "no"}); }
Taken take_gateway_ports(const Line& line, const Context&) { return one_of(line, {"clientspecified", "yes", "no"}); }
Taken take_forwarding(const Line& line, const Context&) {
  return one_of(line, {"yes", "all", "no", "remote", "local"});
}
Taken take_digest(const Line& line, const Context&) {
  return one_of(line, {"md5", "sha1", "sha256", "sha384", "sha512"});
}

Taken take_tunnel(const Line& line, const Context&) {
  constexpr std::array<std::string_view, 4> modes = {"no", "point-to-point", "ethernet", "yes"};
  return one_word(line, std::ranges::find(modes, first_word(line)) != modes.end());
}

Taken take_ciphers(const Line& line, const Context& context) {
  return one_word(line, ciphers_valid(first_word(line), context.version));
}
Taken take_macs(const Line& line, const Context& context) {
  return one_word(line, macs_valid(first_word(line), context.version));
}
Taken take_kex_algorithms(const Line& line, const Context& context) {
  return one_word(line, kex_algorithms_valid(first_word(line), context.version));
}
Taken take_gss_kex_algorithms(const Line& line, const Context&) {
  return one_word(line, gss_kex_algorithms_valid(first_word(line)));
}

Taken take_host_key(const Line& line, const Context& context) {
  const auto word = first_word(line);
  return one_word(
      line,
      !context.active || absolute_name(std::string(word), context.host, version_number(context.version)).has_value());
}

Taken take_any_word(const Line& line, const Context&) { return one_word(line, true); }

// On Linux there are none to choose from.
Taken take_routing_domain(const Line& line, const Context& context) {
  const auto word = first_word(line);
  return one_word(line, version_number(context.version) < 804 && (lower_case(word) == "none" || word == "%D"));
}

// The end of the host in "host:port", "[host]:port" or "host"; npos when the brackets are wrong.
std::size_t host_end(std::string_view text) {
  if (!text.starts_with('[')) return std::min(text.find_first_of(":/"), text.size());
  const auto bracket = text.find(']');
  return bracket == std::string_view::npos ? bracket : bracket + 1;
}

std::string_view without_brackets(std::string_view host) {
  return host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
}

bool is_listen_host(std::string_view host) {
  if (parse_ip_address(host)) return true;
  // A name is resolved when sshd starts, which is not done here.
  const auto is_of_name = [](char c) {
    return c == '-' || c == '_' || c == '.' || c == '%' || (c >= '0' && c <= '9') || (c | 0x20) >= 'a';
  };
  const bool numeric = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return !numeric && std::ranges::all_of(host, is_of_name);
}

Taken take_listen_address(const Line& line, const Context& context) {
  const auto word = first_word(line);
  if (word.empty()) return wrong(word);
  const auto colon = word.find(':');
  const bool bare = word.find('[') == std::string_view::npos && colon != std::string_view::npos &&
                    word.find(':', colon + 1) != std::string_view::npos;
  const auto end = bare ? word.size() : host_end(word);
  const auto host = without_brackets(word.substr(0, end));
  if (end > word.size() || !is_listen_host(host)) return wrong(word);
  if (end < word.size()) {
    const auto port = parse_port(std::string(word.substr(end + 1)), context.host);
    if (word[end] != ':' || !port || *port <= 0) return wrong(word);
  }
  return line.words.size() < 2 ? Taken{{std::string(host)}} : wrong(line.words[1]);  // no routing domains on Linux
}

std::string upper_case(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

Taken take_log_level(const Line& line, const Context& context) {
  auto taken =
      one_of(line, {"silent", "quiet", "fatal", "error", "info", "verbose", "debug", "debug1", "debug2", "debug3"});
  if (!taken.fault.empty()) return taken;
  auto& level = taken.values[0];
  const bool debian = context.version.vendor == Vendor::debian || context.version.vendor == Vendor::ubuntu;
  if (level == "silent" && !debian) return fault_of("does not take \"silent\"");
  if (level == "debug1") level = "debug";
  if (level == "quiet" && debian) level = "silent";
  level = upper_case(level);
  return taken;
}

Taken take_log_facility(const Line& line, const Context&) {
  auto taken = one_of(line, {"daemon", "user", "auth", "authpriv", "local0", "local1", "local2", "local3", "local4",
                             "local5", "local6", "local7"});
  for (auto& value : taken.values) value = upper_case(value);
  return taken;
}

Taken take_log_verbose(const Line& line, const Context& context) {
  for (const auto& word : line.words) {
    if (word.empty()) return fault_of("has an empty argument");
    if (lower_case(word) == "none" && line.words.size() > 1) return fault_of("takes \"none\" only alone");
  }
  if (line.words.empty() && version_number(context.version) >= 907) return wrong("");
  return {{}, all_words, {}};
}

// The first word is the name.
Taken take_subsystem(const Line& line, const Context& context) {
  const auto number = version_number(context.version);
  const auto word = first_word(line);
  const bool has_command = line.words.size() > 1 && !line.words[1].empty();
  if (word.empty()) return wrong(word);
  if (!context.active && number < 1003) return {{}, number < 905 ? 2 : all_words, {}};
  if (!has_command) return fault_of("has no command");
  return {{std::string(word)}, all_words, {}};
}

bool is_open_port(std::string_view text, const ConfigHost& host) {
  const auto port = parse_port(std::string(text), host);
  return text == "*" || (port && *port > 0);
}

bool is_host_and_port(std::string_view word, const ConfigHost& host, bool port_alone) {
  if (port_alone && word.find(':') == std::string_view::npos) return is_open_port(word, host);
  const auto end = host_end(word);
  return end < word.size() && word[end] == ':' && is_open_port(word.substr(end + 1), host);
}

Taken take_permit(const Line& line, const Context& context, bool port_alone) {
  if (first_word(line).empty()) return wrong("");
  const bool any_anywhere = version_number(context.version) >= 907;
  Taken taken;
  taken.used = 0;
  for (const auto& word : line.words) {
    ++taken.used;
    const bool any = word == "any" || word == "none";
    if (any && taken.used == 1 && !any_anywhere) return taken;
    if (any && taken.used == 1) continue;
    if (word.empty() && !any_anywhere) return taken;
    if (any && any_anywhere) return fault_of(fmt::format("takes \"{}\" only first", word));
    if (!is_host_and_port(word, context.host, port_alone)) return wrong(word);
  }
  return taken;
}
Taken take_permit_open(const Line& line, const Context& context) { return take_permit(line, context, false); }
Taken take_permit_listen(const Line& line, const Context& context) { return take_permit(line, context, true); }

// Up to 9.6 a number is what strtol(3) takes, hexadecimal and octal too.
bool is_quality_number(std::string_view text, unsigned version) {
  if (version >= 908) return parse_integer(text).value_or(256) <= 255;
  if (text.starts_with('+')) text.remove_prefix(1);
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  const bool octal = !hexadecimal && text.starts_with('0');
  if (hexadecimal) text.remove_prefix(2);
  int value = -1;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, hexadecimal ? 16 : (octal ? 8 : 10));
  return error == std::errc{} && end == text.data() + text.size() && value >= 0 && value <= 255;
}

bool is_quality(std::string_view text, unsigned version) {
  constexpr std::array<std::string_view, 25> names = {
      "none", "af11", "af12", "af13", "af21",     "af22",       "af23",       "af31", "af32",
      "af33", "af41", "af42", "af43", "cs0",      "cs1",        "cs2",        "cs3",  "cs4",
      "cs5",  "cs6",  "cs7",  "ef",   "lowdelay", "throughput", "reliability"};
  const auto name = lower_case(text);
  if (name == "le") return version >= 804;
  if (name == "va") return version >= 1005;
  return std::ranges::find(names, name) != names.end() || is_quality_number(text, version);
}

Taken take_quality_of_service(const Line& line, const Context& context) {
  if (first_word(line).empty()) return wrong("");
  for (std::size_t i = 0; i < std::min<std::size_t>(line.words.size(), 2); ++i) {
    if (!is_quality(line.words[i], version_number(context.version))) return wrong(line.words[i]);
  }
  return {{}, 2, {}};
}

Taken take_octal_mode(const Line& line, const Context&) {
  const auto word = first_word(line);
  int value = -1;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, 8);
  return one_word(line, error == std::errc{} && end != word.data() && value >= 0 && value <= 0777);
}

Taken take_version_addendum(const Line& line, const Context&) {
  const auto text = line.rest.substr(std::min(line.rest.find_first_not_of(" \t\r\n"), line.rest.size()));
  if (line.rest.empty() || text.find('\r') != std::string::npos) return wrong(text);
  return {{}, all_words, {}};
}

Taken take_nothing(const Line&, const Context&) { return {{}, all_words, {}}; }

struct Row {
  ConfigArgument argument;
  Take take;
};
using A = ConfigArgument;
constexpr std::array rows = {
    Row{A::address_family, take_address_family},
    Row{A::compression, take_compression},
    Row{A::gateway_ports, take_gateway_ports},
    Row{A::forwarding, take_forwarding},
    Row{A::tunnel, take_tunnel},
    Row{A::host_key, take_host_key},
    Row{A::listen_address, take_listen_address},
    Row{A::ciphers, take_ciphers},
    Row{A::macs, take_macs},
    Row{A::kex_algorithms, take_kex_algorithms},
    Row{A::gss_kex_algorithms, take_gss_kex_algorithms},
    Row{A::log_level, take_log_level},
    Row{A::log_facility, take_log_facility},
    Row{A::log_verbose, take_log_verbose},
    Row{A::subsystem, take_subsystem},
    Row{A::permit_open, take_permit_open},
    Row{A::permit_listen, take_permit_listen},
    Row{A::quality_of_service, take_quality_of_service},
    Row{A::octal_mode, take_octal_mode},
    Row{A::digest, take_digest},
    Row{A::routing_domain, take_routing_domain},
    Row{A::security_key_provider, take_any_word},
    Row{A::host_key_agent, take_any_word},
    Row{A::version_addendum, take_version_addendum},
    Row{A::ignored, take_nothing},
};

}  // namespace

TakenArguments take_transport_arguments(ConfigArgument argument, const ConfigLine& line,
                                        const ArgumentContext& context) {
  const auto* const row = std::ranges::find(rows, argument, &Row::argument);
  return row == rows.end() ? take_limit_arguments(argument, line, context) : row->take(line, context);
}

}  // namespace sshaudit
