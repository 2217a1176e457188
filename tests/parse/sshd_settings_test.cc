// SPDX-License-Identifier: MIT
#include "parse/sshd_settings.h"

#include <gtest/gtest.h>

#include "parse/sshd_config.h"

namespace sshaudit {
namespace {

EffectiveConfig read(const std::string& text) {
  const auto config = parse_sshd_config({"/c", text}, {}, {}, {"", 9, 2, Vendor::upstream});
  return evaluate(config, reached_sections(config, {.user = "alice"})).settings;
}

TEST(SshdSettings, TakesWhatBearsOnAKeyLogin) {
  Settings expected;
  expected.strict_modes = false;
  expected.use_pam = true;
  expected.pubkey_authentication = false;
  expected.permit_root_login = "forced-commands-only";
  expected.authorized_keys_file = {"/etc/ssh/keys/%u", ".ssh/authorized_keys"};
  expected.authorized_keys_command = "/bin/keys %u";
  expected.authorized_keys_command_user = "nobody";
  expected.authentication_methods = {"publickey,password", "hostbased"};
  expected.no_method_left = true;  // both lists hold a method that is switched off
  expected.revoked_keys = {"/r"};
  const auto initial = settings_of(read(""));
  EXPECT_TRUE(initial.pubkey_accepted_algorithms.starts_with("ssh-ed25519-cert-v01@openssh.com,"));
  expected.pubkey_accepted_algorithms = initial.pubkey_accepted_algorithms;
  expected.ca_signature_algorithms = "ssh-ed25519";
  expected.required_rsa_size = 3072;
  expected.use_dns = true;
  expected.trusted_user_ca_keys = "/ca";
  expected.chroot_directory = "/srv/%u";
  expected.force_command = "internal-sftp -l INFO";
  EXPECT_EQ(
      settings_of(read("StrictModes no\nUsePAM yes\nPubkeyAuthentication no\nPermitRootLogin forced-commands-only\n"
                       "AuthorizedKeysFile /etc/ssh/keys/%u .ssh/authorized_keys\n"
                       "AuthorizedKeysCommand /bin/keys %u\nAuthorizedKeysCommandUser nobody\n"
                       "AuthenticationMethods publickey,password hostbased\nRevokedKeys /r\n"
                       "TrustedUserCAKeys /ca\nChrootDirectory /srv/%u\nForceCommand internal-sftp -l INFO\n"
                       "CASignatureAlgorithms ssh-ed25519\nRequiredRSASize 3072\nUseDNS yes\n")),
      expected);
  Settings otherwise;
  otherwise.pubkey_accepted_algorithms = initial.pubkey_accepted_algorithms;
  otherwise.ca_signature_algorithms = initial.ca_signature_algorithms;
  otherwise.required_rsa_size = 1024;
  EXPECT_EQ(initial, otherwise);
}

TEST(SshdSettings, ListsWithADisabledMethodDoNotCount) {
  const auto settings = settings_of(read("AuthenticationMethods publickey,hostbased publickey,password\n"));
  EXPECT_EQ(settings.authentication_methods, std::vector<std::string>{"publickey,password"});
  EXPECT_FALSE(settings.no_method_left);
}

// It is a command for sshd, which then lists no principals.
TEST(SshdSettings, PrincipalsCommandNoneThatIsWrittenOutIsKept) {
  EXPECT_EQ(settings_of(read("")).authorized_principals_command, "");
  EXPECT_EQ(settings_of(read("AuthorizedPrincipalsCommand none\n")).authorized_principals_command, "none");
  EXPECT_EQ(settings_of(read("Match User alice\nAuthorizedPrincipalsFile none\n")).authorized_principals_file, "none");
  EXPECT_EQ(settings_of(read("AuthorizedPrincipalsFile none\n")).authorized_principals_file, "");
}

// sshd_config(5): "none" is understood outside of Match blocks; inside it is the name of a file.
TEST(SshdSettings, RevokedKeysNoneInAMatchBlockIsAFile) {
  EXPECT_TRUE(settings_of(read("RevokedKeys none\n")).revoked_keys.empty());
  EXPECT_EQ(settings_of(read("Match User alice\nRevokedKeys none\n")).revoked_keys, std::vector<std::string>{"none"});
}

std::string text_of(const EffectiveConfig& config) {
  std::string text;
  for (const auto& setting : config) {
    if (setting.one_line && !setting.values.empty()) text += setting.keyword;
    for (const auto& value : setting.values) {
      text += (setting.one_line ? " " : setting.keyword + " ") + value.text + (setting.one_line ? "" : "\n");
    }
    if (setting.one_line && !setting.values.empty()) text += "\n";
  }
  return text;
}

TEST(SshdSettings, SshdsWordCountsWhereItDiffers) {
  const auto mine = read("AllowUsers a b\nUsePAM yes\n");
  auto text = text_of(mine);
  EXPECT_TRUE(check_against_sshd(mine, text)->differences.empty());
  text.replace(text.find("usepam yes"), 10, "UsePAM no");
  const auto checked = check_against_sshd(mine, text + "allowusers c\n");
  ASSERT_TRUE(checked.has_value());
  const std::vector<ConfigDifference> expected = {{"usepam", "yes", "no", ""}, {"allowusers", "a b", "a b c", ""}};
  EXPECT_EQ(checked->differences, expected);
  EXPECT_FALSE(settings_of(checked->settings).use_pam);
  EXPECT_EQ(values_of(checked->settings, "allowusers").size(), 3U);
  EXPECT_FALSE(check_against_sshd(mine, "sshd: no hostkeys available -- exiting.\n").has_value());
}

}  // namespace
}  // namespace sshaudit
