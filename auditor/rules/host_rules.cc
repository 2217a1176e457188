// SPDX-License-Identifier: MIT
#include "rules/host_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <unordered_set>

#include "rules/account_rules.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

using Details = std::vector<Detail>;
Details strict_modes_off(const Server& server, const Context&) {
  if (server.settings.strict_modes) return {};
  return {{.path = {},
           .message = "StrictModes is no: sshd reads key files that anybody can write",
           .expected = "StrictModes yes",
           .actual = "StrictModes no",
           .remedy = {{}, "mend what sshaudit names as path-hijackable, then set StrictModes yes in sshd_config"}}};
}

Details row_malformed(const UserDatabase& database, const Context&) {
  Details details;
  for (const auto& row : database.malformed) {
    details.push_back({.path = row.file,
                       .message = fmt::format("{}:{} is no entry, {}: it is ignored", row.file, row.line, row.reason),
                       .expected = "a well-formed row",
                       .actual = row.reason,
                       .remedy = {{}, "correct the row with vipw or vigr"},
                       .line = row.line});
  }
  return details;
}

Details name_repeated(const UserDatabase& database, const Context& context) {
  std::map<std::string_view, std::size_t> repeated;
  for (const auto& account : database.accounts) {
    if (!context.accounts.is_first_of_its_name(account)) ++repeated[account.name];
  }
  Details details;
  for (const auto& [name, count] : repeated) {
    details.push_back({.path = {},
                       .message = fmt::format("the name {} has {} entries: only the first counts", name, count + 1),
                       .expected = "one entry",
                       .actual = fmt::format("{} entries", count + 1),
                       .remedy = {{}, "remove or rename the others with vipw"}});
  }
  return details;
}

std::vector<std::string> names_of(const std::vector<const Account*>& accounts) {
  std::vector<std::string> names;
  std::unordered_set<std::string_view> seen;
  for (const auto* account : accounts) {
    if (seen.insert(account->name).second) names.push_back(account->name);
  }
  return names;
}

Details uid_shared(const UserDatabase& database, const Context& context) {
  Details details;
  for (const auto& account : database.accounts) {
    const auto positions = context.accounts.with_uid(account.uid);
    if (positions.size() < 2 || &database.accounts[positions.front()] != &account) continue;
    std::vector<const Account*> accounts;
    for (const auto position : positions) accounts.push_back(&database.accounts[position]);
    const auto names = names_of(accounts);
    if (names.size() < 2) continue;
    details.push_back({.path = {},
                       .message = fmt::format("uid {} is shared by {}: each can change the others' key files",
                                              account.uid, listed(names)),
                       .expected = "a uid for each account",
                       .actual = listed(names),
                       .remedy = {{}, "give each account a uid of its own, unless this is meant"}});
  }
  return details;
}

// Homes of persons only: system accounts share /, /bin and the like by design.
Details home_shared(const UserDatabase& database, const Context&) {
  std::vector<const Account*> by_home;
  for (const auto& account : database.accounts) {
    const bool person = account.uid != 0 && is_person(account);
    if (person && !account.home.empty() && account.home != "/") by_home.push_back(&account);
  }
  std::ranges::stable_sort(by_home, {}, [](auto* one) -> std::string_view { return one->home; });
  Details details;
  for (auto first = by_home.begin(), last = first; first != by_home.end(); first = last) {
    const auto& home = (*first)->home;
    last = std::find_if(first, by_home.end(), [&](auto* one) { return one->home != home; });
    if (last - first < 2 || std::all_of(first, last, [&](auto* one) { return one->uid == (*first)->uid; })) continue;
    const auto names = names_of({first, last});
    if (names.size() < 2) continue;
    details.push_back({.path = std::string(home),
                       .message = fmt::format("the home {} is shared by {}: sshd accepts its key file only for the "
                                              "owner, or for all of them when root owns it",
                                              home, listed(names)),
                       .expected = "a home for each account",
                       .actual = listed(names),
                       .remedy = {{}, "give each account a home of its own, unless this is meant"}});
  }
  return details;
}

Details accounts_left_out(const UserDatabase& database, const Context&) {
  if (database.left_out.empty() || !database.not_listed.empty()) return {};
  return {{.path = {},
           .message = fmt::format("accounts that only {} knows were not looked at, unless they have been here",
                                  listed(database.left_out)),
           .remedy = {{}, "--users nss looks at all that it lists; --users FILE at those that a file names"}}};
}

Details accounts_not_listed(const UserDatabase& database, const Context&) {
  if (database.not_listed.empty()) return {};
  return {{.path = {},
           .message = fmt::format("{}: what only it knows of accounts and groups is not known", database.not_listed),
           .remedy = {{},
                      fmt::format("look at {}, then audit again",
                                  database.left_out.empty() ? "the directory service" : listed(database.left_out))}}};
}

using S = Rule<Server>;
const std::array server_rows = {
    S{{"strict-modes-off", Subject::server, Effect::endangers, Severity::warning,
       "sshd does not check who can write key files.",
       "StrictModes (sshd_config(5)) is no: whoever can write a key file, or a directory that leads to it, can log in "
       "as the user.",
       "Mend the modes, then set StrictModes yes."},
      strict_modes_off},
};

using H = Rule<UserDatabase>;
const std::array host_rows = {
    H{{"row-malformed", Subject::host, Effect::informs, Severity::warning,
       "A row of passwd, group or shadow is no entry.",
       "The C library drops such a row without a word: for sshd the account or group does not exist.",
       "Correct the row with vipw or vigr."},
      row_malformed},
    H{{"name-repeated", Subject::host, Effect::informs, Severity::warning, "An account name has several entries.",
       "A look-up by name returns the first; the others can never log in. (getpwnam(3))",
       "Remove or rename the others with vipw."},
      name_repeated},
    H{{"uid-shared", Subject::host, Effect::informs, Severity::notice, "Several accounts have the same uid.",
       "To the kernel they are one: each may write the others' files, and sshd's rules take each for the owner.",
       "Give each account a uid of its own, unless this is meant."},
      uid_shared},
    H{{"home-shared", Subject::host, Effect::informs, Severity::notice, "Several persons have the same home.",
       "They have the same key file, and it has one owner: sshd refuses it for the others, or accepts its keys for "
       "all when root owns it. (OpenSSH misc.c: safe_path)",
       "Give each account a home of its own, unless this is meant."},
      home_shared},
    H{{"accounts-left-out", Subject::host, Effect::informs, Severity::notice,
       "Accounts of a directory service were left out.",
       "A directory may know very many people who never come to this host: those count who have a home, a key file or "
       "a login record here. (nsswitch.conf(5))",
       "Look at all of them with --users nss, or at those that a file names with --users FILE."},
      accounts_left_out},
    H{{"accounts-not-listed", Subject::host, Effect::unknown, Severity::warning,
       "Accounts could not be listed: the name service did not answer.",
       "What was not seen is not judged: who only the directory service knows may be refused or not.",
       "Look at the directory service, then audit again."},
      accounts_not_listed},
};

}  // namespace

std::span<const Rule<Server>> server_rules() { return server_rows; }
std::span<const Rule<UserDatabase>> host_rules() { return host_rows; }

}  // namespace sshaudit
