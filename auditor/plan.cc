// SPDX-License-Identifier: MIT
#include "plan.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "parse/key_lines.h"
#include "rules/file_systems.h"
#include "rules/key_file_mending.h"
#include "rules/key_file_rules.h"
#include "rules/remedies.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

constexpr unsigned write_permission = 2;

bool writes(const AclEntry& entry) { return (entry.permissions & write_permission) != 0; }

FileStatus status_after(const Change& change) {
  auto status = change.judged;
  status.mode = (status.mode & ~change.take) | change.give;
  status.uid = change.owner.value_or(status.uid);
  return status;
}

std::vector<AclEntry> acl_after(const Change& change) {
  auto acl = change.acl;
  if ((change.take & S_IWGRP) == 0) return acl;
  for (auto& entry : acl) entry.permissions &= ~write_permission;
  return acl;
}

// With an ACL, the entries that may write as well.
std::string in_words(const FileStatus& status, const std::vector<AclEntry>& acl, const std::vector<AclEntry>& judged,
                     const AccountIndex& accounts) {
  auto words = mode_and_owner(status, accounts);
  for (std::size_t i = 0; i < judged.size(); ++i) {
    if (writes(judged[i])) words += " " + acl_entry(acl[i], accounts);
  }
  return words;
}

void describe(PlannedChange& planned, const AccountIndex& accounts) {
  const auto& change = planned.change;
  planned.after = status_after(change);
  planned.acl_after = acl_after(change);
  planned.now = in_words(change.judged, change.acl, change.acl, accounts);
  planned.then = in_words(planned.after, planned.acl_after, change.acl, accounts);
}

void merge(const Change& one, Change& into) {
  into.take |= one.take;
  into.give |= one.give;
  if (one.owner) into.owner = one.owner;
  if (into.acl.empty()) into.acl = one.acl;
}

void add(const Finding& finding, Plan& plan) {
  const auto& change = *finding.detail.remedy.change;
  const auto why = fmt::format("{}: {}", finding.rule->id, finding.detail.message);
  auto known = std::ranges::find_if(plan.changes, [&](const auto& one) { return one.change.path == change.path; });
  if (known == plan.changes.end()) {
    plan.changes.push_back({.change = change});
    known = plan.changes.end() - 1;
  } else {
    merge(change, known->change);
  }
  if (std::ranges::find(known->why, why) == known->why.end()) known->why.push_back(why);
}

// Why no program writes it for the account: in the home, its own or root's for it, and nobody else's.
std::string why_not_written(const PathComponent& file, const AccountEvidence& evidence, const AccountIndex& accounts) {
  const auto& status = file.status;
  const auto& home = evidence.home.components;
  if (home.empty() || !file.path.starts_with(home.back().path + "/")) return "it is outside of the home";
  if (status.links > 1) return fmt::format("it has {} names (hard links)", status.links);
  if ((status.mode & (S_ISUID | S_ISGID)) != 0) return "it is set-user-ID or set-group-ID, and no key file";
  if (status.uid != evidence.account.uid && status.uid != 0) return "it is another account's";
  if (is_its_key_file(file.path, status.uid, evidence, accounts)) return {};
  return is_private_to(file.path, evidence, accounts) ? "it is root's, behind a link that the account may have made"
                                                      : "it may be shared with others";
}

void plan_contents(const AccountEvidence& evidence, const Context& context, std::string_view date, Plan& plan) {
  for (const auto& file : evidence.key_files) {
    if (!is_read_whole(file)) continue;
    const auto& component = file.walk.components.back();
    const auto known = std::ranges::find(plan.contents, component.path, &PlannedContent::path);
    const bool is_known = known != plan.contents.end();
    if (is_known && known->obstacle.empty()) continue;
    auto obstacle = why_not_written(component, evidence, context.accounts);
    const auto is_about_it = [&](const Finding& one) { return one.detail.path == file.path; };
    if (!obstacle.empty() && std::ranges::none_of(plan.advice, is_about_it)) continue;
    if (obstacle.empty()) obstacle = obstacle_to_change(component);
    if (is_known && !obstacle.empty()) continue;
    auto mended = mend_key_text(file.text, context.grammar, date);
    if (!mended) continue;
    if (is_known) plan.contents.erase(known);  // for other connections it is named as it has to be
    plan.contents.push_back({component.path, component.status, file.text, std::move(mended->text),
                             std::move(mended->what), std::move(obstacle)});
  }
}

void change_components(std::vector<PathComponent>& components, const Plan& plan) {
  for (auto& component : components) {
    const auto is_it = [&](const auto& one) { return one.obstacle.empty() && one.change.path == component.path; };
    const auto planned = std::ranges::find_if(plan.changes, is_it);
    if (planned == plan.changes.end()) continue;
    component.status = planned->after;
    component.acl = planned->acl_after;
  }
}

void change_walk(PathWalk& walk, const Plan& plan) {
  change_components(walk.components, plan);
  for (auto& link : walk.links) change_components(link.through, plan);
}

}  // namespace

Plan plan_account(const AccountReport& report, const std::vector<AccountEvidence>& evidences, const Context& context,
                  std::string_view date) {
  Plan plan;
  plan.account = report.account;
  plan.now = report.key_login;
  for (const auto& finding : report.findings) {
    if (finding.severity() < Severity::warning || finding.waiver != nullptr) continue;
    if (finding.detail.remedy.change) {
      add(finding, plan);
    } else {
      plan.advice.push_back(finding);
    }
  }
  for (auto& planned : plan.changes) describe(planned, context.accounts);
  for (const auto& evidence : evidences) {
    plan.identity = evidence.identity;
    if (evidence.home.end == WalkEnd::found) plan.home = evidence.home.components.back().path;
    if (!date.empty()) plan_contents(evidence, context, date, plan);
  }
  return plan;
}

AccountEvidence with_plan(AccountEvidence evidence, const Plan& plan) {
  change_walk(evidence.home, plan);
  for (auto& file : evidence.key_files) {
    change_walk(file.walk, plan);
    if (!is_read_whole(file)) continue;
    const auto is_it = [&](const auto& one) {
      return one.obstacle.empty() && one.path == file.walk.components.back().path;
    };
    const auto content = std::ranges::find_if(plan.contents, is_it);
    if (content == plan.contents.end()) continue;
    file.text = content->after;
    file.key_lines = count_key_lines(file.text);
  }
  return evidence;
}

bool opens_what_is_closed(const std::vector<AccountEvidence>& evidences, const Plan& plan) {
  std::set<std::string> opened;
  for (const auto& one : plan.changes) {
    if (one.obstacle.empty()) opened.insert(one.change.path);
  }
  return std::ranges::any_of(evidences, [&](const AccountEvidence& evidence) {
    return std::ranges::any_of(evidence.key_files, [&](const KeyFile& file) {
      const bool is_closed = file.walk.end == WalkEnd::not_searchable || file.open_errnum != 0;
      return is_closed && !file.walk.components.empty() && opened.contains(file.walk.components.back().path);
    });
  });
}

std::vector<ListedKey> keys_let_in(const AccountReport& now, const AccountReport& then) {
  std::set<std::tuple<std::string, std::string, std::string>> were_in;
  for (const auto& key : now.keys) {
    if (key.use == KeyUse::usable) were_in.emplace(key.file, key.fingerprint, key.options);
  }
  std::vector<ListedKey> keys;
  std::ranges::copy_if(then.keys, std::back_inserter(keys), [&](const ListedKey& key) {
    return key.use == KeyUse::usable && !were_in.contains({key.file, key.fingerprint, key.options});
  });
  return keys;
}

}  // namespace sshaudit
