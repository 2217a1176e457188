// SPDX-License-Identifier: MIT
// What AccountAudit does for the logger: root first, and then nothing but the account.
#include <algorithm>

#include "cli/account_audit.h"
#include "gather/identity.h"
#include "gather/look_ups.h"
#include "gather/selinux.h"
#include "parse/authorized_keys.h"
#include "parse/keys_command.h"
#include "rules/key_sources.h"

namespace sshaudit {
namespace {

constexpr std::size_t most_own_keys = 20;

// That sshd reads.
std::size_t count_keys(std::string_view text, const KeyGrammar& grammar) {
  std::size_t count = 0;
  read_key_lines(text, grammar, [&](const AuthorizedKey& line) { count += line.key.type.empty() ? 0 : 1; });
  return count;
}

std::optional<bool> is_listed(const AccountEvidence& evidence, const KeyDigest& key, const Context& context) {
  std::optional<bool> listed;
  for (const auto& file : evidence.key_files) {
    if (file.text.empty()) continue;
    listed = listed.value_or(false) || !lines_with(file.path, file.text, key, context).empty();
  }
  return listed;
}

}  // namespace

Result<void> AccountAudit::become(const Account& account) {
  const auto identity = memberships_.identity_of(account);
  const auto& one = cases_of(account).front();
  add_pam_of(one.settings);
  const auto shadow = find_shadow_apart(account.name);
  database_.shadow_seen = shadow.has_value();
  if (shadow && *shadow) database_.shadow.emplace(account.name, **shadow);
  const auto& authorities = one.settings.trusted_user_ca_keys;
  const auto trusted = observer_->observe_authorities(authorities);
  observer_.reset();
  if (auto done = give_up_root(identity); !done) return done;
  is_account_ = true;
  auto observer = AccountObserver::open(arguments_.root, context_->grammar);
  if (!observer) return tl::unexpected(observer.error());
  observer_.emplace(std::move(*observer));
  observer_->know_authorities(authorities, trusted);
  if (auto labels = label_source_of_host()) observer_->use_labels(std::move(*labels));
  return {};
}

// sshd asks no command about revoked keys, and what a command supplies was not this key.
RefusedLogin AccountAudit::explain_refused(const Account& account, const std::vector<OfferedKey>& keys) {
  RefusedLogin login;
  auto evidence = evidence_of(account, cases_of(account).front());
  evidence.by_root = true;  // who gets the advice
  evidence.settings.authorized_keys_command.clear();
  evidence.settings.revoked_keys.clear();
  for (const auto& file : evidence.key_files) {
    login.listed.push_back({file.path, count_keys(file.text, context_->grammar), file.walk.end == WalkEnd::found});
  }
  for (const auto& key : keys) {
    login.explanations.push_back(explain_login(evidence, named(key), *context_));
    login.explanations.back().elsewhere = lookalikes_of(evidence, key, *context_);
    login.is_listed.push_back(is_listed(evidence, key.key.digest, *context_));
  }
  if (keys.empty()) login.explanations.push_back(explain_login(evidence, OfferedKey{}, *context_));
  return login;
}

// Nothing when one of them is accepted, or it has none.
RefusedLogin AccountAudit::explain_own_keys(const Account& account) {
  const auto evidence = evidence_of(account, cases_of(account).front());
  const auto words = split_command(evidence.settings.authorized_keys_command, context_->facts);
  if (words && supplying_words(*words) != *words) return {};  // the logger has seen the keys that were offered
  auto keys = keys_of(evidence, *context_);
  keys.resize(std::min(keys.size(), most_own_keys));
  if (keys.empty()) return {};
  auto login = explain_refused(account, keys);
  const bool any_accepted =
      std::ranges::any_of(login.explanations, [](const Explanation& one) { return one.outcome != Outcome::refused; });
  return any_accepted ? RefusedLogin{} : login;
}

}  // namespace sshaudit
