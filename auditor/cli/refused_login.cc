// SPDX-License-Identifier: MIT
// What AccountAudit does for the logger: root first, and then nothing but the account.
#include "cli/account_audit.h"
#include "gather/accounts.h"
#include "gather/identity.h"
#include "gather/selinux.h"
#include "parse/authorized_keys.h"
#include "rules/key_sources.h"

namespace sshaudit {
namespace {

// That sshd reads.
std::size_t count_keys(std::string_view text, const KeyGrammar& grammar) {
  std::size_t count = 0;
  read_key_lines(text, grammar, [&](const AuthorizedKey& line) { count += line.key.type.empty() ? 0 : 1; });
  return count;
}

}  // namespace

Result<void> AccountAudit::become(const Account& account) {
  const auto identity = identity_of(account, index_);
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
  }
  if (keys.empty()) login.explanations.push_back(explain_login(evidence, OfferedKey{}, *context_));
  return login;
}

}  // namespace sshaudit
