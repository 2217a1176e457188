// SPDX-License-Identifier: MIT
#include "gather/account_settings.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "parse/sshd_settings.h"

namespace sshaudit {
namespace {

// A question takes sshd about 10 ms, and far longer where it looks for groups among very many. Up to so many sets of
// Match blocks are asked about one by one, further ones only when they hold a block that no question has held yet, and
// none when all that was asked has taken so long.
constexpr std::size_t most_sets = 64;
constexpr std::chrono::seconds patience_for_all{10};
constexpr std::size_t most_names = 3;

// The words of gai_strerror(3) where no server of names has said that there is none of this name.
bool is_about_name_servers(const std::string& message) {
  return message.find("(Temporary failure") != std::string::npos ||
         message.find("(System error") != std::string::npos ||
         message.find("(Non-recoverable failure") != std::string::npos;
}

// Whether sshd's words are about its configuration, and not about what it could not do when asked.
bool is_about_configuration(const std::string& message) {
  return message.find(" line ") != std::string::npos || message.find("bad configuration") != std::string::npos ||
         message.starts_with("Auth") || (message.starts_with("bad addr or host") && !is_about_name_servers(message));
}

std::string in_words(const Error& error) {
  const auto reason = error.errnum == 0 ? error.what : error.what + ": " + std::strerror(error.errnum);
  return error.path.empty() ? reason : error.path + ": " + reason;
}

}  // namespace

AccountSettings::AccountSettings(Sshd& sshd, const Connection* given) : sshd_(sshd), matcher_(sshd.config(), given) {
  sshd_.server().all_classes = matcher_.is_complete();
}

const std::vector<AccountCase>& AccountSettings::of(const std::string& user, const std::vector<std::string>& groups) {
  auto fitting = matcher_.fitting(user, groups);
  const auto known = cases_.find(fitting);
  if (known != cases_.end()) return known->second;
  auto cases = cases_of(fitting, user);
  return cases_.emplace(std::move(fitting), std::move(cases)).first->second;
}

std::vector<AccountCase> AccountSettings::cases_of(const std::vector<bool>& fitting, const std::string& user) {
  const auto reached = matcher_.reached(fitting);
  std::vector<const Effective*> distinct;
  std::vector<std::vector<std::size_t>> classes;
  for (std::size_t i = 0; i < reached.size(); ++i) {
    const auto& found = effective(reached[i], user, matcher_.classes()[i].sample);
    const auto same = std::ranges::find_if(distinct, [&](const Effective* other) {
      return other->settings == found.settings && other->origin->faults == found.origin->faults;
    });
    const auto at = static_cast<std::size_t>(same - distinct.begin());
    if (same == distinct.end()) {
      distinct.push_back(&found);
      classes.emplace_back();
    }
    classes[at].push_back(i);
  }
  std::vector<AccountCase> cases;
  for (std::size_t i = 0; i < distinct.size(); ++i) {
    cases.push_back({distinct[i]->settings, distinct[i]->origin, distinct.size() == 1 ? "" : in_words(classes[i])});
  }
  return cases;
}

const AccountSettings::Effective& AccountSettings::effective(const std::vector<bool>& reached, const std::string& user,
                                                             const Connection& sample) {
  const auto known = known_.find(reached);
  if (known != known_.end()) return known->second;
  auto evaluation = evaluate(sshd_.config(), reached);
  SettingsOrigin origin;
  origin.faults = evaluation.faults;
  if (const auto& unread = sshd_.server().unread) origin.unread = sshaudit::in_words(*unread);
  const auto config = is_worth_asking(reached) ? checked(std::move(evaluation), sample, user) : evaluation.settings;
  Effective effective{settings_of(config), nullptr};
  origin.places = places_of(config);
  origin.named_files = sshd_.look_at_files(effective.settings, origin.places);
  note_files(origin.named_files);
  sshd_.note_command(effective.settings, origin.places);
  effective.origin = std::make_shared<const SettingsOrigin>(std::move(origin));
  return known_.emplace(reached, std::move(effective)).first->second;
}

bool AccountSettings::is_worth_asking(const std::vector<bool>& reached) {
  asked_about_.resize(reached.size());
  if (waited_ > patience_for_all) return false;
  bool is_news = ++questions_ <= most_sets;
  for (std::size_t i = 0; i < reached.size(); ++i) is_news = is_news || (reached[i] && !asked_about_[i]);
  for (std::size_t i = 0; is_news && i < reached.size(); ++i) asked_about_[i] = asked_about_[i] || reached[i];
  return is_news;
}

// sshd refuses the configuration, which it may do before it comes to what was read here, or it could not be asked.
void AccountSettings::note_no_answer(const std::string& message) {
  auto& server = sshd_.server();
  if (!is_about_configuration(message)) {
    if (server.reason.empty() && server.self_check == SelfCheck::not_possible) server.reason = message;
    return;
  }
  if (!server.faults.empty()) {
    server.self_check = SelfCheck::same;
    return;
  }
  ConfigFault fault;
  fault.place.file = server.config;
  fault.message = message;
  server.faults.push_back(std::move(fault));
  server.self_check = SelfCheck::different;
}

// Files that only a Match block names; those that refuse every key are the account's own affair.
void AccountSettings::note_files(const std::vector<NamedFile>& files) {
  auto& known = sshd_.server().named_files;
  for (const auto& file : files) {
    const bool is_known = std::ranges::find(known, file) != known.end();
    if (file.keyword != "revokedkeys" && !is_known) known.push_back(file);
  }
}

// What was read, or what sshd says where it is something else.
EffectiveConfig AccountSettings::checked(Evaluation evaluation, Connection connection, const std::string& user) {
  auto& server = sshd_.server();
  if (!evaluation.faults.empty()) return std::move(evaluation.settings);
  connection.user = user;
  const auto start = std::chrono::steady_clock::now();
  const auto output = sshd_.ask(connection);
  waited_ += std::chrono::steady_clock::now() - start;
  auto checked = output ? check_against_sshd(evaluation.settings, *output) : tl::unexpected(output.error());
  if (!checked) {
    note_no_answer(checked.error().what);
    return std::move(evaluation.settings);
  }
  if (server.self_check == SelfCheck::not_possible) server.self_check = SelfCheck::same;
  if (!server.faults.empty()) {
    ConfigDifference difference{"the whole file", server.faults.front().message, "accepted", user};
    server.differences.push_back(std::move(difference));
    server.faults.clear();
  }
  for (auto& difference : checked->differences) {
    difference.user = user;
    server.differences.push_back(std::move(difference));
  }
  if (!server.differences.empty()) server.self_check = SelfCheck::different;
  return std::move(checked->settings);
}

std::string AccountSettings::in_words(const std::vector<std::size_t>& classes) const {
  std::string text;
  for (std::size_t i = 0; i < std::min(classes.size(), most_names); ++i) {
    const auto& holds = matcher_.classes()[classes[i]].holds;
    std::string name;
    for (const auto& criterion : holds) name += (name.empty() ? "" : " and ") + criterion;
    text += (i == 0 ? "" : ", or ") + (name.empty() ? "all other connections" : "connections with " + name);
  }
  if (classes.size() > most_names) text += " and " + std::to_string(classes.size() - most_names) + " more";
  return text;
}

}  // namespace sshaudit
