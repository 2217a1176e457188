// SPDX-License-Identifier: MIT
#include "parse/config_match.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "parse/address_list.h"
#include "parse/config_keywords.h"
#include "parse/config_values.h"
#include "parse/config_words.h"
#include "parse/pattern.h"

namespace sshaudit {
namespace {

struct Criterion {
  std::string_view name;
  unsigned since;
};
constexpr std::array criteria_with_argument = {
    Criterion{"user", 0},         Criterion{"group", 0},     Criterion{"host", 0},      Criterion{"address", 0},
    Criterion{"localaddress", 0}, Criterion{"localport", 0}, Criterion{"rdomain", 707}, Criterion{"version", 1000},
};

// 9.9p1 alone reads Match lines by words and knows no "user=x", and takes Invalid-User for true when it starts.
bool is_first_of_9_9(const SshdVersion& version) { return version.text.starts_with("OpenSSH_9.9p1"); }

bool splits_at_equals(const SshdVersion& version) {
  return version_number(version) >= 1000 || (version_number(version) == 909 && !is_first_of_9_9(version));
}

// The words of a Match line, by the older reader up to 9.8 and by the newer one since.
class MatchWords {
 public:
  MatchWords(std::string_view rest, const std::vector<std::string>& words, bool by_words)
      : old_(rest), words_(words), by_words_(by_words) {}

  std::optional<std::string> next() {
    if (!by_words_) return old_.next();
    return at_ < words_.size() ? std::optional(words_[at_++]) : std::nullopt;
  }

  bool at_end() const { return by_words_ ? at_ >= words_.size() : !old_.rest() || old_.rest()->empty(); }

 private:
  OldWords old_;
  const std::vector<std::string>& words_;
  bool by_words_;
  std::size_t at_ = 0;
};

// A word that ends the line: none, an empty one for the older reader, or a comment.
bool is_end(const std::optional<std::string>& word, bool by_words) {
  return !word || (word->empty() && !by_words) || word->starts_with('#');
}

const Criterion* find_criterion(std::string_view name, unsigned number) {
  const auto* const found = std::ranges::find(criteria_with_argument, name, &Criterion::name);
  return found != criteria_with_argument.end() && found->since <= number ? found : nullptr;
}

bool is_address_criterion(std::string_view name) { return name == "address" || name == "localaddress"; }

std::string check_argument(const std::string& name, const std::string& argument, unsigned number,
                           const ConfigHost& host) {
  if (is_address_criterion(name) && !is_address_list(argument, number) && number >= 804) {
    return fmt::format("has the wrong address list \"{}\"", argument);
  }
  if (name == "localport" && !parse_port(argument, host)) return fmt::format("has no port in \"{}\"", argument);
  return {};
}

// What an sshd that started with the line does to each connection.
std::string connection_fault_of(const std::string& name, const std::string& argument, const SshdVersion& version) {
  if (is_address_criterion(name) && !is_address_list(argument, version_number(version))) {
    return fmt::format("has the wrong address list \"{}\"", argument);
  }
  if (name == "rdomain" && version.vendor == Vendor::rhel && version_number(version) < 801) {
    return "asks for RDomain, which this sshd does not know";
  }
  return {};
}

ParsedMatch fault_of_match(std::string text) {
  ParsedMatch match;
  match.fault = std::move(text);
  return match;
}

ParsedMatch parse_all(MatchWords& words, bool first) {
  const auto next = first ? words.next() : std::nullopt;
  const bool comment = next && next->starts_with('#');
  const bool alone = first && (!next || next->empty() || comment);
  if (!alone || (!comment && !words.at_end())) return fault_of_match("takes \"all\" only alone");
  ParsedMatch match;
  match.at_start = true;
  return match;
}

// Takes the criterion that begins with `word`. Returns what is wrong with it.
std::string take_criterion(const std::string& word, MatchWords& words, const SshdVersion& version,
                           const ConfigHost& host, ParsedMatch& match) {
  const auto number = version_number(version);
  auto name = lower_case(word);
  if (name == "invalid-user" && number >= 909) {
    match.criteria.emplace_back(name, "");
    match.at_start = match.at_start && is_first_of_9_9(version);
    return {};
  }
  std::optional<std::string> argument;
  const auto equals = word.find('=');
  if (splits_at_equals(version) && equals != std::string::npos && find_criterion(name.substr(0, equals), number)) {
    argument = word.substr(equals + 1);
    name.resize(equals);
  } else {
    argument = words.next();
  }
  if (!argument || argument->empty() || argument->starts_with('#')) return fmt::format("has no argument for {}", word);
  if (find_criterion(name, number) == nullptr) return fmt::format("does not know {}", word);
  if (auto fault = check_argument(name, *argument, number, host); !fault.empty()) return fault;
  if (match.connection_fault.empty()) match.connection_fault = connection_fault_of(name, *argument, version);
  match.at_start = match.at_start && name == "version" && matches_pattern_list(version.text, *argument, false) == 1;
  match.criteria.emplace_back(std::move(name), *argument);
  return {};
}

}  // namespace

ParsedMatch parse_match(std::string_view rest, const std::vector<std::string>& words, const SshdVersion& version,
                        const ConfigHost& host) {
  const bool by_words = version_number(version) >= 909;
  MatchWords source(rest, words, by_words);
  ParsedMatch match;
  match.at_start = true;
  auto word = source.next();
  for (; !is_end(word, by_words); word = source.next()) {
    if (lower_case(*word) == "all") return parse_all(source, match.criteria.empty());
    auto fault = take_criterion(*word, source, version, host, match);
    if (!fault.empty()) return fault_of_match(std::move(fault));
  }
  if (match.criteria.empty()) return fault_of_match("has no criterion");
  const bool comment = word && word->starts_with('#');
  if (!comment && !source.at_end()) return fault_of_match("has more arguments than it takes");
  return match;
}

bool holds(const std::pair<std::string, std::string>& criterion, const Connection& connection,
           const SshdVersion& version, const ConfigHost& host) {
  const auto& [name, argument] = criterion;
  if (name == "user") return connection.user && matches_pattern_list(*connection.user, argument, false) == 1;
  if (name == "group") {
    bool found = false;
    for (const auto& group : connection.groups) {
      const int match = matches_pattern_list(group, argument, false);
      if (match < 0) return false;
      found = found || match > 0;
    }
    return found;
  }
  if (name == "host") {
    if (!connection.host) return false;
    const auto host_name = version_number(version) < 705 ? *connection.host : lower_case(*connection.host);
    return matches_pattern_list(host_name, argument, true) == 1;
  }
  if (name == "address") return connection.address && matches_address_list(*connection.address, argument) == 1;
  if (name == "localaddress") {
    return connection.local_address && matches_address_list(*connection.local_address, argument) == 1;
  }
  if (name == "localport") return connection.local_port && parse_port(argument, host) == connection.local_port;
  if (name == "rdomain") return connection.rdomain && matches_pattern_list(*connection.rdomain, argument, false) == 1;
  if (name == "version") return matches_pattern_list(version.text, argument, false) == 1;
  return name == "invalid-user" && !connection.user_exists;
}

}  // namespace sshaudit
