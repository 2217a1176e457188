// SPDX-License-Identifier: MIT
#include "parse/config_classes.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "parse/address_list.h"
#include "parse/config_match.h"
#include "parse/config_values.h"
#include "parse/pattern.h"

namespace sshaudit {
namespace {

constexpr std::size_t most_classes = 512;
constexpr std::size_t most_samples = 20'000;
constexpr std::size_t most_work = 100'000'000;  // bytes of lists, over all samples
constexpr auto usual_address = "192.0.2.1";     // RFC 5737: no configuration means it

bool asks_about_user(std::string_view name) { return name == "user" || name == "group"; }

void split(std::string_view list, std::vector<std::string>& elements) {
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    auto element = list.substr(0, end);
    if (element.starts_with('!')) element.remove_prefix(1);
    elements.emplace_back(element);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

// The elements of all lists that Match blocks hold against one property of a connection.
std::vector<std::string> elements_of(const SshdConfig& config, std::string_view criterion) {
  std::vector<std::string> elements;
  for (const auto& section : config.sections) {
    for (const auto& entry : section.criteria) {
      if (entry.first == criterion) split(entry.second, elements);
    }
  }
  return elements;
}

// The next address; nothing behind the last one.
std::optional<IpAddress> next(IpAddress address) {
  for (std::size_t i = address.width() / 8; i-- > 0;) {
    if (++address.bytes.at(i) != 0) return address;
  }
  return std::nullopt;
}

IpAddress last_of(Network network) {
  for (unsigned bit = network.prefix; bit < network.address.width(); ++bit) {
    network.address.bytes.at(bit / 8) |= static_cast<std::uint8_t>(0x80U >> (bit % 8));
  }
  return network.address;
}

// Texts that a pattern with wildcards matches.
std::vector<std::string> texts_like(const std::string& pattern) {
  std::vector<std::string> texts;
  for (const std::string_view filling :
       {"0", "1", "0.1", "1.2.3", "77", "a", "", ":1", "::1", "0:0:1", "1:2:3:4:5:6:7"}) {
    std::string text;
    for (const char c : pattern) {
      if (c == '*') {
        text += filling;
      } else {
        text += c == '?' ? '1' : c;
      }
    }
    if (matches_pattern(text, pattern)) texts.push_back(std::move(text));
    if (pattern.find('*') == std::string::npos) break;
  }
  return texts;
}

// What changes from one address to the next does so where a network begins or right behind its end, so these are
// enough. Patterns are tried with a few fillings.
std::vector<std::string> sample_addresses(const std::vector<std::string>& elements, bool& complete) {
  std::vector<std::string> samples = {usual_address};
  if (!elements.empty()) samples.emplace_back("2001:db8::1");  // RFC 3849
  for (const auto& element : elements) {
    if (const auto parsed = parse_network(element); parsed.network) {
      samples.push_back(to_text(parsed.network->address));
      if (const auto behind = next(last_of(*parsed.network))) samples.push_back(to_text(*behind));
      continue;
    }
    const auto before = samples.size();
    for (auto& text : texts_like(element)) {
      const auto address = parse_ip_address(text);
      if (address && to_text(*address) == text) samples.push_back(std::move(text));  // the form that sshd has
    }
    const bool like_an_address = element.find_first_not_of("0123456789abcdefABCDEF.:*?") == std::string::npos;
    if (samples.size() == before && like_an_address && element.find('*') != std::string::npos) complete = false;
  }
  return samples;
}

std::vector<std::string> sample_names(const std::vector<std::string>& elements) {
  std::vector<std::string> samples = {""};
  for (const auto& element : elements) {
    auto texts = texts_like(lower_case(element));
    if (!texts.empty()) samples.push_back(std::move(texts.front()));
  }
  return samples;
}

// What Match blocks ask of a connection and is true, each question once.
std::vector<std::string> true_answers(const SshdConfig& config, const Connection& sample) {
  std::vector<std::string> answers;
  std::set<std::string> seen;
  for (const auto& section : config.sections) {
    for (const auto& criterion : section.criteria) {
      const bool of_connection =
          !asks_about_user(criterion.first) && criterion.first != "version" && criterion.first != "invalid-user";
      if (!of_connection || !holds(criterion, sample, config.version, config.host)) continue;
      auto text = criterion.first + " " + criterion.second;
      if (seen.insert(text).second) answers.push_back(std::move(text));
    }
  }
  return answers;
}

// The ports that sshd listens on, and those that Match blocks name: a service manager may listen for it.
std::vector<int> sample_ports(const std::vector<std::string>& elements, const EffectiveConfig& settings,
                              const ConfigHost& host) {
  std::vector<int> samples;
  for (const auto& value : values_of(settings, "port")) samples.push_back(std::stoi(value.text));
  for (const auto& element : elements) {
    if (const auto port = parse_port(element, host)) samples.push_back(*port);
  }
  return samples;
}

}  // namespace

SectionMatcher::SectionMatcher(const SshdConfig& config, const Connection* given) : config_(config) {
  prepare_questions();
  if (given != nullptr) {
    add_class(*given);
  } else {
    find_classes();
  }
}

// Host names come into it only where UseDNS says so; without it, sshd takes the address for the name.
void SectionMatcher::find_classes() {
  auto of_address = elements_of(config_, "address");
  const auto of_host = elements_of(config_, "host");
  of_address.insert(of_address.end(), of_host.begin(), of_host.end());
  const auto settings = evaluate(config_, {}).settings;
  const bool has_names = values_of(settings, "usedns").at(0).text == "yes";
  const auto addresses = sample_addresses(of_address, complete_);
  const auto names = has_names ? sample_names(of_host) : std::vector<std::string>{""};
  const auto local_addresses = sample_addresses(elements_of(config_, "localaddress"), complete_);
  const auto ports = sample_ports(elements_of(config_, "localport"), settings, config_.host);
  const auto domains = sample_names(elements_of(config_, "rdomain"));
  std::size_t work = config_.sections.size();
  for (const auto& section : config_.sections) work += section.text.size();
  std::size_t tried = 0;
  for (const auto& address : addresses) {
    for (const auto& name : names) {
      for (const auto& local_address : local_addresses) {
        for (const int port : ports) {
          for (const auto& domain : domains) {
            if (++tried > most_samples || tried * work > most_work || classes_.size() >= most_classes) {
              complete_ = false;
              return;
            }
            add_class({.host = name.empty() ? address : name,
                       .address = address,
                       .local_address = local_address,
                       .local_port = port,
                       .rdomain = domain});
          }
        }
      }
    }
  }
}

void SectionMatcher::add_class(const Connection& sample) {
  const auto is_true = [&](const auto& criterion) {
    return asks_about_user(criterion.first) || holds(criterion, sample, config_.version, config_.host);
  };
  std::vector<bool> reachable(config_.sections.size());
  for (std::size_t i = 1; i < reachable.size(); ++i) {
    reachable[i] = std::ranges::all_of(config_.sections[i].criteria, is_true);
  }
  if (std::ranges::find(of_connection_, reachable) != of_connection_.end()) return;
  if (classes_.size() == most_classes) {
    complete_ = false;
    return;
  }
  classes_.push_back({sample, true_answers(config_, sample)});
  of_connection_.push_back(std::move(reachable));
}

// The lists are taken apart once, not for each of a hundred thousand accounts.
void SectionMatcher::prepare_questions() {
  questions_.resize(config_.sections.size());
  for (std::size_t i = 0; i < questions_.size(); ++i) {
    for (const auto& [name, argument] : config_.sections[i].criteria) {
      if (!asks_about_user(name)) continue;
      Question question{name == "group", {}};
      asks_for_groups_ = asks_for_groups_ || question.about_groups;
      for (std::string_view rest = argument; !rest.empty();) {
        const bool negated = rest.front() == '!';
        if (negated) rest.remove_prefix(1);
        const auto end = std::min(rest.find(','), rest.size());
        const auto text = rest.substr(0, end);
        const bool is_literal = text.find_first_of("*?") == std::string_view::npos;
        question.elements.push_back({std::string(text), negated, is_literal});
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
      questions_[i].push_back(std::move(question));
    }
  }
}

// What matches_pattern_list() says.
int SectionMatcher::answer(const std::string& name, const std::vector<Element>& elements) {
  constexpr std::size_t longest_element = 1022;
  int result = 0;
  for (const auto& element : elements) {
    if (element.pattern.size() > longest_element) return 0;
    const bool matches = element.is_literal ? name == element.pattern : matches_pattern(name, element.pattern);
    if (matches && element.negated) return -1;
    if (matches) result = 1;
  }
  return result;
}

bool SectionMatcher::holds_for(const Question& question, const std::string& user,
                               const std::vector<std::string>& groups) {
  if (!question.about_groups) return answer(user, question.elements) == 1;
  bool found = false;
  for (const auto& group : groups) {
    const int of_group = answer(group, question.elements);
    if (of_group < 0) return false;
    found = found || of_group > 0;
  }
  return found;
}

std::vector<bool> SectionMatcher::fitting(const std::string& user, const std::vector<std::string>& groups) const {
  std::vector<bool> fitting(questions_.size());
  for (std::size_t i = 0; i < questions_.size(); ++i) {
    fitting[i] =
        std::ranges::all_of(questions_[i], [&](const Question& question) { return holds_for(question, user, groups); });
  }
  return fitting;
}

std::vector<std::vector<bool>> SectionMatcher::reached(const std::vector<bool>& fitting) const {
  auto reached = of_connection_;
  for (std::size_t i = 1; i < fitting.size(); ++i) {
    const auto parent = config_.sections[i].parent;
    for (auto& of_class : reached) {
      if (!fitting[i] || (parent != 0 && !of_class[parent])) of_class[i] = false;
    }
  }
  return reached;
}

}  // namespace sshaudit
