// SPDX-License-Identifier: MIT
#include "cli/account_database.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <functional>
#include <set>
#include <sstream>

#include "gather/accounts.h"
#include "gather/inherited_files.h"
#include "gather/name_services.h"
#include "gather/pipe.h"
#include "gather/seen_people.h"
#include "wire/coder.h"

namespace sshaudit {
namespace {

constexpr std::size_t largest_list = 64UL * 1024 * 1024;

void send(const std::string& bytes, int to) {
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const auto written = write(to, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

constexpr char sign_of_life = '.';
constexpr char end_of_signs = '\n';

// What is behind the signs of life. Nothing when it takes too long, or ends too early.
std::optional<std::string> receive(int from, int seconds) {
  std::string bytes;
  bool is_behind_signs = false;
  std::array<char, 65536> chunk{};
  while (true) {
    pollfd ready{from, POLLIN, 0};
    const int found = poll(&ready, 1, 1000 * seconds);
    if (found < 0 && errno == EINTR) continue;
    if (found <= 0) return std::nullopt;
    const auto got = read(from, chunk.data(), chunk.size());
    if (got < 0) return std::nullopt;
    if (got == 0) return bytes;
    std::string_view text(chunk.data(), static_cast<std::size_t>(got));
    if (!is_behind_signs) {
      const auto end = text.find(end_of_signs);
      is_behind_signs = end != std::string_view::npos;
      text.remove_prefix(is_behind_signs ? end + 1 : text.size());
    }
    bytes.append(text);
  }
}

using AfterEach = std::function<void()>;  // says that it is still there

// What `work` makes in a process of its own, where that is anything.
Result<std::string> bytes_of_another_process(int deadline, const std::function<std::string(const AfterEach&)>& work) {
  auto pipe = make_pipe();
  if (!pipe) return tl::unexpected(pipe.error());
  const pid_t child = fork();
  if (child < 0) return tl::unexpected(errno_error("start a process", ""));
  if (child == 0) {
    leave_inherited_files();
    limit_look_ups({});
    const int to = pipe->write.get();
    const auto bytes = work([to] { send(std::string(1, sign_of_life), to); });
    send(std::string(1, end_of_signs) + bytes, to);
    _exit(0);
  }
  pipe->write = Fd();
  auto bytes = receive(pipe->read.get(), name_service_patience(deadline));
  kill(child, SIGKILL);
  if (bytes) waitpid(child, nullptr, 0);
  if (!bytes || bytes->empty()) return tl::unexpected(no_answer_of_name_service(deadline));
  return std::move(*bytes);
}

Result<UserDatabase> in_another_process(int deadline,
                                        const std::function<Result<UserDatabase>(const AfterEach& after_each)>& work) {
  const auto bytes = bytes_of_another_process(deadline, [&](const AfterEach& after_each) {
    const auto database = work(after_each);
    std::string encoded;
    if (database) wire::Encoder(encoded).put(*database);
    return encoded;
  });
  if (!bytes) return tl::unexpected(bytes.error());
  wire::Words words;
  wire::Decoder decoder(*bytes, words);
  UserDatabase database;
  decoder.get(database);
  if (!decoder.bytes().ok()) return tl::unexpected(no_answer_of_name_service(deadline));
  return database;
}

SeenPeople people_named(const Arguments& arguments) {
  SeenPeople people;
  people.names = {arguments.users.begin(), arguments.users.end()};
  if (arguments.users.empty()) people.uids = {getuid()};
  return people;
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

Error no_answer_of_name_service(int deadline) {
  return {"the name service did not answer in " + std::to_string(name_service_patience(deadline)) + " s", "", 0};
}

Result<UserDatabase> open_account_database(const Arguments& arguments) {
  if (arguments.root != "/") return gather_accounts_below(arguments.root);
  if (directory_services("passwd").empty()) {
    const auto all = [&](const AfterEach&) { return gather_accounts(arguments.shadow); };
    return directory_services("shadow").empty() ? gather_accounts(arguments.shadow)
                                                : in_another_process(arguments.deadline, all);
  }
  if (arguments.all_users && arguments.user_source == "nss") {
    return in_another_process(arguments.deadline, [&](const AfterEach&) { return gather_accounts(arguments.shadow); });
  }
  auto own = gather_accounts(arguments.shadow, Listing::own);
  if (!own || (arguments.all_users && arguments.users.empty())) return own;
  auto with_named = in_another_process(arguments.deadline, [&](const AfterEach& after_each) -> Result<UserDatabase> {
    add_people(people_named(arguments), *own, after_each);
    return *own;
  });
  return with_named ? with_named : own;  // whoever is asked for may be this host's own
}

bool add_seen_people(const Arguments& arguments, const std::vector<std::string>& key_file_names,
                     UserDatabase& database) {
  if (!arguments.all_users || arguments.user_source != "seen" || database.left_out.empty()) return false;
  auto more = in_another_process(arguments.deadline, [&](const AfterEach& after_each) -> Result<UserDatabase> {
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
  const auto bytes = bytes_of_another_process(deadline, [&](const AfterEach& after_each) {
    std::string encoded;
    wire::Encoder encoder(encoded);
    for (const auto* account : accounts) {
      encoder.put(look_up_group_names(*account));
      after_each();
    }
    return encoded;
  });
  if (!bytes) return tl::unexpected(bytes.error());
  ByteReader reader(*bytes);
  GroupNames names(accounts.size());
  for (auto& of_account : names) {
    for (auto count = reader.number(); count > 0 && reader.ok(); --count) of_account.emplace_back(reader.bytes());
  }
  if (!reader.ok()) return tl::unexpected(no_answer_of_name_service(deadline));
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
