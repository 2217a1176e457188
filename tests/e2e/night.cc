// SPDX-License-Identifier: MIT
#include "night.h"

#include <poll.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "debian_etc.h"

namespace sshaudit::e2e {
namespace {

using Json = nlohmann::json;

constexpr uid_t first_id = 20000;

std::string name_of(std::size_t number) {
  const auto digits = std::to_string(number);
  return "a" + std::string(4 - std::min<std::size_t>(digits.size(), 4), '0') + digits;
}

AccountLine account_line(const std::string& text, const Json& json) {
  AccountLine line{json.at("user").get<std::string>(), text, json.at("key_login").get<std::string>(), {}};
  for (const auto& finding : json.at("findings")) line.rules.push_back(finding.at("rule").get<std::string>());
  return line;
}

}  // namespace

ManyAccounts::ManyAccounts(std::size_t count, const std::set<std::size_t>& on_server) : system_(directory_.path()) {
  system_.make_directory(file_server, root_owner, 0755);
  for (std::size_t i = 0; i < count; ++i) {
    auto person = system_.person(name_of(i), first_id + static_cast<uid_t>(i));
    if (on_server.contains(i)) {
      person.home = std::string(file_server) + "/" + person.name;
      served_.push_back(person);
    } else {
      system_.add_usual_home(person);
    }
    system_.add_row(person);
    system_.add_group(person.name, person.gid);
    people_.push_back(person);
  }
}

HeldNamespace ManyAccounts::with_server(ManyHomes homes, const std::function<void()>& and_then) const {
  homes.homes = served_;
  return HeldNamespace([&] {
    enter_debian(system_, {});
    if (!homes.homes.empty()) mount_many_homes(file_server, homes);
    if (and_then) and_then();
  });
}

std::vector<std::string> nightly(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"--all-users", "--format", "ndjson", "--sshd-version", debian_12_sshd};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

AuditRun audit_in(const HeldNamespace& host, const std::vector<std::string>& arguments) {
  return run_sshaudit(arguments, [&] { host.join(); });
}

std::vector<AccountLine> account_lines(const std::string& ndjson) {
  std::vector<AccountLine> lines;
  bool ended = false;
  for (std::size_t at = 0; at < ndjson.size();) {
    const auto end = std::min(ndjson.find('\n', at), ndjson.size());
    const auto text = ndjson.substr(at, end - at);
    const auto json = Json::parse(text);
    ended = json.contains("summary");
    if (json.contains("user")) lines.push_back(account_line(text, json));
    at = end + 1;
  }
  if (!ended) throw std::runtime_error("the report has no summary");
  return lines;
}

std::set<std::string> lost_to(const std::vector<AccountLine>& night, const std::set<std::string>& rules) {
  std::set<std::string> lost;
  for (const auto& line : night) {
    const bool by_one = line.rules.size() == 1 && rules.contains(line.rules.front());
    if (by_one && line.key_login == "unknown") lost.insert(line.user);
  }
  return lost;
}

std::string beside(const std::set<std::string>& lost, const std::vector<AccountLine>& good,
                   const std::vector<AccountLine>& night) {
  constexpr std::size_t most = 10;
  std::string text;
  std::size_t count = 0;
  if (good.size() != night.size()) text += std::to_string(night.size()) + " accounts\n";
  for (std::size_t i = 0; i < std::min(good.size(), night.size()); ++i) {
    const bool is_lost = good[i].user == night[i].user && lost.contains(good[i].user);
    if (is_lost || good[i].json == night[i].json || ++count > most) continue;
    text += "- " + good[i].json + "\n+ " + night[i].json + "\n";
  }
  return text;
}

bool comes_true(const std::function<bool()>& condition) {
  constexpr int tries = 600;
  constexpr int between = 50;  // milliseconds
  for (int i = 0; i < tries; ++i) {
    if (condition()) return true;
    poll(nullptr, 0, between);
  }
  return condition();
}

}  // namespace sshaudit::e2e
