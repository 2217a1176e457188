// SPDX-License-Identifier: MIT
// Numeric addresses, networks and the lists of them in sshd_config(5). Source: OpenSSH addr.c, addrmatch.c.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sshaudit {

struct IpAddress {
  bool is_v6 = false;
  std::array<std::uint8_t, 16> bytes{};  // the first four for IPv4
  std::uint32_t scope = 0;               // as a number: "fe80::1%2"

  unsigned width() const { return is_v6 ? 128 : 32; }  // in bits
  auto operator<=>(const IpAddress&) const = default;
};

// Any numeric form that getaddrinfo(3) takes with AI_NUMERICHOST, "10.1" and "0x0a000001" among them. Names of
// interfaces behind a % are not looked up.
std::optional<IpAddress> parse_ip_address(std::string_view text);

// In the usual form; IPv4-mapped IPv6 addresses stay what they are.
std::string to_text(const IpAddress& address);

struct Network {
  IpAddress address;
  unsigned prefix = 0;  // bits
};
enum class NetworkFault { no_network, inconsistent };  // something else than a network; host bits set, prefix too long

// "10.0.0.0/8", or an address alone. Either the network or what is wrong with it.
struct ParsedNetwork {
  std::optional<Network> network;
  NetworkFault fault = NetworkFault::no_network;
};
ParsedNetwork parse_network(std::string_view text);

bool contains(const Network& network, const IpAddress& address);

// A list with commas of networks, addresses and patterns, each possibly negated: 1 for a match, 0 for none, -1 when a
// negated element matches, -2 when the list is wrong (an empty element, host bits set). Without an address it is only
// checked.
int matches_address_list(std::optional<std::string_view> address, std::string_view list);

// The same for a client with a host name: 1 when the address or the name matches, 0 when neither does or a negated
// element matches one of them, -2 when the list is wrong. Without UseDNS the name is the address. Source: match.c,
// match_host_and_ip.
int matches_client(std::string_view host, std::string_view address, std::string_view list);

// Whether nothing is wrong with such a list, which may hold host names too (behind the @ of AllowUsers). `version` is a
// version_number(): from 9.8 on a prefix of more than 128 bits is wrong, before it makes the element a mere pattern.
bool is_address_list(std::string_view list, unsigned version);

}  // namespace sshaudit
