// SPDX-License-Identifier: MIT
// Addresses, networks and lists of them. The expected answers are those of addr_pton_cidr() and addr_match_list() of
// OpenSSH 8.4 (addrmatch.c) and 10.5 (addr.c, addrmatch.c), compiled and run on these rows with the C library's
// getaddrinfo(3).
#include "parse/address_list.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace sshaudit {
namespace {

struct AddressRow {
  std::string text;
  std::string canonical;  // empty: no address
};

// getaddrinfo(3) with AI_NUMERICHOST, as addr_pton() asks it, and inet_ntop(3).
const std::vector<AddressRow> address_rows = {
    {"192.0.2.1", "192.0.2.1"},
    {"10.1", "10.0.0.1"},
    {"10", "0.0.0.10"},
    {"0x0a000001", "10.0.0.1"},
    {"010.0.0.1", "8.0.0.1"},
    {"4294967295", "255.255.255.255"},
    {"::", "::"},
    {"::1", "::1"},
    {"2001:DB8:0:0::1", "2001:db8::1"},
    {"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
    {"fe80::1%1", "fe80::1%1"},
    {"", ""},
    {"256.0.0.1", ""},
    {"1.2.3.4.5", ""},
    {"192.0.2.1 ", ""},
    {" 192.0.2.1", ""},
    {"192.0.2.x", ""},
    {"1:2:3:4:5:6:7:8:9", ""},
    {":::", ""},
    {"[::1]", ""},
    {"localhost", ""},
    {"*", ""},
};

TEST(IpAddress, IsReadAsGetaddrinfoReadsIt) {
  for (const auto& row : address_rows) {
    const auto address = parse_ip_address(row.text);
    EXPECT_EQ(address ? to_text(*address) : "", row.canonical) << row.text;
  }
}

constexpr int no_network = -1;
constexpr int inconsistent = -2;

struct NetworkRow {
  std::string text;
  int answer;  // length of the prefix, or what addr_pton_cidr() returns
};

const std::vector<NetworkRow> network_rows = {
    {"10.0.0.0/8", 8},
    {"10.1.0.0/8", inconsistent},
    {"10.0.0.0/0", inconsistent},
    {"0.0.0.0/0", 0},
    {"192.0.2.1", 32},
    {"192.0.2.1/32", 32},
    {"192.0.2.1/33", inconsistent},
    {"192.0.2.1/31", inconsistent},
    {"192.0.2.128/25", 25},
    {"10/8", inconsistent},
    {"2001:db8::/32", 32},
    {"2001:db8::1/32", inconsistent},
    {"::/0", 0},
    {"::1", 128},
    {"::1/128", 128},
    {"10.0.0.0/", no_network},
    {"10.0.0.0/x", no_network},
    {"10.0.0.0/8x", no_network},
    {"10.0.0.0/8/8", no_network},
    {"10.0.0.0/08", 8},
    {"/8", no_network},
    {"10.*", no_network},
    {"host.example.org", no_network},
    {"", no_network},
    {std::string(63, ':'), no_network},
    {std::string(64, ':'), no_network},
};

TEST(Network, IsReadAsInSshd) {
  for (const auto& row : network_rows) {
    const auto parsed = parse_network(row.text);
    const int fault = parsed.fault == NetworkFault::inconsistent ? inconsistent : no_network;
    EXPECT_EQ(parsed.network ? static_cast<int>(parsed.network->prefix) : fault, row.answer) << row.text;
  }
}

TEST(Network, ContainsWhatItsPrefixSays) {
  struct Row {
    std::string network;
    std::string address;
    bool contains;
  };
  const std::vector<Row> rows = {
      {"10.0.0.0/8", "10.255.255.255", true},
      {"10.0.0.0/8", "11.0.0.0", false},
      {"10.0.0.0/8", "9.255.255.255", false},
      {"0.0.0.0/0", "255.255.255.255", true},
      {"0.0.0.0/0", "::1", false},
      {"::/0", "10.0.0.1", false},
      {"192.0.2.1", "192.0.2.1", true},
      {"192.0.2.1", "192.0.2.2", false},
      {"192.0.2.0/25", "192.0.2.127", true},
      {"192.0.2.0/25", "192.0.2.128", false},
      {"2001:db8::/33", "2001:db8:7fff::", true},
      {"2001:db8::/33", "2001:db8:8000::", false},
      {"fe80::/10", "fe80::1%1", false},
      {"fe80::1%1", "fe80::1%1", true},
  };
  for (const auto& row : rows) {
    const auto network = parse_network(row.network).network;
    const auto address = parse_ip_address(row.address);
    ASSERT_TRUE(network && address) << row.network << " " << row.address;
    EXPECT_EQ(contains(*network, *address), row.contains) << row.network << " " << row.address;
  }
}

struct ListRow {
  std::optional<std::string> address;
  std::string list;
  int answer;
};

// addr_match_list()
const std::vector<ListRow> list_rows = {
    {"192.0.2.1", "192.0.2.1", 1},
    {"192.0.2.1", "192.0.2.0/24", 1},
    {"192.0.2.1", "10.0.0.0/8,192.0.2.0/24", 1},
    {"192.0.2.1", "10.0.0.0/8", 0},
    {"192.0.2.1", "!192.0.2.1,*", -1},
    {"192.0.2.1", "*,!192.0.2.1", -1},
    {"192.0.2.1", "!10.0.0.0/8", 0},
    {"192.0.2.1", "192.0.2.*", 1},
    {"192.0.2.1", "192.0.2.?", 1},
    {"192.0.2.1", "192.0.2", 0},
    {"192.0.2.1", "0xc0000201", 1},
    {"192.0.2.1", "host.example.org", 0},
    {"192.0.2.1", "10.0.0.0/8/8,*", 1},
    {"192.0.2.1", "", -2},
    {"192.0.2.1", ",192.0.2.1", -2},
    {"192.0.2.1", "192.0.2.1,", -2},
    {"192.0.2.1", "!", -2},
    {"192.0.2.1", "192.0.2.1/24", -2},
    {"192.0.2.1", "192.0.2.1,10.0.0.1/8", -2},
    {"192.0.2.1", "!192.0.2.1,10.0.0.1/8", -1},
    {"192.0.2.1", "192.0.2.1/64", -2},
    {"::1", "::/0", 1},
    {"::1", "0.0.0.0/0,*:1", 1},
    {"::ffff:192.0.2.1", "192.0.2.1", 0},
    {"2001:DB8::1", "2001:db8::1", 1},
    {"2001:DB8::1", "2001:db8::*", 0},
    {"UNKNOWN", "*", 0},
    {"UNKNOWN", "10.0.0.1/8", 0},
    {std::nullopt, "10.0.0.0/8,!*", 0},
    {std::nullopt, "10.0.0.1/8", -2},
    {std::nullopt, "10.0.0.0/8,", -2},
};

TEST(AddressList, MatchesAsInSshd) {
  for (const auto& row : list_rows) {
    EXPECT_EQ(matches_address_list(row.address, row.list), row.answer)
        << row.address.value_or("none") << " " << row.list;
    if (!row.address) {
      EXPECT_EQ(is_address_list(row.list, 902), row.answer == 0) << row.list;
    }
  }
}

TEST(AddressList, OfAnyLengthIsRead) {
  std::string list;
  for (int i = 0; i < 20'000; ++i) list += "10.0.0.0/8,";
  EXPECT_EQ(matches_address_list("192.0.2.1", list + "192.0.2.0/24"), 1);
  EXPECT_EQ(matches_address_list("192.0.2.1", std::string(100'000, '*')), 1);
  EXPECT_EQ(matches_address_list("192.0.2.1", std::string(100'000, '1')), 0);
  EXPECT_EQ(matches_address_list(std::nullopt, std::string(100'000, ',')), -2);
}

}  // namespace
}  // namespace sshaudit
