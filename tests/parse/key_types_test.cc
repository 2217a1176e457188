// SPDX-License-Identifier: MIT
// The types of keys, and the sshds that know them. Source: OpenSSH sshkey.c; the readers of 7.9 to 10.4, built with DSA
// where that was the default, were run on keys of these types.
#include "parse/key_types.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "parse/sample_keys.h"

namespace sshaudit {
namespace {

// The versions between which an sshd knows the type, by its name.
struct TypeRow {
  std::string_view name;
  std::string_view plain;
  unsigned first;
  unsigned last;
};
constexpr unsigned always = 704;
constexpr unsigned newest = 1004;

const std::vector<TypeRow> rows = {
    {"ssh-ed25519", "ssh-ed25519", always, newest},
    {"ssh-rsa", "ssh-rsa", always, newest},
    {"rsa-sha2-256", "rsa-sha2-256", always, newest},
    {"rsa-sha2-512", "rsa-sha2-512", always, newest},
    {"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", always, newest},
    {"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384", always, newest},
    {"ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521", always, newest},
    {"ssh-dss", "ssh-dss", always, 907},
    {"sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519@openssh.com", 802, newest},
    {"sk-ecdsa-sha2-nistp256@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com", 802, newest},
    {"webauthn-sk-ecdsa-sha2-nistp256@openssh.com", "webauthn-sk-ecdsa-sha2-nistp256@openssh.com", 804, newest},
    {"ssh-mldsa44-ed25519@openssh.com", "ssh-mldsa44-ed25519@openssh.com", 1004, newest},
    {"ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519", always, newest},
    {"ssh-rsa-cert-v01@openssh.com", "ssh-rsa", always, newest},
    {"rsa-sha2-256-cert-v01@openssh.com", "ssh-rsa", 708, newest},
    {"rsa-sha2-512-cert-v01@openssh.com", "ssh-rsa", 708, newest},
    {"ssh-dss-cert-v01@openssh.com", "ssh-dss", always, 907},
    {"ecdsa-sha2-nistp256-cert-v01@openssh.com", "ecdsa-sha2-nistp256", always, newest},
    {"ecdsa-sha2-nistp384-cert-v01@openssh.com", "ecdsa-sha2-nistp384", always, newest},
    {"ecdsa-sha2-nistp521-cert-v01@openssh.com", "ecdsa-sha2-nistp521", always, newest},
    {"sk-ssh-ed25519-cert-v01@openssh.com", "sk-ssh-ed25519@openssh.com", 802, newest},
    {"sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com", 802, newest},
    {"ssh-mldsa44-ed25519-cert-v01@openssh.com", "ssh-mldsa44-ed25519@openssh.com", 1004, newest},
};

TEST(KeyTypes, AreKnownFromOneVersionToAnother) {
  EXPECT_EQ(key_types().size(), rows.size());
  for (const auto& row : rows) {
    const auto* type = find_key_type(row.name);
    ASSERT_NE(type, nullptr) << row.name;
    EXPECT_EQ(plain_type(*type).name, row.plain) << row.name;
    for (const unsigned version : {704U, 706U, 707U, 708U, 801U, 802U, 803U, 804U, 907U, 908U, 1003U, 1004U}) {
      EXPECT_EQ(is_known(*type, version), version >= row.first && version <= row.last) << row.name << ' ' << version;
    }
  }
  EXPECT_EQ(find_key_type(""), nullptr);
  EXPECT_EQ(find_key_type("SSH-RSA"), nullptr);
}

TEST(KeyTypes, AllHaveASampleKey) {
  std::set<std::string_view> sampled;
  for (const auto& sample : sample_keys) sampled.insert(sample.type);
  for (const auto& type : key_types()) {
    EXPECT_TRUE(sampled.contains(type.canonical)) << type.name;
    EXPECT_EQ(find_key_type(type.canonical)->canonical, type.canonical) << type.name;
  }
}

TEST(KeyTypes, HaveShortNamesUpTo76) {
  struct Row {
    std::string_view word;
    std::string_view name;  // none after 7.6
  };
  const std::vector<Row> words = {{"ED25519", "ssh-ed25519"},
                                  {"ed25519", "ssh-ed25519"},
                                  {"RSA", "ssh-rsa"},
                                  {"rsa", "ssh-rsa"},
                                  {"Dsa", "ssh-dss"},
                                  {"ECDSA", ""},
                                  {"RSA1", ""},
                                  {"ED25519-CERT", ""},
                                  {"", ""}};
  for (const auto& row : words) {
    const auto* type = key_type_of_word(row.word, 706);
    EXPECT_EQ(type == nullptr ? "" : type->name, row.name) << row.word;
    EXPECT_EQ(key_type_of_word(row.word, 707), nullptr) << row.word;
  }
  EXPECT_EQ(key_type_of_word("ssh-rsa", 707)->name, "ssh-rsa");
}

// Source: sshkey.c, sshkey_match_keyname_to_sigalgs.
TEST(KeyTypes, SignByTheNamesInAList) {
  struct Row {
    std::string_view type;
    std::string_view algorithms;
    bool may;
  };
  const std::vector<Row> lists = {
      {"ssh-rsa", "ssh-rsa", true},
      {"ssh-rsa", "rsa-sha2-512", true},
      {"ssh-rsa", "ssh-ed25519,rsa-sha2-256", true},
      {"ssh-rsa", "ssh-ed25519", false},
      {"ssh-rsa", "ssh-rsa-cert-v01@openssh.com", false},
      {"ssh-rsa-cert-v01@openssh.com", "rsa-sha2-512-cert-v01@openssh.com", true},
      {"ssh-rsa-cert-v01@openssh.com", "ssh-rsa", false},
      {"ssh-ed25519", "ssh-*", true},
      {"ssh-ed25519", "*", true},
      {"ssh-ed25519", "", false},
      {"ssh-ed25519", "!ssh-ed25519,*", false},
      {"sk-ecdsa-sha2-nistp256@openssh.com", "webauthn-sk-ecdsa-sha2-nistp256@openssh.com", true},
      {"sk-ecdsa-sha2-nistp256@openssh.com", "ecdsa-sha2-nistp256", false},
      {"no-such-type", "*", false},
  };
  for (const auto& row : lists) EXPECT_EQ(may_sign(row.type, row.algorithms), row.may) << row.type << row.algorithms;
}

}  // namespace
}  // namespace sshaudit
