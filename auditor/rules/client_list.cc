// SPDX-License-Identifier: MIT
#include "rules/client_list.h"

#include <fmt/format.h>

#include <algorithm>

#include "parse/address_list.h"

namespace sshaudit {
namespace {

std::vector<std::string_view> elements_of(std::string_view list) {
  std::vector<std::string_view> elements;
  while (true) {
    const auto comma = list.find(',');
    elements.push_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return elements;
    list.remove_prefix(comma + 1);
  }
}

// Whether a numeric address may look like that; behind a % stands the name of an interface.
bool may_be_address(std::string_view pattern) {
  pattern = pattern.substr(0, pattern.find('%'));
  return pattern.find_first_not_of("0123456789abcdefABCDEF.:*?") == std::string_view::npos;
}

// Why one element that is not negated matches nobody; empty when it may match.
std::string why_dead(std::string_view element, bool use_dns) {
  if (element.find_first_of(" \t") != std::string_view::npos) return "it has a blank in it";
  if (parse_network(element).network || may_be_address(element) || use_dns) return {};
  if (element.find('/') != std::string_view::npos) return "it is neither a network nor a name";
  return "it is a name, and UseDNS is no";
}

// An element that makes sshd refuse the list as a whole.
std::string why_wrong(std::string_view element) {
  if (element.starts_with('!')) element.remove_prefix(1);
  if (element.empty()) return "an element is empty";
  const auto parsed = parse_network(element);
  if (parsed.network || parsed.fault != NetworkFault::inconsistent) return {};
  return fmt::format("{} has bits set behind its prefix, or a prefix that is too long", element);
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
    const auto why = why_dead(element, use_dns);
    if (why.empty()) return {};
    if (reason.empty()) reason = fmt::format("\"{}\" cannot match ({})", element, why);
  }
  return reason;
}

std::vector<DeadElement> dead_elements(std::string_view list, bool use_dns) {
  std::vector<DeadElement> dead;
  for (auto element : elements_of(list)) {
    const bool negated = element.starts_with('!');
    if (auto why = negated ? std::string() : why_dead(element, use_dns); !why.empty())
      dead.push_back({std::string(element), std::move(why)});
  }
  return dead;
}

}  // namespace sshaudit
