// SPDX-License-Identifier: MIT
#include "parse/address_list.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>

#include "parse/pattern.h"

namespace sshaudit {
namespace {

constexpr std::size_t longest_network = 63;
constexpr unsigned longest_prefix = 128;

std::optional<unsigned> parse_unsigned(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<IpAddress> parse_v4(std::string_view text) {
  // inet_aton(3) reads on behind a blank; getaddrinfo(3) does not.
  if (text.empty() || text.find_first_not_of("0123456789abcdefABCDEFxX.") != std::string_view::npos) {
    return std::nullopt;
  }
  in_addr parsed{};
  if (inet_aton(std::string(text).c_str(), &parsed) == 0) return std::nullopt;
  IpAddress address;
  const auto value = ntohl(parsed.s_addr);
  for (unsigned i = 0; i < 4; ++i) address.bytes.at(i) = static_cast<std::uint8_t>(value >> (24 - 8 * i));
  return address;
}

std::optional<IpAddress> parse_v6(std::string_view text) {
  IpAddress address;
  address.is_v6 = true;
  const auto percent = text.find('%');
  if (percent != std::string_view::npos) {
    const auto scope = parse_unsigned(text.substr(percent + 1));
    if (!scope) return std::nullopt;
    address.scope = *scope;
    text = text.substr(0, percent);
  }
  if (inet_pton(AF_INET6, std::string(text).c_str(), address.bytes.data()) != 1) return std::nullopt;
  return address;
}

bool same_bits(const IpAddress& one, const IpAddress& other, unsigned from, unsigned to) {
  for (unsigned bit = from; bit < to; ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80U >> (bit % 8));
    if (((one.bytes.at(bit / 8) ^ other.bytes.at(bit / 8)) & mask) != 0) return false;
  }
  return true;
}

}  // namespace

std::optional<IpAddress> parse_ip_address(std::string_view text) {
  return text.find(':') == std::string_view::npos ? parse_v4(text) : parse_v6(text);
}

std::string to_text(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(address.is_v6 ? AF_INET6 : AF_INET, address.bytes.data(), text.data(), text.size());
  return std::string(text.data()) + (address.scope == 0 ? "" : '%' + std::to_string(address.scope));
}

ParsedNetwork parse_network(std::string_view text) {
  if (text.size() > longest_network) return {};
  const auto slash = text.find('/');
  const auto address = parse_ip_address(text.substr(0, slash));
  std::optional<unsigned> prefix;
  if (slash != std::string_view::npos) {
    const auto digits = text.substr(slash + 1);
    prefix = parse_unsigned(digits);
    if (!prefix || *prefix > longest_prefix) return {};
  }
  if (!address) return {};
  const Network network{*address, prefix.value_or(address->width())};
  if (network.prefix > address->width()) return {std::nullopt, NetworkFault::inconsistent};
  IpAddress none = *address;
  none.bytes = {};
  if (!same_bits(*address, none, network.prefix, address->width())) return {std::nullopt, NetworkFault::inconsistent};
  return {network};
}

bool contains(const Network& network, const IpAddress& address) {
  return network.address.is_v6 == address.is_v6 && network.address.scope == address.scope &&
         same_bits(network.address, address, 0, network.prefix);
}

int matches_address_list(std::optional<std::string_view> address, std::string_view list) {
  std::optional<IpAddress> tried;
  if (address) {
    tried = parse_ip_address(*address);
    if (!tried) return 0;
  }
  int result = 0;
  while (true) {
    const auto comma = list.find(',');
    auto element = list.substr(0, comma);
    const bool negated = element.starts_with('!');
    if (negated) element.remove_prefix(1);
    if (element.empty()) return -2;
    const auto parsed = parse_network(element);
    if (!parsed.network && parsed.fault == NetworkFault::inconsistent) return -2;
    const bool matches =
        tried && (parsed.network ? contains(*parsed.network, *tried) : matches_pattern(*address, element));
    if (matches && negated) return -1;
    if (matches) result = 1;
    if (comma == std::string_view::npos) return result;
    list.remove_prefix(comma + 1);
  }
}

int matches_client(std::string_view host, std::string_view address, std::string_view list) {
  const int by_address = matches_address_list(address, list);
  if (by_address < 0) return by_address == -1 ? 0 : by_address;
  const int by_name = matches_pattern_list(lower_case(host), list, true);
  if (by_name < 0) return 0;
  return by_name > 0 || by_address > 0 ? 1 : 0;
}

bool is_address_list(std::string_view list, unsigned version) {
  if (matches_address_list(std::nullopt, list) != 0) return false;
  while (version >= 908 && !list.empty()) {
    auto element = list.substr(0, list.find(','));
    list.remove_prefix(std::min(element.size() + 1, list.size()));
    if (element.starts_with('!')) element.remove_prefix(1);
    const auto slash = std::min(element.find('/'), element.size());
    const auto prefix = parse_unsigned(element.substr(std::min(slash + 1, element.size())));
    if (prefix && *prefix > longest_prefix && parse_ip_address(element.substr(0, slash))) return false;
  }
  return true;
}

}  // namespace sshaudit
