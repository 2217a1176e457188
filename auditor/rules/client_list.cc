// SPDX-License-Identifier: MIT
#include "rules/client_list.h"

#include <fmt/format.h>

#include <algorithm>

#include "parse/address_list.h"
#include "parse/pattern.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

// Whether a pattern may stand for a numeric address; behind a % stands the name of an interface.
bool may_be_address(std::string_view pattern) {
  const bool has_wildcard = pattern.find_first_of("*?") != std::string_view::npos;
  if (pattern.find('%') != std::string_view::npos) return true;
  return has_wildcard && pattern.find_first_not_of("0123456789abcdefABCDEF.:*?") == std::string_view::npos;
}

bool is_digits_and(std::string_view text, std::string_view others) {
  return text.find_first_not_of("0123456789" + std::string(others)) == std::string_view::npos;
}

// Why one element that is not negated matches nobody, and what to write instead; nothing when it may match.
DeadElement why_dead(std::string_view element, bool use_dns) {
  const std::string text(element);
  if (element.find_first_of(" \t") != std::string_view::npos) return {text, "it has a blank in it", "remove the blank"};
  if (element.find(';') != std::string_view::npos) return {text, "it has a semicolon in it", "write commas"};
  // "10.1" and "2130706433" are addresses, too.
  if (parse_network(element).network || may_be_address(element)) return {};
  if (is_digits_and(element, ".")) {
    return {text, "it is no address", "write an address, a network (10.1.2.0/24) or a pattern (10.1.2.*)"};
  }
  if (is_digits_and(element, ".:") && std::ranges::count(element, ':') == 1)
    return {text, "it has a port in it", "write the address alone"};
  if (element.find('/') != std::string_view::npos)
    return {text, "it is no network", "write ADDRESS/BITS, such as 10.1.2.0/24"};
  if (use_dns) return {};
  return {text, "it is a name, and UseDNS is no", "write an address, or set UseDNS yes"};
}

// An element that makes sshd refuse the list as a whole.
std::string why_wrong(std::string_view element) {
  if (element.starts_with('!')) element.remove_prefix(1);
  if (element.empty()) return "an element is empty";
  const auto parsed = parse_network(element);
  if (parsed.network || parsed.fault != NetworkFault::inconsistent) return {};
  return fmt::format(
      "{} has bits set behind its prefix, or a prefix that is too long (write the network, or the address "
      "alone)",
      shown(element));
}

}  // namespace

std::string why_nobody_matches(std::string_view list, bool use_dns) {
  const auto elements = elements_of(list);
  for (const auto element : elements) {
    if (auto why = why_wrong(element); !why.empty()) return why;
  }
  const auto is_negated = [](std::string_view element) { return element.starts_with('!'); };
  if (std::ranges::all_of(elements, is_negated)) return "it only excludes";
  std::string reason;
  for (const auto element : elements) {
    if (is_negated(element)) continue;
    const auto dead = why_dead(element, use_dns);
    if (dead.why.empty()) return {};
    if (reason.empty()) reason = fmt::format("\"{}\" cannot match ({}; {})", shown(element), dead.why, dead.instead);
  }
  return reason;
}

std::vector<DeadElement> dead_elements(std::string_view list, bool use_dns) {
  std::vector<DeadElement> dead;
  for (auto element : elements_of(list)) {
    const bool negated = element.starts_with('!');
    if (auto one = negated ? DeadElement{} : why_dead(element, use_dns); !one.why.empty())
      dead.push_back(std::move(one));
  }
  return dead;
}

}  // namespace sshaudit
