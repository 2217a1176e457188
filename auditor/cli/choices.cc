// SPDX-License-Identifier: MIT
#include "cli/choices.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <functional>

#include "gather/look_ups.h"
#include "gather/name_services.h"
#include "parse/address_list.h"
#include "parse/sshd_version.h"

namespace sshaudit {
namespace {

// An IPv4 address in the clothes of IPv6 is what sshd takes it for.
std::string plain(const IpAddress& address) {
  constexpr std::array<std::uint8_t, 12> mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (!address.is_v6 || !std::equal(mapped.begin(), mapped.end(), address.bytes.begin())) return to_text(address);
  IpAddress inner;
  std::copy(address.bytes.begin() + mapped.size(), address.bytes.end(), inner.bytes.begin());
  return to_text(inner);
}

}  // namespace

std::optional<Connection> connection_of(const Arguments& arguments) {
  if (arguments.from.empty() && arguments.lport == 0) return std::nullopt;
  Connection connection;
  connection.local_address = arguments.local_address.empty() ? "192.0.2.1" : arguments.local_address;  // RFC 5737
  connection.rdomain = "";
  if (arguments.lport != 0) connection.local_port = arguments.lport;
  if (arguments.from.empty()) return connection;
  const auto comma = std::min(arguments.from.find(','), arguments.from.size());
  const auto address = parse_ip_address(std::string_view(arguments.from).substr(0, comma));
  // "10.1" is an address too, and nearly always a mistake.
  const bool is_usual = address && (address->is_v6 || to_text(*address) == arguments.from.substr(0, comma));
  if (!is_usual) return std::nullopt;
  connection.address = plain(*address);
  connection.host = comma < arguments.from.size() ? arguments.from.substr(comma + 1) : *connection.address;
  if (!connection.local_port) connection.local_port = 22;
  return connection;
}

Result<SshdChoice> sshd_choice_of(const Arguments& arguments, const AccountIndex& index) {
  SshdChoice choice{arguments.root, arguments.sshd_config, arguments.daemon, std::nullopt, {}};
  if (!arguments.sshd_version.empty()) {
    choice.version = parse_sshd_version(arguments.sshd_version);
    if (!choice.version) {
      return tl::unexpected(Error{"--sshd-version: not as ssh -V prints it", arguments.sshd_version, 0});
    }
  }
  if (arguments.root == "/" && !choice.config.empty()) {
    struct stat status {};
    if (stat(choice.config.c_str(), &status) != 0 || access(choice.config.c_str(), R_OK) != 0) {
      return tl::unexpected(Error{"--sshd-config", choice.config, errno});
    }
    if (S_ISDIR(status.st_mode)) return tl::unexpected(Error{"--sshd-config", choice.config, EISDIR});
    choice.config = std::filesystem::absolute(choice.config).lexically_normal().string();
  }
  choice.home_of = [&index](const std::string& user) -> std::optional<std::string> {
    const auto* account = user.empty() ? index.account(uid_t{0}) : index.account(std::string_view(user));
    return account == nullptr ? std::nullopt : std::optional(account->home);
  };
  return choice;
}

Result<std::vector<Account>> chosen_accounts(const Arguments& arguments, const AccountIndex& index,
                                             std::string& not_listed) {
  std::vector<Account> chosen;
  const bool host = arguments.root == "/";
  const auto add = [&](const Result<std::optional<Account>>& found, const std::string& name) -> Result<void> {
    if (!found) return tl::unexpected(found.error());
    if (!*found) return tl::unexpected(Error{"no such account", name, 0});
    const bool is_known = std::ranges::find(chosen, (*found)->name, &Account::name) != chosen.end();
    if (!is_known) chosen.push_back(**found);
    return {};
  };
  for (const auto& name : arguments.users) {
    const auto* account = index.account(std::string_view(name));
    const std::optional<Account> known = account == nullptr ? std::nullopt : std::optional(*account);
    const auto found = known || !host ? Result<std::optional<Account>>(known) : find_account(name);
    if (!found && arguments.all_users) {
      not_listed = found.error().what;  // it costs those that only it knows
      continue;
    }
    if (auto done = add(found, name); !done) return tl::unexpected(done.error());
  }
  if (arguments.users.empty()) {
    const auto done = add(find_account(getuid()), "uid " + std::to_string(getuid()));
    if (!done) return tl::unexpected(done.error());
  }
  return chosen;
}

Memberships::Memberships(const Arguments& arguments, const AccountIndex& index)
    : index_(index),
      index_has_all_(arguments.root != "/" ||
                     (directory_services("group").empty() && directory_services("initgroups").empty())) {}

// A row of the database itself needs no search.
bool Memberships::is_listed(const Account& account) const {
  const auto& rows = index_.database().accounts;
  const auto* const first = rows.data();
  const bool is_row = std::greater_equal<>()(&account, first) && std::less<>()(&account, first + rows.size());
  return is_row || index_.account(std::string_view(account.name)) != nullptr;
}

Identity Memberships::identity_of(const Account& account) const {
  if (index_has_all_ && is_listed(account)) return index_.identity_of(account);
  return {account.uid, account.gid, supplementary_groups_of(account)};
}

std::vector<std::string> Memberships::names_of(const Account& account, const Identity& identity) const {
  if (!index_has_all_) return look_up_group_names(account);
  std::vector<std::string> names;
  const auto add = [&](gid_t gid) {
    if (const auto* group = index_.group(gid); group != nullptr) names.push_back(group->name);
  };
  add(identity.gid);
  for (const gid_t gid : identity.supplementary) add(gid);
  return names;
}

}  // namespace sshaudit
