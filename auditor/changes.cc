// SPDX-License-Identifier: MIT
#include "changes.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "parse/key_blob.h"

namespace sshaudit {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// FNV-1a, the same on every host and in every version. A number is a zero in it: lines, counts and dates move on.
void add_words(std::uint64_t& hash, std::string_view text) {
  bool in_number = false;
  for (const char c : text) {
    if (is_digit(c) && in_number) continue;
    in_number = is_digit(c);
    hash = (hash ^ static_cast<unsigned char>(in_number ? '0' : c)) * 0x100000001b3U;
  }
}

std::int64_t words_of(const Finding& finding) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  add_words(hash, finding.detail.message);
  add_words(hash, finding.connections);
  return static_cast<std::int64_t>(hash);
}

std::string fingerprint_of_digest(const KeyDigest& digest) {
  PublicKey key;
  key.digest = digest;
  return fingerprint_of(key);
}

using KeyPlaces = std::map<std::pair<std::string_view, std::size_t>, const KeyMention*>;

KeyPlaces key_places(const AccountReport& report) {
  KeyPlaces places;
  const auto has_line = [](const Finding& finding) { return finding.detail.line != 0; };
  if (std::ranges::none_of(report.findings, has_line)) return places;
  for (const auto& one : report.mentions) {
    places.emplace(KeyPlaces::key_type(report.key_files[one.file], one.line),
                   &one);  // a copy of the name would be gone
  }
  return places;
}

FindingMark mark_of(const Finding& finding, const KeyPlaces& places) {
  const auto& detail = finding.detail;
  FindingMark mark{.rule = std::string(finding.rule->id), .path = detail.path};
  mark.is_quiet = finding.severity() == Severity::notice && finding.rule->effect != Effect::unknown;
  mark.words = words_of(finding);
  mark.line = detail.line;
  const auto key = places.find({detail.path, detail.line});
  if (detail.line != 0 && key != places.end()) mark.key = fingerprint_of_digest(key->second->digest);
  return mark;
}

// Gives each finding an open one that is the same, as far as there are as many; those that also say the same come
// first. Returns the open ones that are left.
std::vector<OpenFinding> match(std::vector<FindingState>& states, std::vector<std::int64_t>& runs,
                               const std::vector<OpenFinding>& open) {
  using Key = std::tuple<std::string_view, std::string_view, std::string_view, bool, std::int64_t>;
  std::vector<bool> taken(open.size());
  for (const bool with_words : {true, false}) {
    const auto key_of = [&](const FindingMark& mark) {
      return Key(mark.rule, mark.path, mark.key, mark.is_quiet, with_words ? mark.words : 0);
    };
    std::multimap<Key, std::size_t> rest;  // equal keys stay in the order in which they came
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (!taken[i]) rest.emplace(key_of(open[i].mark), i);
    }
    for (std::size_t i = 0; i < states.size(); ++i) {
      const auto found = states[i].is_new() ? rest.lower_bound(key_of(states[i].mark)) : rest.end();
      if (found == rest.end() || found->first != key_of(states[i].mark)) continue;
      states[i].since = open[found->second].since;
      runs[i] = open[found->second].run;
      taken[found->second] = true;
      rest.erase(found);
    }
  }
  std::vector<OpenFinding> left;
  for (std::size_t i = 0; i < open.size(); ++i) {
    if (!taken[i]) left.push_back(open[i]);
  }
  return left;
}

// A finding that says that something could not be seen.
struct Blind {
  const Finding* finding = nullptr;
  std::int64_t run = 0;          // since when
  bool hides_key_files = false;  // at least one of them
};

// What is not known of later steps takes no key file out of sight.
bool hides_key_files(const RuleInfo& rule) {
  if (rule.id == "path-unsearchable" || rule.id == "key-file-unreadable") return true;
  constexpr std::array later = {LoginStep::revoked, LoginStep::trusted_ca, LoginStep::keys_command, LoginStep::pam,
                                LoginStep::session};
  return rule.effect == Effect::unknown && std::ranges::find(later, rule.step) == later.end();
}

bool is_at_or_below(std::string_view path, std::string_view above) {
  if (above.empty() || !path.starts_with(above)) return false;
  return path.size() == above.size() || above.ends_with('/') || path[above.size()] == '/';
}

// What was out of sight this time. Something is hidden by what has come up after it: what was found in spite of a
// blind spot would be found again.
class BlindSpots {
 public:
  BlindSpots(std::span<const Finding> findings, std::span<const std::int64_t> runs, const AccountReport* report)
      : report_(report) {
    for (std::size_t i = 0; i < findings.size(); ++i) {
      const bool hides = hides_key_files(*findings[i].rule);
      if (hides || findings[i].rule->effect == Effect::unknown) blinds_.push_back({&findings[i], runs[i], hides});
    }
    if (blinds_.empty() || report == nullptr) return;
    for (const auto& one : report->mentions) read_.insert(report->key_files[one.file]);
  }

  bool hide_key_files() const { return std::ranges::any_of(blinds_, &Blind::hides_key_files); }

  // What stands in a key file, which was read if a key was read from it.
  bool hide_line_of(const std::string& file, std::int64_t run) const {
    if (read_.contains(file)) return false;
    return std::ranges::any_of(blinds_, [&](const Blind& one) { return one.hides_key_files && one.run > run; });
  }

  bool hide(const OpenFinding& open) const {
    if (report_ != nullptr && open.mark.line != 0) return hide_line_of(open.mark.path, open.run);
    return std::ranges::any_of(blinds_, [&](const Blind& one) {
      if (one.run <= open.run || one.finding->rule->effect != Effect::unknown) return false;
      const bool hides_all = report_ == nullptr || (report_->key_login == KeyLogin::unknown && one.hides_key_files);
      return hides_all || is_at_or_below(open.mark.path, one.finding->detail.path);
    });
  }

 private:
  const AccountReport* report_;  // null: of the host
  std::vector<Blind> blinds_;
  std::set<std::string_view> read_;
};

constexpr std::int64_t this_run = INT64_MAX;  // later than all others

BlindSpots compare_findings(const std::vector<Finding>& findings, const KeyPlaces& places, const AccountReport* report,
                            const Memory& memory, Changes& changes) {
  changes.states.reserve(findings.size());
  for (const auto& finding : findings) changes.states.push_back({mark_of(finding, places), {}});
  std::vector<std::int64_t> runs(findings.size(), this_run);
  auto left = match(changes.states, runs, memory.findings);
  // What is waived is not mended by that; found first under a waiver, it is news when that ends.
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (findings[i].waiver != nullptr && changes.states[i].is_new()) changes.states[i].mark.is_quiet = true;
  }
  left = match(changes.states, runs, left);
  BlindSpots blind(findings, runs, report);
  for (auto& one : left) (blind.hide(one) ? changes.unseen : changes.mended).push_back(std::move(one));
  return blind;
}

// Of an account with more keys than anybody looks through they are not followed: a user could fill a disk with them.
constexpr std::size_t most_followed = 2000;

void compare_keys(const AccountReport& report, const BlindSpots& blind, const Memory& memory, Changes& changes) {
  changes.keys_are_known = memory.keys_are_known;
  if (report.mentions.size() > most_followed) return;
  changes.keys_are_known = memory.keys_are_known || !blind.hide_key_files();
  std::unordered_map<std::string_view, bool> seen;  // by fingerprint
  for (const auto& key : memory.keys) seen.emplace(key.fingerprint, false);
  std::set<std::string> fresh;
  for (const auto& one : report.mentions) {
    auto fingerprint = fingerprint_of_digest(one.digest);
    const auto known = seen.find(fingerprint);
    if (known != seen.end()) known->second = true;
    if (known != seen.end() || !fresh.insert(fingerprint).second) continue;
    auto& list = memory.keys_are_known ? changes.keys_added : changes.keys_noted;
    list.push_back({0, std::move(fingerprint), report.key_files[one.file], one.line, 0});
  }
  for (const auto& key : memory.keys) {
    if (seen.at(key.fingerprint) || blind.hide_line_of(key.file, key.run)) continue;
    changes.keys_removed.push_back(key);
  }
}

}  // namespace

Changes compare(const AccountReport& report, const Memory& memory) {
  Changes changes;
  const auto blind = compare_findings(report.findings, key_places(report), &report, memory, changes);
  compare_keys(report, blind, memory, changes);
  return changes;
}

Changes compare_host(const std::vector<Finding>& findings, const Memory& memory) {
  Changes changes;
  compare_findings(findings, {}, nullptr, memory, changes);
  return changes;
}

Changes changes_of_gone(const Memory& memory) {
  Changes changes;
  changes.mended = memory.findings;
  changes.keys_removed = memory.keys;
  changes.is_gone = true;
  return changes;
}

}  // namespace sshaudit
