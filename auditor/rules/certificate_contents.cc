// SPDX-License-Identifier: MIT
#include "rules/certificate_contents.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "parse/address_list.h"
#include "parse/pattern.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

using Data = CertificateOption::Data;

constexpr std::size_t most_listed = 40;      // of principals=, before they were compared whole
constexpr std::size_t longest_network = 49;  // of source-address
constexpr unsigned knows_verify = 804;       // the option verify-required
constexpr unsigned knows_touch = 802;        // the extension no-touch-required

// Up to the first that is empty, where sshd stops.
std::vector<std::string_view> elements_before_empty(std::string_view list) {
  auto elements = elements_of(list);
  const auto empty = std::ranges::find_if(elements, [](auto element) { return element.empty(); });
  elements.erase(empty, elements.end());
  return elements;
}

// match.c: match_list, which takes a principal apart as well.
bool is_listed_in_parts(std::string_view principal, std::vector<std::string_view> listed) {
  if (listed.size() > most_listed) listed.resize(most_listed);
  return std::ranges::any_of(elements_before_empty(principal),
                             [&](auto part) { return std::ranges::find(listed, part) != listed.end(); });
}

bool is_known_extension(std::string_view name, unsigned version) {
  constexpr std::array<std::string_view, 5> names = {"permit-X11-forwarding", "permit-agent-forwarding",
                                                     "permit-port-forwarding", "permit-pty", "permit-user-rc"};
  return std::ranges::find(names, name) != names.end() || (name == "no-touch-required" && version >= knows_touch);
}

CertificateOptionFault malformed(const CertificateOption& option, std::string why, std::string log) {
  return {option.name, false, std::move(why), std::move(log)};
}

CertificateOptionFault has_surplus(const CertificateOption& option) {
  return malformed(option, "there is more in it than belongs there",
                   fmt::format("Certificate option \"{}\" corrupt (extra data)", shown(option.name)));
}

using Fault = std::optional<CertificateOptionFault>;

Fault set_once(const CertificateOption& option, std::optional<std::string>& target) {
  if (option.data == Data::none || option.data == Data::other)
    return malformed(option, "its value cannot be read", fmt::format("Unable to parse \"{}\" section", option.name));
  if (target)
    return malformed(option, "it is there twice", fmt::format("Certificate has multiple {} options", option.name));
  target = option.value;
  return std::nullopt;
}

Fault judge_critical(const CertificateOption& option, unsigned version, CertificateRestrictions& restrictions) {
  if (option.name == "verify-required" && version >= knows_verify)
    return option.data == Data::none ? Fault() : has_surplus(option);
  const bool is_command = option.name == "force-command";
  if (is_command || option.name == "source-address") {
    auto fault = set_once(option, is_command ? restrictions.force_command : restrictions.source_address);
    if (!fault && !is_command && !is_network_list(option.value)) {
      fault = malformed(option, "addresses and networks, with commas and no blanks, are what it takes",
                        "Certificate source-address contents invalid");
    }
    return fault || option.data == Data::text ? fault : has_surplus(option);
  }
  const auto log = fmt::format("Certificate critical option \"{}\" is not supported", shown(option.name));
  return CertificateOptionFault{option.name, true, "this sshd does not know it", log};
}

Fault name_fault(const CertificateOption& option) {
  if (option.name.find('\0') == std::string::npos) return std::nullopt;
  return malformed(option, "its name has a NUL byte", "Unable to parse certificate options");
}

bool matches_principals_whole(const Certificate& certificate, const std::vector<std::string_view>& listed) {
  return std::ranges::any_of(listed, [&](auto element) { return has_principal(certificate, element); });
}

}  // namespace

AuthorityFault authority_fault(const Certificate& certificate, std::int64_t now, std::optional<std::string_view> name,
                               bool needs_principals) {
  const auto time = static_cast<std::uint64_t>(std::max<std::int64_t>(now, 0));
  if (!certificate.is_for_user) return AuthorityFault::for_host;
  if (time < certificate.valid_after) return AuthorityFault::not_yet;
  if (time >= certificate.valid_before) return AuthorityFault::expired;
  if (certificate.principals.empty()) return needs_principals ? AuthorityFault::no_principals : AuthorityFault::none;
  return !name || has_principal(certificate, *name) ? AuthorityFault::none : AuthorityFault::wrong_principal;
}

std::string_view authority_reason(AuthorityFault fault) {
  constexpr std::array<std::string_view, 6> reasons = {"",
                                                       "Certificate invalid: not a user certificate",
                                                       "Certificate invalid: not yet valid",
                                                       "Certificate invalid: expired",
                                                       "Certificate lacks principal list",
                                                       "Certificate invalid: name is not a listed principal"};
  return reasons.at(static_cast<std::size_t>(fault));
}

bool has_principal(const Certificate& certificate, std::string_view name) {
  return std::ranges::find(certificate.principals, name) != certificate.principals.end();
}

std::optional<bool> has_listed_principal(const Certificate& certificate, std::string_view list,
                                         const SshdFacts& facts) {
  const auto listed = elements_before_empty(list);
  const bool whole = matches_principals_whole(certificate, listed);
  const bool in_parts = std::ranges::any_of(
      certificate.principals, [&](const std::string& principal) { return is_listed_in_parts(principal, listed); });
  if (facts.whole_principals && facts.split_principals && whole != in_parts) return std::nullopt;
  return facts.whole_principals ? whole : in_parts;
}

CertificateOptions judge_certificate_options(const Certificate& certificate, unsigned version) {
  CertificateOptions judged;
  for (const auto& option : certificate.critical_options) {
    judged.fault = name_fault(option);
    if (!judged.fault) judged.fault = judge_critical(option, version, judged.restrictions);
    if (judged.fault) return judged;
  }
  for (const auto& option : certificate.extensions) {
    judged.fault = name_fault(option);
    const bool is_surplus = is_known_extension(option.name, version) && option.data != Data::none;
    if (!judged.fault && is_surplus) judged.fault = has_surplus(option);
    if (judged.fault) return judged;
  }
  return judged;
}

bool is_network_list(std::string_view list) {
  constexpr std::string_view allowed = "0123456789abcdefABCDEF.:/";
  return std::ranges::all_of(elements_of(list), [&](std::string_view element) {
    return element.size() <= longest_network && element.find_first_not_of(allowed) == std::string_view::npos &&
           parse_network(element).network;
  });
}

bool is_in_networks(std::string_view address, std::string_view list) {
  const auto tried = parse_ip_address(address);
  return tried && is_network_list(list) && std::ranges::any_of(elements_of(list), [&](std::string_view element) {
           return contains(*parse_network(element).network, *tried);
         });
}

}  // namespace sshaudit
