// SPDX-License-Identifier: MIT
#include "parse/sshd_settings.h"

#include <gtest/gtest.h>

#include <vector>

namespace sshaudit {
namespace {

TEST(SshdSettings, TakesWhatBearsOnAKeyLogin) {
  Settings expected;
  expected.strict_modes = false;
  expected.use_pam = true;
  expected.pubkey_authentication = false;
  expected.authorized_keys_file = {"/etc/ssh/keys/%u", ".ssh/authorized_keys"};
  expected.chroot_directory = "/srv/%u";
  expected.force_command = "internal-sftp -l INFO";
  const auto settings = parse_sshd_settings(
      "port 22\nusepam yes\nstrictmodes no\npubkeyauthentication no\nchrootdirectory /srv/%u\n"
      "forcecommand internal-sftp -l INFO\nauthorizedkeysfile /etc/ssh/keys/%u .ssh/authorized_keys\n");
  ASSERT_TRUE(settings.has_value());
  EXPECT_EQ(*settings, expected);
}

TEST(SshdSettings, KeywordsMayBeMixedCaseAndValuesNone) {
  const auto settings =
      parse_sshd_settings("StrictModes yes\nPubkeyAuthentication yes\nChrootDirectory none\nForceCommand none\n");
  ASSERT_TRUE(settings.has_value());
  EXPECT_EQ(*settings, Settings{});
}

TEST(SshdSettings, OtherTextIsAnError) {
  EXPECT_FALSE(parse_sshd_settings("").has_value());
  EXPECT_FALSE(parse_sshd_settings("sshd: no hostkeys available -- exiting.\n").has_value());
}

TEST(ConfigScan, SeesMatchAndInclude) {
  struct Row {
    const char* text;
    ConfigMentions mentions;
  };
  const std::vector<Row> rows = {
      {"", {}},
      {"# Match User x\nPort 22\n", {}},
      {"Match all\n", {}},
      {"match User alice\n", {{}, true, false}},
      {"  Match Group=sftp User bob\n", {{}, true, false}},
      {"Match User a Address 10.0.0.0/8\n", {{}, true, true}},
      {"MATCH LocalPort 2222\r\n", {{}, true, true}},
      {"Include /etc/ssh/sshd_config.d/*.conf \"b.conf\"\n",
       {{"/etc/ssh/sshd_config.d/*.conf", "b.conf"}, false, false}},
  };
  for (const auto& row : rows) EXPECT_EQ(scan_sshd_config(row.text), row.mentions) << row.text;
}

}  // namespace
}  // namespace sshaudit
