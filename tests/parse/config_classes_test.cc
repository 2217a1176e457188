// SPDX-License-Identifier: MIT
// The classes of connections that Match blocks tell apart: what is asked of the connection, not of the user. The first
// class is the one that no block names.
#include "parse/config_classes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "parse/address_list.h"
#include "parse/sshd_config.h"
#include "parse/sshd_version.h"

namespace sshaudit {
namespace {

using Texts = std::vector<std::string>;

SshdConfig config_of(const std::string& text, const std::string& sshd = "OpenSSH_9.2p1") {
  ConfigHost host;
  host.port_of = [](const std::string& name) { return name == "ssh" ? std::optional(22) : std::nullopt; };
  auto config = parse_sshd_config({"/c", text}, {}, host, parse_sshd_version(sshd).value());
  EXPECT_TRUE(config.faults.empty()) << text;
  return config;
}

std::string joined(const Texts& texts) {
  std::string all;
  for (const auto& text : texts) all += (all.empty() ? "" : "; ") + text;
  return all;
}

// What holds in each class, in order of the text.
Texts classes_of(const SshdConfig& config) {
  Texts classes;
  const SectionMatcher matcher(config, nullptr);
  EXPECT_TRUE(matcher.is_complete());
  for (const auto& one : matcher.classes()) classes.push_back(joined(one.holds));
  if (!classes.empty()) std::sort(classes.begin() + 1, classes.end());
  return classes;
}

struct Row {
  std::string text;
  Texts classes;  // the first one, then the others in order
};

const std::vector<Row> rows = {
    {"", {""}},
    {"Match User alice\nMatch Group staff\n", {""}},
    {"Match all\nPermitTTY no\n", {""}},
    {"Match Address 10.0.0.0/8\n", {"", "address 10.0.0.0/8"}},
    {"Match Address 10.0.0.0/8\nMatch Address 10.0.0.0/8 User a\n", {"", "address 10.0.0.0/8"}},
    {"Match Address 10.0.0.0/8\nMatch Address 10.1.0.0/16\n",
     {"", "address 10.0.0.0/8", "address 10.0.0.0/8; address 10.1.0.0/16"}},
    {"Match Address 10.0.0.0/8,192.168.0.0/16\n", {"", "address 10.0.0.0/8,192.168.0.0/16"}},
    // A network within a negated one, and what neither of them holds.
    {"Match Address !10.0.0.0/8,*\n", {"address !10.0.0.0/8,*", ""}},
    {"Match Address 10.0.0.0/8,!10.1.0.0/16\n", {"", "address 10.0.0.0/8,!10.1.0.0/16"}},
    {"Match Address 0.0.0.0/0\n", {"address 0.0.0.0/0", ""}},
    {"Match Address 0.0.0.0/0,::/0\n", {"address 0.0.0.0/0,::/0"}},
    {"Match Address 255.255.255.255\n", {"", "address 255.255.255.255"}},
    {"Match Address 2001:db8::/32\n", {"", "address 2001:db8::/32"}},
    {"Match Address ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff\n",
     {"", "address ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}},
    {"Match Address 10.*\n", {"", "address 10.*"}},
    {"Match Address 10.?.0.*\n", {"", "address 10.?.0.*"}},
    {"Match Address *\n", {"address *"}},
    // sshd has addresses in their usual form: this is none, and it has those of IPv6 too.
    {"Match Address 10.?\n", {""}},
    {"Match Address *.*\n", {"address *.*", ""}},
    // Networks side by side: the end of one is the begin of the other.
    {"Match Address 10.0.0.0/25\nMatch Address 10.0.0.128/25\n", {"", "address 10.0.0.0/25", "address 10.0.0.128/25"}},
    // Another port than those of Port is asked about too, for a service manager may listen on it.
    {"Port 22\nMatch LocalPort 2222\n", {"", "localport 2222"}},
    {"Match LocalPort ssh\n", {"localport ssh"}},
    {"Port 2222\nPort 22\nMatch LocalPort 22\n", {"", "localport 22"}},
    {"Match LocalAddress 198.51.100.1\n", {"", "localaddress 198.51.100.1"}},
    {"Match RDomain a*\n", {"", "rdomain a*"}},
    // Host: the address itself unless UseDNS finds a name.
    {"Match Host 10.0.0.1\n", {"", "host 10.0.0.1"}},
    {"Match Host *.example.org\n", {""}},
    {"UseDNS yes\nMatch Host *.example.org\n", {"", "host *.example.org"}},
    // Several criteria of one line hold together: a half of them makes no class of its own.
    {"Match Address 10.0.0.0/8 LocalPort 22\n", {"localport 22", "address 10.0.0.0/8; localport 22"}},
    {"Port 22\nPort 23\nMatch Address 10.0.0.0/8 LocalPort 23\n", {"", "address 10.0.0.0/8; localport 23"}},
    {"Match Address 10.0.0.0/8\nMatch LocalAddress 198.51.100.1\n",
     {"", "address 10.0.0.0/8", "address 10.0.0.0/8; localaddress 198.51.100.1", "localaddress 198.51.100.1"}},
};

TEST(ConnectionClasses, AreThoseThatMatchBlocksTellApart) {
  for (const auto& row : rows) EXPECT_EQ(classes_of(config_of(row.text)), row.classes) << row.text;
}

TEST(ConnectionClasses, DoNotNameTheVersionOrTheUser) {
  EXPECT_EQ(classes_of(config_of("Match Version *\nMatch Invalid-User\n", "OpenSSH_10.5p1")), Texts{""});
}

// Each sample is a connection that its class is true for: asked again, the same sections are reached.
TEST(ConnectionClasses, HaveSamplesOfTheirOwn) {
  for (const auto& row : rows) {
    const auto config = config_of(row.text);
    const SectionMatcher matcher(config, nullptr);
    const auto reached = matcher.reached(matcher.fitting("alice", {"staff"}));
    ASSERT_EQ(reached.size(), matcher.classes().size());
    std::set<std::vector<bool>> different;
    for (std::size_t i = 0; i < reached.size(); ++i) {
      auto connection = matcher.classes()[i].sample;
      EXPECT_FALSE(connection.user);
      EXPECT_TRUE(parse_ip_address(connection.address.value_or("")));
      connection.user = "alice";
      connection.groups = {"staff"};
      EXPECT_EQ(reached[i], reached_sections(config, connection)) << row.text << i;
      different.insert(reached[i]);
    }
  }
}

// The borders of networks: every address in them and next to them is in the class of one sample.
TEST(ConnectionClasses, LeaveNoAddressOut) {
  const auto config = config_of(
      "Match Address 10.0.0.0/30\nMatch Address 10.0.0.2/31\nMatch Address 10.0.0.5\nMatch Address *,!10.0.0.4/30\n");
  const SectionMatcher matcher(config, nullptr);
  std::set<std::vector<bool>> known;
  for (auto& one : matcher.reached(matcher.fitting("alice", {}))) known.insert(std::move(one));
  for (const auto* address : {"9.255.255.255", "10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5",
                              "10.0.0.6", "10.0.0.7", "10.0.0.8", "255.255.255.255", "0.0.0.0", "::1"}) {
    Connection connection{.user = "alice", .address = address, .local_address = "192.0.2.1", .local_port = 22};
    EXPECT_TRUE(known.contains(reached_sections(config, connection))) << address;
  }
}

TEST(ConnectionClasses, ReachWhatFitsTheUserToo) {
  const auto config = config_of(
      "Match User alice\nMatch Group staff,!wheel\nMatch User bob Address 10.0.0.0/8\nMatch Address 10.0.0.0/8\n");
  const SectionMatcher matcher(config, nullptr);
  ASSERT_EQ(matcher.classes().size(), 2U);
  EXPECT_TRUE(matcher.asks_for_groups());
  struct UserRow {
    std::string user;
    Texts groups;
    std::vector<bool> elsewhere;
    std::vector<bool> in_network;
  };
  const std::vector<UserRow> users = {
      {"alice", {}, {false, true, false, false, false}, {false, true, false, false, true}},
      {"alice", {"staff"}, {false, true, true, false, false}, {false, true, true, false, true}},
      {"alice", {"staff", "wheel"}, {false, true, false, false, false}, {false, true, false, false, true}},
      {"bob", {"users"}, {false, false, false, false, false}, {false, false, false, true, true}},
  };
  for (const auto& row : users) {
    const auto reached = matcher.reached(matcher.fitting(row.user, row.groups));
    EXPECT_EQ(reached, (std::vector<std::vector<bool>>{row.elsewhere, row.in_network})) << row.user;
  }
  EXPECT_FALSE(SectionMatcher(config_of("Match User a\n"), nullptr).asks_for_groups());
}

TEST(ConnectionClasses, AreOneForAGivenConnection) {
  const auto config = config_of("Match Address 10.0.0.0/8\nMatch LocalPort 22\n");
  const Connection given{.address = "10.1.1.1", .local_port = 22};
  const SectionMatcher matcher(config, &given);
  ASSERT_EQ(matcher.classes().size(), 1U);
  EXPECT_EQ(joined(matcher.classes()[0].holds), "address 10.0.0.0/8; localport 22");
  EXPECT_EQ(matcher.classes()[0].sample.address, "10.1.1.1");
}

// A section of an included file is not reached where the Match that its Include is in does not hold.
TEST(ConnectionClasses, RespectTheMatchAroundAnInclude) {
  ConfigHost host;
  host.include = [](const std::string&) -> Result<std::vector<ConfigFile>> {
    return std::vector<ConfigFile>{{"/i", "Match User alice\nPermitTTY no\n"}};
  };
  const auto config = parse_sshd_config({"/c", "Match Address 10.0.0.0/8\nInclude i\n"}, {}, host,
                                        parse_sshd_version("OpenSSH_9.2p1").value());
  ASSERT_EQ(config.sections.size(), 3U);
  const SectionMatcher matcher(config, nullptr);
  const auto reached = matcher.reached(matcher.fitting("alice", {}));
  EXPECT_EQ(reached, (std::vector<std::vector<bool>>{{false, false, false}, {false, true, true}}));
}

std::string many_blocks(int count, bool different) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    const auto network = "10." + std::to_string(i / 250 % 250) + "." + std::to_string(i % 250) + ".0/24";
    text += "Match Address " + (different ? network : std::string("10.0.0.0/8")) + "\n";
  }
  return text;
}

TEST(ConnectionClasses, AreNotWithoutEnd) {
  EXPECT_TRUE(SectionMatcher(config_of(many_blocks(50, true)), nullptr).is_complete());
  EXPECT_FALSE(SectionMatcher(config_of(many_blocks(1000, true)), nullptr).is_complete());
  const auto config = config_of(many_blocks(5000, true));
  const SectionMatcher matcher(config, nullptr);
  EXPECT_FALSE(matcher.is_complete());
  EXPECT_LT(matcher.classes().size(), 1000U);
  EXPECT_EQ(matcher.classes().front().holds, Texts{});
  const auto alike = config_of(many_blocks(5000, false));
  EXPECT_LE(SectionMatcher(alike, nullptr).classes().size(), 2U);
}

}  // namespace
}  // namespace sshaudit
