// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "parse/address_list.h"
#include "parse/key_option_names.h"
#include "parse/key_option_values.h"
#include "parse/key_options.h"
#include "parse/pattern.h"
#include "rules/client_list.h"
#include "rules/key_line_rules.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

using Details = std::vector<Detail>;

constexpr std::int64_t a_day = 86400;

// auth2-pubkeyfile.c: auth_check_authkey_line. Before 7.7 nothing is logged for it.
std::string refused_log(const KeyLineSubject& subject, const Context& context) {
  if (context.grammar.version >= 1001)
    return fmt::format("Refused by key options at {}:{}", subject.file.path, subject.line.line);
  return context.facts.strict_options ? "Refused by key options" : "";
}

Details key_expired(const KeyLineSubject& subject, const Context& context) {
  const auto& expiry = subject.line.options.expiry_time;
  if (!is_read(subject) || !expiry || *expiry >= context.now) return {};
  const auto date = date_in_words(*expiry);
  return about_key(subject, fmt::format("expired on {} (expiry-time)", date), "a time to come",
                   fmt::format("expired on {}", date), refused_log(subject, context),
                   "remove the line, or give it a later expiry-time");
}

Details key_expires_soon(const KeyLineSubject& subject, const Context& context) {
  const auto& expiry = subject.line.options.expiry_time;
  if (!is_read(subject) || !expiry || *expiry < context.now || *expiry > context.now + context.forecast_days * a_day)
    return {};
  const auto days = (*expiry - context.now) / a_day;
  const auto when = days == 0 ? "in less than a day" : fmt::format("in {} day{}", days, days == 1 ? "" : "s");
  return about_key(subject, fmt::format("will stop {} ({}, expiry-time)", when, date_in_words(*expiry)), "a later time",
                   fmt::format("until {}", date_in_words(*expiry)), {},
                   "give the line a later expiry-time, if the key is still wanted");
}

Details principals_without_authority(const KeyLineSubject& subject, const Context& context) {
  const auto& options = subject.line.options;
  if (!is_read(subject) || !options.principals || options.cert_authority || !context.facts.strict_options) return {};
  return about_key(
      subject, "lets nobody in: principals= goes with cert-authority only",
      "cert-authority, or no principals=", "principals= without cert-authority", refused_log(subject, context),
      "remove principals=\"...\" if this is a person's key; write cert-authority in front if it is an authority");
}

// The client is known only with --from.
std::string from_log(const KeyLineSubject& subject, std::string_view list, const Context& context) {
  const bool known = context.connection != nullptr && context.connection->address;
  const auto address = known ? *context.connection->address : std::string("ADDRESS");
  const auto start =
      fmt::format("Authentication tried for {} with correct key but not from a permitted host (host={}, ip={}",
                  subject.evidence.account.name, address, address);
  if (!context.facts.strict_options) return start + ").";
  return fmt::format("{}:{}: {}, required={}).", subject.file.path, subject.line.line, start, shown(list));
}

Details from_never_matches(const KeyLineSubject& subject, const Context& context) {
  if (!is_read(subject)) return {};
  for (const auto& list : subject.line.options.from) {
    const auto why = why_nobody_matches(list, subject.evidence.settings.use_dns);
    if (why.empty()) continue;
    return about_key(
        subject, fmt::format("lets nobody in: from=\"{}\" matches no client: {}", shown(list), why),
        "addresses, networks and patterns with commas", "from= matches no client: " + why,
        from_log(subject, list, context),
        "correct the list: addresses (10.1.2.3), networks (10.1.2.0/24) and patterns (10.1.2.*), with commas "
        "and no blanks");
  }
  return {};
}

// A few elements of a list say enough.
Details from_element_dead(const KeyLineSubject& subject, const Context&) {
  constexpr std::size_t most_told = 3;
  Details details;
  if (!is_read(subject)) return details;
  const bool use_dns = subject.evidence.settings.use_dns;
  for (const auto& list : subject.line.options.from) {
    const auto dead =
        why_nobody_matches(list, use_dns).empty() ? dead_elements(list, use_dns) : std::vector<DeadElement>();
    if (dead.empty()) continue;
    std::string what;
    for (std::size_t i = 0; i < std::min(dead.size(), most_told); ++i) {
      what += fmt::format("{}\"{}\" matches no client ({})", i == 0 ? "" : ", ", shown(dead[i].text), dead[i].why);
    }
    if (dead.size() > most_told) what += fmt::format(" and {} more", dead.size() - most_told);
    auto detail = about_key(subject, fmt::format("has elements in from= without effect: {}", what),
                            "elements that can match", dead[0].why, {}, dead[0].instead);
    details.push_back(std::move(detail[0]));
  }
  return details;
}

Details from_refuses(const KeyLineSubject& subject, const Context& context) {
  if (!is_read(subject) || context.connection == nullptr || !context.connection->address) return {};
  const auto& address = *context.connection->address;
  const auto host = subject.evidence.settings.use_dns ? context.connection->host.value_or(address) : address;
  for (const auto& list : subject.line.options.from) {
    if (!why_nobody_matches(list, subject.evidence.settings.use_dns).empty()) continue;
    if (matches_client(host, address, list) == 1) continue;
    return about_key(subject, fmt::format("is not accepted from {}: from=\"{}\" does not match", address, shown(list)),
                     "a client that from= names", fmt::format("not from {}", address), from_log(subject, list, context),
                     "connect from where the list says, or add the address to it");
  }
  return {};
}

bool only_prints(std::string_view statement) {
  constexpr std::array<std::string_view, 6> harmless = {"echo", "printf", "/bin/echo", "sleep", "exit", "true"};
  statement.remove_prefix(std::min(statement.find_first_not_of(' '), statement.size()));
  const auto program = statement.substr(0, statement.find(' '));
  return std::ranges::find(harmless, program) != harmless.end() || program.empty();
}

// A command that prints something and does nothing else, as cloud images give root.
bool is_message(std::string_view command) {
  if (command.find_first_of("|&<>`$\n") != std::string_view::npos || command.empty()) return false;
  while (true) {
    const auto end = command.find(';');
    if (!only_prints(command.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    command.remove_prefix(end + 1);
  }
}

Details forced_message(const KeyLineSubject& subject, const Context&) {
  const auto& command = subject.line.options.command;
  const auto& options = subject.line.options;
  const bool may_tunnel = options.port_forwarding || options.tunnel;  // ssh -N works all the same
  if (!is_read(subject) || !command || may_tunnel || !is_message(*command)) return {};
  return about_key(subject,
                   fmt::format("is accepted, but its forced command only prints a message: {}", shown(*command)),
                   "a command that does something, or none", "prints a message and ends", {},
                   "nothing to do if this is meant: nobody can work with this key here");
}

// Nearly every comment is told by its first word.
bool begins_with_option(std::string_view comment) {
  const auto word = lower_case(comment.substr(0, comment.find_first_of(",= \t")));
  const auto is_it = [&](const auto& option) { return option.name == word; };
  return word.starts_with("no-") || std::ranges::any_of(key_flags(), is_it) ||
         std::ranges::any_of(key_value_options(), is_it);
}

// "ssh-ed25519 AAAA... no-pty": what was meant to restrict the key is its comment.
Details options_behind_key(const KeyLineSubject& subject, const Context& context) {
  const auto& line = subject.line;
  if (!is_read(subject) || !begins_with_option(line.comment)) return {};
  const auto end = end_of_options(line.comment);
  const auto parsed = parse_key_options(line.comment, context.grammar);
  if (!end || parsed.fault || parsed.options == KeyOptions{}) return {};
  const auto text = line.comment.substr(0, *end);
  return about_key(
      subject,
      fmt::format("is accepted without the options \"{}\": they stand behind the key, where they are a comment",
                  shown(text)),
      "options in front of the key", "options behind the key", {},
      fmt::format("move them to the start of the line, in front of {}", line.key.type));
}

using R = Rule<KeyLineSubject>;
constexpr auto on_key = Subject::authorized_key;
constexpr auto warning = Severity::warning;
constexpr std::string_view from_why =
    "Elements are taken as they stand, blanks included; a network with host bits, or an empty element, spoils the "
    "list; "
    "names match only with UseDNS yes. (OpenSSH match.c: match_host_and_ip; addrmatch.c: addr_match_list)";

const std::array rules = {
    R{{"key-expired", on_key, Effect::refuses, warning, "A key has expired.",
       "expiry-time (sshd(8)) is past, in the time zone of sshd; a date alone ends when it begins. (OpenSSH "
       "auth2-pubkeyfile.c: auth_authorise_keyopts)",
       "Remove the line, or give it a later expiry-time.", LoginStep::key_file},
      key_expired},
    R{{"key-expires-soon", on_key, Effect::endangers, warning, "A key expires soon.",
       "expiry-time (sshd(8)), in the time zone of sshd, comes within --forecast days.",
       "Give the line a later expiry-time."},
      key_expires_soon},
    R{{"principals-without-authority", on_key, Effect::refuses, Severity::error,
       "A key has principals= and is no authority.",
       "From OpenSSH 7.7 on such a line refuses. (OpenSSH auth2-pubkeyfile.c: auth_authorise_keyopts)",
       "Remove principals=.", LoginStep::key_file},
      principals_without_authority},
    R{{"from-never-matches", on_key, Effect::refuses, Severity::error, "from= of a key matches no client at all.",
       from_why, "Correct the list.", LoginStep::key_file},
      from_never_matches},
    R{{"from-element-dead", on_key, Effect::informs, warning, "An element of from= matches no client.", from_why,
       "Write an address, without blanks."},
      from_element_dead},
    R{{"from-refuses", on_key, Effect::refuses, warning, "from= of a key does not admit the client of --from.",
       from_why, "Connect from where the list says.", LoginStep::key_file},
      from_refuses},
    R{{"options-behind-key", on_key, Effect::endangers, warning, "Options stand behind a key, where they do nothing.",
       "What follows the key is its comment: the key is accepted without any of them. (OpenSSH sshkey.c: sshkey_read)",
       "Move them to the start of the line."},
      options_behind_key},
    R{{"forced-message", on_key, Effect::closes, Severity::notice, "The forced command of a key only prints a message.",
       "Cloud images let root's keys say who to log in as instead. The session ends with the message.",
       "Nothing to do if this is meant.", LoginStep::session},
      forced_message},
};

}  // namespace

std::span<const Rule<KeyLineSubject>> key_restriction_rules() { return rules; }

}  // namespace sshaudit
