// SPDX-License-Identifier: MIT
// DenyUsers, AllowUsers, DenyGroups and AllowGroups (sshd_config(5)), in the order and with the matching of OpenSSH
// auth.c: allowed_user, match.c: match_user, groupaccess.c: ga_match.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "parse/address_list.h"
#include "parse/pattern.h"
#include "rules/account_rules.h"
#include "rules/settings_rules.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

using Details = std::vector<Detail>;

enum class Match { no, depends, yes };  // depends: on the address of the client, which is not known

// USER or USER@HOST. No list of patterns: commas and "!" are ordinary characters of USER.
Match matches_user(const std::string& pattern, const Account& account, const Context& context) {
  const auto at = context.facts.last_at ? pattern.rfind('@') : pattern.find('@');
  if (!matches_pattern(account.name, pattern.substr(0, at))) return Match::no;
  if (at == std::string::npos) return Match::yes;
  const auto* client = context.connection;
  const auto hosts = pattern.substr(at + 1);
  if (client == nullptr || !client->address) return hosts == "*" ? Match::yes : Match::depends;
  const auto host = lower_case(client->host.value_or(*client->address));
  return matches_client(host, *client->address, hosts) == 1 ? Match::yes : Match::no;
}

// The first that matches in any case, or the first that may.
struct ListMatch {
  Match match = Match::no;
  std::string pattern;
};
ListMatch find_user(const std::vector<std::string>& patterns, const Account& account, const Context& context) {
  ListMatch found;
  for (const auto& pattern : patterns) {
    const auto match = matches_user(pattern, account, context);
    if (match > found.match) found = {match, pattern};
  }
  return found;
}

// Any group by any pattern; no addresses, no negation.
std::string find_group(const std::vector<std::string>& patterns, const std::vector<std::string>& groups) {
  for (const auto& pattern : patterns) {
    for (const auto& group : groups) {
      if (matches_pattern(group, pattern)) return group;
    }
  }
  return {};
}

// As sshd names the client in its log.
std::string client_of(const Context& context) {
  const auto* client = context.connection;
  return client == nullptr || !client->address ? "ADDRESS" : client->host.value_or(*client->address);
}

std::string refusal_log(const AccountEvidence& evidence, const Context& context, std::string_view why) {
  return fmt::format("User {} from {} not allowed because {}", evidence.account.name, client_of(context), why);
}

std::string in_words(const std::vector<std::string>& words) { return shown(fmt::format("{}", fmt::join(words, " "))); }

// Names that look like a list, or like a negation, which these keywords do not have.
std::string hint_at(const std::vector<std::string>& patterns) {
  for (const auto& pattern : patterns) {
    const auto name = pattern.substr(0, pattern.find('@'));
    if (name.find(',') != std::string::npos) return "; names are separated by blanks, \"" + name + "\" is one name";
    if (name.starts_with('!')) return "; \"!\" does not negate here, \"" + name + "\" is a name";
  }
  return {};
}

// Removing keys is no remedy for an address.
std::string or_else(const Context& context) {
  return context.connection == nullptr ? "; remove its keys if not" : " from there";
}

bool names_it(const std::vector<std::string>& patterns, const Account& account, const Context& context) {
  return std::ranges::any_of(patterns, [&](const std::string& pattern) {
    const auto at = context.facts.last_at ? pattern.rfind('@') : pattern.find('@');
    return at != std::string::npos && matches_pattern(account.name, pattern.substr(0, at));
  });
}

Details denied_by_denyusers(const AccountEvidence& evidence, const Context& context) {
  const auto found = find_user(evidence.settings.deny_users, evidence.account, context);
  if (found.match != Match::yes || !matters(evidence)) return {};
  return {
      {.path = {},
       .message = fmt::format("sshd refuses it: DenyUsers has {}{}", found.pattern, place_of(evidence, "denyusers")),
       .sshd_logs = refusal_log(evidence, context, "listed in DenyUsers"),
       .expected = "no entry in DenyUsers",
       .actual = found.pattern,
       .remedy = {{}, "take it out of DenyUsers if it is to log in" + or_else(context)}}};
}

Details not_in_allowusers(const AccountEvidence& evidence, const Context& context) {
  const auto& patterns = evidence.settings.allow_users;
  if (patterns.empty() || !matters(evidence)) return {};
  if (find_user(patterns, evidence.account, context).match != Match::no) return {};
  const bool from_elsewhere = names_it(patterns, evidence.account, context);
  const auto what = from_elsewhere ? fmt::format("lets it in from elsewhere only, not from {}", client_of(context))
                                   : std::string("has no entry for it");
  return {{.path = {},
           .message = fmt::format("sshd refuses it: AllowUsers{} {}: {}{}", place_of(evidence, "allowusers"), what,
                                  in_words(patterns), hint_at(patterns)),
           .sshd_logs = refusal_log(evidence, context, "not listed in AllowUsers"),
           .expected = "an entry in AllowUsers",
           .actual = in_words(patterns),
           .remedy = {{},
                      from_elsewhere ? fmt::format("connect from where it says, or add {}@{}", evidence.account.name,
                                                   client_of(context))
                                     : "add it to AllowUsers if it is to log in" + or_else(context)}}};
}

bool asks_for_groups(const Settings& settings) {
  return !settings.allow_groups.empty() || !settings.deny_groups.empty();
}

Details in_no_group(const AccountEvidence& evidence, const Context& context) {
  if (!asks_for_groups(evidence.settings) || !evidence.groups.empty() || !matters(evidence)) return {};
  return {
      {.path = {},
       .message = fmt::format("sshd refuses it: none of its groups has a name (gid {}), and AllowGroups or "
                              "DenyGroups is set",
                              evidence.account.gid),
       .sshd_logs = refusal_log(evidence, context, "not in any group"),
       .expected = "a group with a name",
       .actual = fmt::format("gid {}", evidence.account.gid),
       .remedy = {{}, "give the account a primary group that exists, or find out why its directory does not answer"}}};
}

Details denied_by_denygroups(const AccountEvidence& evidence, const Context& context) {
  const auto group = find_group(evidence.settings.deny_groups, evidence.groups);
  if (group.empty() || !matters(evidence)) return {};
  return {{.path = {},
           .message = fmt::format("sshd refuses it: it is in the group {}, and DenyGroups{} is {}", group,
                                  place_of(evidence, "denygroups"), in_words(evidence.settings.deny_groups)),
           .sshd_logs = refusal_log(evidence, context, "a group is listed in DenyGroups"),
           .expected = "no group of DenyGroups",
           .actual = group,
           .remedy = {{}, "take it out of the group if it is to log in" + or_else(context)}}};
}

Details not_in_allowgroups(const AccountEvidence& evidence, const Context& context) {
  const auto& patterns = evidence.settings.allow_groups;
  if (patterns.empty() || evidence.groups.empty() || !matters(evidence)) return {};
  if (!find_group(patterns, evidence.groups).empty()) return {};
  return {{.path = {},
           .message = fmt::format("sshd refuses it: AllowGroups is {}{}, and its groups are {}{}", in_words(patterns),
                                  place_of(evidence, "allowgroups"), listed(evidence.groups), hint_at(patterns)),
           .sshd_logs = refusal_log(evidence, context, "none of user's groups are listed in AllowGroups"),
           .expected = "a group of AllowGroups",
           .actual = listed(evidence.groups),
           .remedy = {{}, fmt::format("if it is to log in: gpasswd -a {} GROUP", evidence.account.name)}}};
}

Details depends_on_address(const AccountEvidence& evidence, const Context& context) {
  const auto denied = find_user(evidence.settings.deny_users, evidence.account, context);
  const auto allowed = find_user(evidence.settings.allow_users, evidence.account, context);
  if (!matters(evidence) || (denied.match != Match::depends && allowed.match != Match::depends)) return {};
  const auto words =
      denied.match == Match::depends
          ? fmt::format("not from where DenyUsers has {}{}", denied.pattern, place_of(evidence, "denyusers"))
          : fmt::format("only from where AllowUsers has {}{}", allowed.pattern, place_of(evidence, "allowusers"));
  return {{.path = {},
           .message = "it is let in " + words,
           .expected = "a client that matches",
           .actual = words,
           .remedy = {{}, "sshaudit --from ADDRESS judges for one client"}}};
}

constexpr std::string_view lists_why =
    "sshd asks these lists before it looks at any key: DenyUsers, AllowUsers, DenyGroups, AllowGroups. Patterns have * "
    "and ?, and neither commas nor \"!\"; AllowUsers and AllowGroups have to match both. (OpenSSH auth.c: "
    "allowed_user)";

using R = Rule<AccountEvidence>;
constexpr auto of_account = Subject::account;
constexpr auto warning = Severity::warning;
constexpr auto step = LoginStep::lists;

const std::array rows = {
    R{{"denied-by-denyusers", of_account, Effect::refuses, warning, "An account with keys is in DenyUsers.", lists_why,
       "Take it out of the list, or remove its keys.", step},
      denied_by_denyusers},
    R{{"not-in-allowusers", of_account, Effect::refuses, warning, "An account with keys is not in AllowUsers.",
       lists_why, "Add it to the list, or remove its keys.", step},
      not_in_allowusers},
    R{{"in-no-group", of_account, Effect::refuses, Severity::error,
       "No group of an account with keys has a name, and group lists are set.",
       "sshd refuses who is in no group that it can name, even where only DenyGroups is set. (OpenSSH auth.c: "
       "allowed_user)",
       "Give the account a primary group that exists.", step},
      in_no_group},
    R{{"denied-by-denygroups", of_account, Effect::refuses, warning,
       "An account with keys is in a group of DenyGroups.", lists_why, "Take it out of the group, or remove its keys.",
       step},
      denied_by_denygroups},
    R{{"not-in-allowgroups", of_account, Effect::refuses, warning,
       "An account with keys is in no group of AllowGroups.", lists_why, "Add it to a group: gpasswd -a NAME GROUP",
       step},
      not_in_allowgroups},
    R{{"lists-depend-on-address", of_account, Effect::informs, Severity::notice,
       "An account is let in from some addresses only.",
       "Behind the @ of AllowUsers and DenyUsers stands where from. (sshd_config(5))",
       "Nothing to do if this is meant.", step},
      depends_on_address},
};

}  // namespace

std::span<const Rule<AccountEvidence>> list_rules() { return rows; }

}  // namespace sshaudit
