// SPDX-License-Identifier: MIT
#include "parse/sshd_version.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sshaudit {
namespace {

TEST(SshdVersion, IsReadFromWhatSshPrints) {
  struct Row {
    std::string text;
    SshdVersion version;
  };
  const std::vector<Row> rows = {
      {"OpenSSH_9.2p1 Debian-2+deb12u3, OpenSSL 3.0.17 1 Jul 2025",
       {"OpenSSH_9.2p1 Debian-2+deb12u3", 9, 2, Vendor::debian}},
      {"OpenSSH_9.6p1 Ubuntu-3ubuntu13.5, OpenSSL 3.0.13", {"OpenSSH_9.6p1 Ubuntu-3ubuntu13.5", 9, 6, Vendor::ubuntu}},
      {"OpenSSH_10.0p2 Debian-7, OpenSSL 3.5.1", {"OpenSSH_10.0p2 Debian-7", 10, 0, Vendor::debian}},
      {"OpenSSH_7.4p1, OpenSSL 1.0.2k-fips  26 Jan 2017", {"OpenSSH_7.4p1", 7, 4, Vendor::upstream}},
      {"OpenSSH_8.7p1\n", {"OpenSSH_8.7p1", 8, 7, Vendor::upstream}},
      {"OpenSSH_9.9", {"OpenSSH_9.9", 9, 9, Vendor::upstream}},
  };
  for (const auto& row : rows) {
    const auto version = parse_sshd_version(row.text);
    ASSERT_TRUE(version.has_value()) << row.text;
    EXPECT_EQ(*version, row.version) << row.text;
  }
}

TEST(SshdVersion, IsNotReadFromOtherText) {
  for (const auto* text : {"", "OpenSSH", "OpenSSH_", "OpenSSH_x", "OpenSSH_9", "OpenSSH_9.", "OpenSSH_-1.2",
                           "dropbear_2022.83", " OpenSSH_9.2p1"}) {
    EXPECT_FALSE(parse_sshd_version(text).has_value()) << text;
  }
}

TEST(SshdVersion, IsFoundInAProgram) {
  using namespace std::string_literals;
  const auto program =
      "\x7f"
      "ELF\0\0OpenSSH_2.*,OpenSSH_3.0*\0OpenSSH_7.4*\0OpenSSH_9.2\0OpenSSH_9.2p1 Debian-2+deb12u10\0OpenSSH_9.2p1\0"s;
  ASSERT_TRUE(find_sshd_version(program).has_value());
  EXPECT_EQ(find_sshd_version(program)->text, "OpenSSH_9.2p1 Debian-2+deb12u10");
  EXPECT_FALSE(find_sshd_version("xOpenSSH_9.2p1"s).has_value());
  EXPECT_FALSE(find_sshd_version(""s).has_value());
}

TEST(OsRelease, TellsVendorAndVersion) {
  struct Row {
    std::string text;
    Vendor vendor;
    std::string sshd;
  };
  const std::vector<Row> rows = {
      {"ID=debian\nVERSION_ID=\"12\"\n", Vendor::debian, "9.2p1"},
      {"PRETTY_NAME=\"Debian GNU/Linux trixie/sid\"\nID=debian\n", Vendor::debian, ""},
      {"ID=ubuntu\nID_LIKE=debian\nVERSION_ID=\"24.04\"\n", Vendor::ubuntu, "9.6p1"},
      {"ID=\"rhel\"\nVERSION_ID=\"9.4\"\nID_LIKE=\"fedora\"\n", Vendor::rhel, "8.7p1"},
      {"ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\nVERSION_ID=\"8.10\"\n", Vendor::rhel, "8.0p1"},
      {"ID=fedora\nVERSION_ID=42\n", Vendor::rhel, ""},
      {"ID=linuxmint\nID_LIKE=\"ubuntu debian\"\nVERSION_ID=\"21\"\n", Vendor::debian, ""},
      {"ID=alpine\nVERSION_ID=3.20.0\n", Vendor::upstream, ""},
      {"", Vendor::upstream, ""},
  };
  for (const auto& row : rows) {
    const auto release = parse_os_release(row.text);
    EXPECT_EQ(release.vendor, row.vendor) << row.text;
    EXPECT_EQ(release.sshd, row.sshd) << row.text;
  }
}

TEST(SshdFacts, ChangeWithTheVersion) {
  struct Row {
    std::string version;
    bool private_groups, expands_uid, globs_key_files, logs_open_failures;
  };
  const std::vector<Row> rows = {
      {"OpenSSH_7.4p1", false, false, false, false},        {"OpenSSH_7.7p1", false, false, false, false},
      {"OpenSSH_7.8p1", false, true, false, false},         {"OpenSSH_9.0p1", false, true, false, false},
      {"OpenSSH_9.1p1", false, true, false, true},          {"OpenSSH_9.2p1 Debian-2", true, true, false, true},
      {"OpenSSH_8.9p1 Ubuntu-3", true, true, false, false}, {"OpenSSH_9.9p1", false, true, false, true},
      {"OpenSSH_10.0p2", false, true, true, true},
  };
  for (const auto& row : rows) {
    const auto facts = facts_of(*parse_sshd_version(row.version));
    EXPECT_EQ(facts.private_groups, row.private_groups) << row.version;
    EXPECT_EQ(facts.expands_uid, row.expands_uid) << row.version;
    EXPECT_EQ(facts.globs_key_files, row.globs_key_files) << row.version;
    EXPECT_EQ(facts.logs_open_failures, row.logs_open_failures) << row.version;
  }
}

// CVE-2026-35414: mended upstream in 10.3, in Debian 12 with deb12u10; elsewhere it is not known.
TEST(SshdFacts, TellWhoComparesPrincipalsWhole) {
  struct Row {
    std::string version;
    bool whole, split;
  };
  const std::vector<Row> rows = {
      {"OpenSSH_10.2p1", false, true},
      {"OpenSSH_10.3p1", true, false},
      {"OpenSSH_9.2p1 Debian-2+deb12u9", false, true},
      {"OpenSSH_9.2p1 Debian-2+deb12u10", true, false},
      {"OpenSSH_10.0p2 Debian-7", true, true},
      {"OpenSSH_9.6p1 Ubuntu-3ubuntu13", true, true},
  };
  for (const auto& row : rows) {
    const auto facts = facts_of(*parse_sshd_version(row.version));
    EXPECT_EQ(facts.whole_principals, row.whole) << row.version;
    EXPECT_EQ(facts.split_principals, row.split) << row.version;
  }
}

}  // namespace
}  // namespace sshaudit
