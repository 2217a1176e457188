// SPDX-License-Identifier: MIT
#include "cli/account_database.h"

#include <unistd.h>

#include <cerrno>
#include <functional>
#include <set>
#include <sstream>

#include "gather/accounts.h"
#include "gather/apart.h"
#include "gather/look_ups.h"
#include "gather/name_services.h"
#include "gather/read_file.h"
#include "gather/seen_people.h"
#include "wire/coder.h"

namespace sshaudit {
namespace {

constexpr std::size_t largest_list = 64UL * 1024 * 1024;

Result<UserDatabase> in_another_process(int deadline,
                                        const std::function<Result<UserDatabase>(const SignOfLife& after_each)>& work) {
  const auto bytes = made_apart(name_service_patience(deadline), [&](const SignOfLife& after_each) {
    limit_look_ups(0);  // this process is watched
    const auto database = work(after_each);
    std::string encoded;
    wire::Encoder encoder(encoded);
    encoder.put(database.has_value());
    if (database) {
      encoder.put(*database);
    } else {
      encoder.put(database.error().what);
      encoder.put(database.error().errnum);
    }
    return encoded;
  });
  if (!bytes) return tl::unexpected(no_answer_of_name_service(name_service_patience(deadline), bytes.error()));
  wire::Words words;
  wire::Decoder decoder(*bytes, words);
  bool is_there = false;
  UserDatabase database;
  Error error;
  decoder.get(is_there);
  if (is_there) {
    decoder.get(database);
  } else {
    decoder.get(error.what);
    decoder.get(error.errnum);
  }
  if (!decoder.bytes().ok()) return tl::unexpected(Error{"read accounts", "", EBADMSG});
  if (!is_there) return tl::unexpected(std::move(error));
  return database;
}

SeenPeople people_named(const Arguments& arguments) {
  SeenPeople people;
  people.names = {arguments.users.begin(), arguments.users.end()};
  if (arguments.users.empty()) people.uids = {getuid()};
  return people;
}

// Accounts are this host's own here; who is in which group, or when a password ends, a directory may know as well.
Result<UserDatabase> open_own_accounts(const Arguments& arguments) {
  if (directory_services("shadow").empty() && directory_services("group").empty()) {
    return gather_accounts(arguments.shadow);
  }
  auto all =
      in_another_process(arguments.deadline, [&](const SignOfLife&) { return gather_accounts(arguments.shadow); });
  if (all) return all;
  auto own = gather_accounts(arguments.shadow, Listing::own);
  if (own) own->not_listed = all.error().what;
  return own;
}

// Where persons have their homes.
std::vector<std::string> home_directories(const UserDatabase& database) {
  constexpr uid_t first_person = 1000;
  constexpr std::size_t most = 64;
  std::set<std::string> directories = {"/home"};
  for (const auto& account : database.accounts) {
    const auto slash = account.home.rfind('/');
    const bool is_usual = account.uid >= first_person && slash != std::string::npos && slash > 0;
    if (is_usual && directories.size() < most) directories.insert(account.home.substr(0, slash));
  }
  return {directories.begin(), directories.end()};
}

}  // namespace

int name_service_patience(int deadline) {
  constexpr int patience = 3;  // times the deadline of an account, without a sign of life
  return patience * deadline;
}

Result<UserDatabase> open_account_database(const Arguments& arguments) {
  if (arguments.root != "/") return gather_accounts_below(arguments.root);
  if (directory_services("passwd").empty()) return open_own_accounts(arguments);
  if (arguments.all_users && arguments.user_source == "nss") {
    return in_another_process(arguments.deadline, [&](const SignOfLife&) { return gather_accounts(arguments.shadow); });
  }
  auto own = gather_accounts(arguments.shadow, Listing::own);
  if (!own || (arguments.all_users && arguments.users.empty())) return own;
  auto with_named = in_another_process(arguments.deadline, [&](const SignOfLife& after_each) -> Result<UserDatabase> {
    add_people(people_named(arguments), *own, after_each);
    return *own;
  });
  return with_named ? with_named : own;  // whoever is asked for may be this host's own
}

bool add_seen_people(const Arguments& arguments, const std::vector<std::string>& key_file_names,
                     UserDatabase& database) {
  if (!arguments.all_users || arguments.user_source != "seen" || database.left_out.empty()) return false;
  auto more = in_another_process(arguments.deadline, [&](const SignOfLife& after_each) -> Result<UserDatabase> {
    add_people(find_seen_people(home_directories(database), key_file_names), database, after_each);
    return database;
  });
  if (more) {
    database = std::move(*more);
    return true;
  }
  database.not_listed = more.error().what;
  return false;
}

Result<GroupNames> group_names_of(const std::vector<const Account*>& accounts, int deadline) {
  const int patience = name_service_patience(deadline);
  const auto bytes = made_apart(patience, [&](const SignOfLife& after_each) {
    limit_look_ups(0);  // this process is watched
    std::string encoded;
    wire::Encoder encoder(encoded);
    for (const auto* account : accounts) {
      encoder.put(look_up_group_names(*account));
      after_each();
    }
    return encoded;
  });
  if (!bytes) return tl::unexpected(no_answer_of_name_service(patience, bytes.error()));
  ByteReader reader(*bytes);
  GroupNames names(accounts.size());
  for (auto& of_account : names) {
    for (auto count = reader.number(); count > 0 && reader.ok(); --count) of_account.emplace_back(reader.bytes());
  }
  if (!reader.ok()) return tl::unexpected(Error{"read groups", "", EBADMSG});
  return names;
}

Result<void> read_user_list(Arguments& arguments) {
  const auto& source = arguments.user_source;
  if (source == "local" || source == "nss" || source == "seen") return {};
  const auto text = read_file(source, largest_list);
  if (!text) return tl::unexpected(Error{"--users", source, text.error().errnum});
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find_first_not_of(" \t\r");
    if (first == std::string::npos || line[first] == '#') continue;
    arguments.users.push_back(line.substr(first, line.find_last_not_of(" \t\r") + 1 - first));
  }
  if (arguments.users.empty()) return tl::unexpected(Error{"--users: no name is in the file", source, 0});
  return {};
}

}  // namespace sshaudit
