// SPDX-License-Identifier: MIT
#include "rules/key_census.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "parse/key_blob.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

using Details = std::vector<Detail>;
using Entry = KeyCensus::Entry;
constexpr std::size_t most_told = 10;  // findings of one rule

std::string fingerprint_of_digest(const KeyDigest& digest) {
  PublicKey key;
  key.digest = digest;
  return fingerprint_of(key);
}

std::vector<std::string> names_of(std::span<const Entry> entries, const KeyCensus& census) {
  std::vector<std::string> names;
  std::uint32_t last = ~0U;
  for (const auto& entry : entries) {
    if (entry.account != last) names.push_back(census.accounts()[entry.account].name);
    last = entry.account;
  }
  return names;
}

// Calls visit with all entries of each key.
template <class Visit>
void for_each_key(const KeyCensus& census, Visit visit) {
  const auto entries = census.entries();
  for (std::size_t first = 0, i = 0; i <= entries.size(); ++i) {
    if (i < entries.size() && entries[i].digest == entries[first].digest) continue;
    if (i > first) visit(entries.subspan(first, i - first));
    first = i;
  }
}

void add(Details& details, std::size_t& more, Detail detail) {
  if (details.size() < most_told) {
    details.push_back(std::move(detail));
  } else {
    ++more;
  }
}

void close_list(Details& details, std::size_t more) {
  if (more > 0) details.back().message += fmt::format(" (and {} more keys like it)", more);
}

Details shared(const KeyCensus& census, bool with_root) {
  Details details;
  std::size_t more = 0;
  for_each_key(census, [&](std::span<const Entry> entries) {
    if (entries.front().account == entries.back().account) return;
    const auto is_root = [&](const Entry& entry) { return census.accounts()[entry.account].uid == 0; };
    const auto roots = std::ranges::count_if(entries, is_root);
    const bool mixed = roots > 0 && static_cast<std::size_t>(roots) < entries.size();
    if (mixed != with_root) return;
    add(details, more,
        {.path = {},
         .message = fmt::format("the key {} is in the key files of {}", fingerprint_of_digest(entries.front().digest),
                                listed(names_of(entries, census))),
         .expected = "a key for each account",
         .actual = "shared",
         .remedy = {{}, "nothing to do if this is meant; \"sshaudit keys --all-users --by key\" shows every line"}});
  });
  close_list(details, more);
  return details;
}

Details key_shared(const KeyCensus& census, const Context&) { return shared(census, false); }
Details key_shared_with_root(const KeyCensus& census, const Context&) { return shared(census, true); }

// One that is listed once is no news: its own line, file or account says why.
Details key_useless(const KeyCensus& census, const Context& context) {
  Details details;
  if (context.connection != nullptr) return details;  // it may let somebody in from elsewhere
  std::size_t more = 0;
  for_each_key(census, [&](std::span<const Entry> entries) {
    if (entries.size() < 2 || std::ranges::any_of(entries, &Entry::usable)) return;
    add(details, more,
        {.path = {},
         .message = fmt::format("the key {} is in the key files of {}, and lets nobody in anywhere on this host",
                                fingerprint_of_digest(entries.front().digest), listed(names_of(entries, census))),
         .expected = "keys that are of use",
         .actual = "of no use",
         .remedy = {{}, "remove its lines, unless what refuses it is to be mended"}});
  });
  close_list(details, more);
  return details;
}

Details public_key_elsewhere(const KeyCensus& census, const Context&) {
  Details details;
  std::size_t more = 0;
  for (const auto& one : census.uninstalled()) {
    const auto entries = census.of(one.key.digest);
    if (entries.empty()) continue;
    const auto& name = census.accounts()[one.account].name;
    add(details, more,
        {.path = one.key.path,
         .message = fmt::format("{} (the key {}) is not in the key files of {}, but in those of {}", one.key.path,
                                fingerprint_of_digest(one.key.digest), name, listed(names_of(entries, census))),
         .expected = "a key in the files of the account that it is for",
         .actual = "in those of another account",
         .remedy = {{}, fmt::format("if it was meant for {}, append its line to the key file there", name)}});
  }
  close_list(details, more);
  return details;
}

using R = Rule<KeyCensus>;
constexpr auto of_host = Subject::host;
constexpr auto informs = Effect::informs;
constexpr auto notice = Severity::notice;
const std::array rules = {
    R{{"key-shared", of_host, informs, notice, "A key lets somebody in to several accounts.",
       "Whoever has its private half can use each of them, and it has to be taken out of each when it is lost.",
       "Nothing to do if this is meant."},
      key_shared},
    R{{"key-shared-with-root", of_host, informs, notice, "A key of root lets somebody in to other accounts, too.",
       "Whoever gets hold of the private half where it is used for a lesser account is root here.",
       "Nothing to do if this is meant; a key of its own for root is safer."},
      key_shared_with_root},
    R{{"key-useless", of_host, informs, notice, "A key lets nobody in anywhere on this host.",
       "Every line that has it is refused, or lies in a file or belongs to an account that is.", "Remove its lines."},
      key_useless},
    R{{"public-key-elsewhere", of_host, informs, notice,
       "The public key of an account without keys is in another account's key file.",
       "Keys are often added to the wrong account: with sudo to root's, or to that of whoever added it.",
       "Append it to the key file of the account that it is for."},
      public_key_elsewhere},
};

}  // namespace

void KeyCensus::add(const AccountReport& report) {
  if (report.mentions.empty() && report.nearby_keys.empty()) return;
  const auto account = static_cast<std::uint32_t>(accounts_.size());
  accounts_.push_back({report.account.name, report.account.uid});
  const bool lets_in = report.key_login == KeyLogin::accepted || report.key_login == KeyLogin::closes ||
                       report.key_login == KeyLogin::unknown;
  for (const auto& one : report.mentions) entries_.push_back({one.digest, account, one.usable && lets_in});
  for (const auto& one : report.nearby_keys) uninstalled_.push_back({one, account});
}

void KeyCensus::finish() {
  std::ranges::sort(entries_, [](const Entry& one, const Entry& other) {
    return std::tie(one.digest, one.account) < std::tie(other.digest, other.account);
  });
}

std::span<const Entry> KeyCensus::of(const KeyDigest& digest) const {
  const auto first = std::ranges::lower_bound(entries_, digest, {}, &Entry::digest);
  const auto last = std::ranges::upper_bound(entries_, digest, {}, &Entry::digest);
  return {first, last};
}

std::span<const Rule<KeyCensus>> key_census_rules() { return rules; }

}  // namespace sshaudit
