// SPDX-License-Identifier: MIT
// The expectations for released versions are what sshd -T printed (8.9 and later, built) or what the functions of
// OpenSSH's own sources returned (every version, compiled alone); for updates of Debian 12, what its changelog says.
#include "parse/algorithm_names.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sshaudit {
namespace {

using enum AlgorithmList;

const std::string fatal = "sshd does not start";

struct Row {
  int major;
  int minor;
  std::string argument;
  std::string expected;
};

SshdVersion upstream(int major, int minor) { return {"", major, minor, Vendor::upstream}; }

SshdVersion debian_12(const std::string& package) { return {"OpenSSH_9.2p1 Debian-" + package, 9, 2, Vendor::debian}; }

// As `sshd -T` does it: checked, assembled at the start, and assembled again from what came of that.
std::string assembled(const std::string& argument, AlgorithmList list, const SshdVersion& version) {
  if (!argument.empty() && !key_algorithms_valid(argument, list, version)) return fatal;
  const auto once = assembled_key_algorithms(argument, list, version);
  return once ? assembled_key_algorithms(*once, list, version).value_or(fatal) : fatal;
}

void expect_lists(const std::vector<Row>& rows, AlgorithmList list) {
  for (const auto& row : rows) {
    const auto version = upstream(row.major, row.minor);
    const auto shown = std::to_string(row.major) + "." + std::to_string(row.minor) + " " + row.argument;
    EXPECT_EQ(assembled(row.argument, list, version), row.expected) << shown;
  }
}

const std::string keys_7_4 =
    "ecdsa-sha2-nistp256-cert-v01@openssh.com,ecdsa-sha2-nistp384-cert-v01@openssh.com,"
    "ecdsa-sha2-nistp521-cert-v01@openssh.com,ssh-ed25519-cert-v01@openssh.com,ssh-rsa-cert-v01@openssh.com,"
    "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,ssh-ed25519,rsa-sha2-512,rsa-sha2-256,ssh-rsa";
const std::string keys_8_0 =
    "ecdsa-sha2-nistp256-cert-v01@openssh.com,ecdsa-sha2-nistp384-cert-v01@openssh.com,"
    "ecdsa-sha2-nistp521-cert-v01@openssh.com,ssh-ed25519-cert-v01@openssh.com,rsa-sha2-512-cert-v01@openssh.com,"
    "rsa-sha2-256-cert-v01@openssh.com,ssh-rsa-cert-v01@openssh.com,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,"
    "ecdsa-sha2-nistp521,ssh-ed25519,rsa-sha2-512,rsa-sha2-256,ssh-rsa";
const std::string keys_8_4 =
    "ecdsa-sha2-nistp256-cert-v01@openssh.com,ecdsa-sha2-nistp384-cert-v01@openssh.com,"
    "ecdsa-sha2-nistp521-cert-v01@openssh.com,sk-ecdsa-sha2-nistp256-cert-v01@openssh.com,"
    "ssh-ed25519-cert-v01@openssh.com,sk-ssh-ed25519-cert-v01@openssh.com,rsa-sha2-512-cert-v01@openssh.com,"
    "rsa-sha2-256-cert-v01@openssh.com,ssh-rsa-cert-v01@openssh.com,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,"
    "ecdsa-sha2-nistp521,sk-ecdsa-sha2-nistp256@openssh.com,ssh-ed25519,sk-ssh-ed25519@openssh.com,rsa-sha2-512,"
    "rsa-sha2-256,ssh-rsa";
const std::string keys_8_7 =
    "ssh-ed25519-cert-v01@openssh.com,ecdsa-sha2-nistp256-cert-v01@openssh.com,"
    "ecdsa-sha2-nistp384-cert-v01@openssh.com,ecdsa-sha2-nistp521-cert-v01@openssh.com,"
    "sk-ssh-ed25519-cert-v01@openssh.com,sk-ecdsa-sha2-nistp256-cert-v01@openssh.com,"
    "rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com,ssh-rsa-cert-v01@openssh.com,ssh-ed25519,"
    "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,sk-ssh-ed25519@openssh.com,"
    "sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-512,rsa-sha2-256,ssh-rsa";
const std::string keys_9_2 =
    "ssh-ed25519-cert-v01@openssh.com,ecdsa-sha2-nistp256-cert-v01@openssh.com,"
    "ecdsa-sha2-nistp384-cert-v01@openssh.com,ecdsa-sha2-nistp521-cert-v01@openssh.com,"
    "sk-ssh-ed25519-cert-v01@openssh.com,sk-ecdsa-sha2-nistp256-cert-v01@openssh.com,"
    "rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com,ssh-ed25519,ecdsa-sha2-nistp256,"
    "ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com,"
    "rsa-sha2-512,rsa-sha2-256";
const std::string keys_10_5 =
    "ssh-ed25519-cert-v01@openssh.com,ecdsa-sha2-nistp256-cert-v01@openssh.com,"
    "ecdsa-sha2-nistp384-cert-v01@openssh.com,ecdsa-sha2-nistp521-cert-v01@openssh.com,"
    "sk-ssh-ed25519-cert-v01@openssh.com,sk-ecdsa-sha2-nistp256-cert-v01@openssh.com,"
    "webauthn-sk-ecdsa-sha2-nistp256-cert-v01@openssh.com,rsa-sha2-512-cert-v01@openssh.com,"
    "rsa-sha2-256-cert-v01@openssh.com,ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
    "sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com,webauthn-sk-ecdsa-sha2-nistp256@openssh.com,"
    "rsa-sha2-512,rsa-sha2-256";

const std::string ca_8_0 =
    "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,ssh-ed25519,rsa-sha2-512,rsa-sha2-256,ssh-rsa";
const std::string ca_8_4 =
    "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,sk-ecdsa-sha2-nistp256@openssh.com,ssh-ed25519,"
    "sk-ssh-ed25519@openssh.com,rsa-sha2-512,rsa-sha2-256";
const std::string ca_9_2 =
    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,sk-ssh-ed25519@openssh.com,"
    "sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-512,rsa-sha2-256";
const std::string ca_10_5 =
    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,sk-ssh-ed25519@openssh.com,"
    "sk-ecdsa-sha2-nistp256@openssh.com,webauthn-sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-512,rsa-sha2-256";

TEST(KeyAlgorithms, DefaultsOfEachVersion) {
  struct Default {
    SshdVersion version;
    std::string keys;
    std::string ca;
  };
  const std::vector<Default> rows = {
      {upstream(7, 2), keys_7_4, fatal},     {upstream(7, 4), keys_7_4, fatal},
      {upstream(7, 7), keys_7_4, fatal},     {upstream(7, 8), keys_8_0, fatal},
      {upstream(7, 9), keys_8_0, ca_8_0},    {upstream(8, 0), keys_8_0, ca_8_0},
      {upstream(8, 1), keys_8_0, ca_8_0},    {upstream(8, 2), keys_8_4, ca_8_4},
      {upstream(8, 4), keys_8_4, ca_8_4},    {upstream(8, 5), keys_8_7, ca_9_2},
      {upstream(8, 7), keys_8_7, ca_9_2},    {upstream(8, 8), keys_9_2, ca_9_2},
      {upstream(8, 9), keys_9_2, ca_9_2},    {debian_12("2"), keys_9_2, ca_9_2},
      {upstream(9, 6), keys_9_2, ca_9_2},    {upstream(9, 9), keys_9_2, ca_9_2},
      {upstream(10, 0), keys_9_2, ca_9_2},   {upstream(10, 2), keys_9_2, ca_9_2},
      {upstream(10, 3), keys_10_5, ca_10_5}, {upstream(10, 5), keys_10_5, ca_10_5},
      {upstream(11, 0), keys_10_5, ca_10_5}, {SshdVersion{}, keys_10_5, ca_10_5},
  };
  for (const auto& row : rows) {
    const auto shown = std::to_string(row.version.major) + "." + std::to_string(row.version.minor);
    EXPECT_EQ(assembled("", pubkey_accepted, row.version), row.keys) << shown;
    EXPECT_EQ(assembled("", hostbased_accepted, row.version), row.keys) << shown;
    EXPECT_EQ(assembled("", host_key, row.version), row.keys) << shown;
    EXPECT_EQ(assembled("", ca_signature, row.version), row.ca) << shown;
    EXPECT_FALSE(key_algorithms_valid("", pubkey_accepted, row.version)) << shown;
  }
}

TEST(KeyAlgorithms, ListsReplaceTheDefault) {
  expect_lists(
      {
          {7, 4, "ssh-rsa,ssh-rsa", "ssh-rsa,ssh-rsa"},
          {7, 8, "ssh-rsa,ssh-rsa", "ssh-rsa"},
          {10, 5, "ssh-rsa,rsa-sha2-512,ssh-rsa", "ssh-rsa,rsa-sha2-512"},
          {7, 4, "rsa-sha2-512-cert-v01@openssh.com", fatal},
          {7, 8, "rsa-sha2-512-cert-v01@openssh.com",
           "rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-512-cert-v01@openssh.com"},
          {7, 9, "rsa-sha2-512-cert-v01@openssh.com", "rsa-sha2-512-cert-v01@openssh.com"},
          {8, 1, "sk-ssh-ed25519@openssh.com", fatal},
          {8, 2, "sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519@openssh.com"},
          {8, 3, "webauthn-sk-ecdsa-sha2-nistp256@openssh.com", fatal},
          {8, 4, "webauthn-sk-ecdsa-sha2-nistp256@openssh.com", "webauthn-sk-ecdsa-sha2-nistp256@openssh.com"},
          {10, 2, "webauthn-sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", fatal},
          {10, 3, "webauthn-sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
           "webauthn-sk-ecdsa-sha2-nistp256-cert-v01@openssh.com"},
          {10, 3, "ssh-mldsa44-ed25519@openssh.com", fatal},
          {10, 4, "ssh-mldsa44-ed25519@openssh.com", "ssh-mldsa44-ed25519@openssh.com"},
          {9, 7, "ssh-dss", "ssh-dss"},
          {9, 8, "ssh-dss", fatal},
          {9, 7, "ssh-dss-cert-v01@openssh.com", "ssh-dss-cert-v01@openssh.com"},
          {9, 8, "ssh-dss-cert-v01@openssh.com", fatal},
          {9, 2, "ssh-rsa,ssh-foo", fatal},
          {9, 2, "SSH-RSA", fatal},
          {9, 2, "none", fatal},
          {9, 2, "ssh-xmss@openssh.com", fatal},
      },
      pubkey_accepted);
}

TEST(KeyAlgorithms, PatternsGiveTheirNamesInTheOrderOfTheTable) {
  expect_lists(
      {
          {7, 7, "ssh-rsa*,ssh-ed25519", "ssh-rsa*,ssh-ed25519"},
          {7, 8, "ssh-rsa-*,ssh-ed25519", "ssh-rsa-cert-v01@openssh.com,ssh-rsa-cert-v01@openssh.com,ssh-ed25519"},
          {7, 8, "ssh-ed25519,ssh-rsa-*", "ssh-ed25519,ssh-rsa-cert-v01@openssh.com"},
          {7, 9, "ssh-rsa-*,ssh-ed25519", "ssh-rsa-cert-v01@openssh.com,ssh-ed25519"},
          {9, 1, "*dss*,rsa*",
           "ssh-dss,ssh-dss-cert-v01@openssh.com,rsa-sha2-256,rsa-sha2-512,rsa-sha2-256-cert-v01@openssh.com,"
           "rsa-sha2-512-cert-v01@openssh.com"},
          {9, 2, "rsa*",
           "rsa-sha2-256,rsa-sha2-256-cert-v01@openssh.com,rsa-sha2-512,rsa-sha2-512-cert-v01@openssh.com"},
          {9, 9, "ssh-*", "ssh-ed25519,ssh-ed25519-cert-v01@openssh.com,ssh-rsa,ssh-rsa-cert-v01@openssh.com"},
          {10, 4, "ssh-*",
           "ssh-ed25519,ssh-ed25519-cert-v01@openssh.com,ssh-mldsa44-ed25519@openssh.com,"
           "ssh-mldsa44-ed25519-cert-v01@openssh.com,ssh-rsa,ssh-rsa-cert-v01@openssh.com"},
          {10, 5, "*webauthn*",
           "webauthn-sk-ecdsa-sha2-nistp256@openssh.com,webauthn-sk-ecdsa-sha2-nistp256-cert-v01@openssh.com"},
          {10, 5, "rsa-sha2-???", "rsa-sha2-256,rsa-sha2-512"},
          {9, 2, "foo*", fatal},
          {9, 2, "?", fatal},
      },
      host_key);
}

TEST(KeyAlgorithms, NegatedPatternsStopLaterVersions) {
  expect_lists(
      {
          {7, 4, "*,!ssh-rsa", "*,!ssh-rsa"},
          {7, 7, "!ssh-rsa", "!ssh-rsa"},
          {7, 7, "+!ssh-dss", keys_7_4 + ",!ssh-dss"},
          {7, 7, "!ssh-foo", fatal},
          {7, 8, "*,!ssh-rsa", fatal},
          {10, 5, "ssh-ed25519,!*", fatal},
          {9, 2, "+!ssh-rsa", fatal},
          {9, 2, "-!ssh-rsa", keys_9_2},
          {9, 2, "-*,!ssh-ed25519", "ssh-ed25519"},
          {9, 2, "+ssh-rsa,,!ssh-dss", keys_9_2 + ",ssh-rsa"},
          {9, 2, "^ssh-rsa,,!ssh-dss", fatal},
      },
      pubkey_accepted);
}

TEST(KeyAlgorithms, PlusAdds) {
  expect_lists(
      {
          {7, 4, "+ssh-dss", keys_7_4 + ",ssh-dss"},
          {7, 4, "+ssh-rsa,ssh-dss*,ssh-rsa", keys_7_4 + ",ssh-dss*"},
          {8, 8, "+ssh-rsa", keys_9_2 + ",ssh-rsa"},
          {9, 2, "+ssh-rsa*,ssh-ed25519", keys_9_2 + ",ssh-rsa,ssh-rsa-cert-v01@openssh.com"},
          {9, 2, "+,ssh-rsa", keys_9_2},
          {9, 2, "+", fatal},
          {9, 2, "++ssh-rsa", fatal},
          {9, 2, "+ssh-foo", fatal},
      },
      hostbased_accepted);
}

TEST(KeyAlgorithms, MinusRemovesSince7_5) {
  expect_lists(
      {
          {7, 4, "-ssh-rsa", fatal},
          {7, 5, "-ssh-rsa,*cert*,ssh-ed*",
           "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256"},
          {9, 2, "-*cert*,*ecdsa*", "ssh-ed25519,sk-ssh-ed25519@openssh.com,rsa-sha2-512,rsa-sha2-256"},
          {9, 2, "-ssh-foo,rsa,!", keys_9_2},
          {9, 2, "-", keys_9_2},
          {9, 2, "-*", keys_9_2},  // nothing is left at first; that is "not set" when sshd assembles the list again
          {7, 8, "-ecdsa*,ssh-ed25519-cert*",
           "rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com,"
           "ssh-rsa-cert-v01@openssh.com,ssh-ed25519,rsa-sha2-512,rsa-sha2-256,ssh-rsa"},
      },
      pubkey_accepted);
}

TEST(KeyAlgorithms, CaretPutsFirstSince8_1) {
  expect_lists(
      {
          {7, 4, "^ssh-dss", fatal},
          {8, 0, "^ssh-dss", fatal},
          {8, 1, "^ssh-dss", "ssh-dss," + keys_8_0},
          {9, 2, "^ssh-rsa,,ssh-dss", "ssh-rsa,ssh-dss," + keys_9_2},
          {9, 2, "^,", keys_9_2},
          {9, 2, "^", fatal},
          {9, 2, "^rsa-sha2-???",
           "rsa-sha2-256,rsa-sha2-512,ssh-ed25519-cert-v01@openssh.com,ecdsa-sha2-nistp256-cert-v01@openssh.com,"
           "ecdsa-sha2-nistp384-cert-v01@openssh.com,ecdsa-sha2-nistp521-cert-v01@openssh.com,"
           "sk-ssh-ed25519-cert-v01@openssh.com,sk-ecdsa-sha2-nistp256-cert-v01@openssh.com,"
           "rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com,ssh-ed25519,ecdsa-sha2-nistp256,"
           "ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com"},
      },
      pubkey_accepted);
}

TEST(KeyAlgorithms, ShortNamesPassTheCheckButNameNothing) {
  expect_lists(
      {
          {7, 4, "rsa", "rsa"},
          {7, 7, "+Ed25519", keys_7_4 + ",Ed25519"},
          {7, 8, "rsa", fatal},  // the list comes to nothing
          {9, 8, "rsa,ssh-rsa", "ssh-rsa"},
          {9, 8, "ED25519,Ecdsa,ssh-rsa", "ssh-rsa"},
          {9, 9, "rsa,ssh-rsa", fatal},
          {9, 7, "dsa,ssh-rsa", "ssh-rsa"},
          {9, 8, "dsa,ssh-rsa", fatal},
          {8, 1, "ecdsa-sk,ssh-rsa", fatal},
          {8, 2, "ecdsa-sk,ED25519-SK,ssh-rsa", "ssh-rsa"},
          {7, 4, "rsa1", fatal},
          {9, 2, "rsa-cert,ssh-rsa", fatal},
      },
      pubkey_accepted);
}

TEST(KeyAlgorithms, AnEmptyElementEndsTheCheck) {
  expect_lists(
      {
          {7, 4, ",ssh-foo", ",ssh-foo"},
          {7, 4, "+ssh-dss,,ssh-foo", keys_7_4 + ",ssh-dss"},
          {9, 2, ",ssh-rsa", "ssh-rsa"},
          {9, 2, "ssh-rsa,,ssh-foo,ssh-dss", "ssh-rsa,ssh-dss"},
          {9, 2, "ssh-rsa,", "ssh-rsa"},
          {9, 2, ",", fatal},
          {9, 2, ",ssh-foo", fatal},
      },
      pubkey_accepted);
}

TEST(KeyAlgorithms, CertificatesSignNothing) {
  expect_lists(
      {
          {7, 8, "ssh-rsa", fatal},
          {7, 9, "+ssh-rsa", ca_8_0},
          {8, 2, "+ssh-rsa", ca_8_4 + ",ssh-rsa"},
          {9, 3, "ssh-rsa,ssh-rsa-cert-v01@openssh.com", "ssh-rsa"},
          {9, 4, "ssh-rsa,ssh-rsa-cert-v01@openssh.com", fatal},
          {9, 4, "ssh-rsa*", "ssh-rsa"},
          {9, 4, "*cert*", fatal},
          {9, 4, "-ssh-rsa-cert-v01@openssh.com", ca_9_2},
          {10, 5, "rsa-*,*webauthn*", "rsa-sha2-256,rsa-sha2-512,webauthn-sk-ecdsa-sha2-nistp256@openssh.com"},
      },
      ca_signature);
}

struct Check {
  int major;
  int minor;
  std::string argument;
  bool valid;
};

void expect_checks(const std::vector<Check>& rows, bool (*is_valid)(std::string_view, const SshdVersion&)) {
  for (const auto& row : rows) {
    EXPECT_EQ(is_valid(row.argument, upstream(row.major, row.minor)), row.valid)
        << row.major << '.' << row.minor << ' ' << row.argument;
  }
}

TEST(Ciphers, AreKnownByVersion) {
  expect_checks(
      {
          {7, 4, "arcfour,arcfour128,arcfour256,blowfish-cbc,cast128-cbc", true},
          {7, 5, "arcfour", true},
          {7, 6, "arcfour", false},
          {7, 6, "blowfish-cbc", false},
          {8, 4, "rijndael-cbc@lysator.liu.se", true},
          {8, 5, "rijndael-cbc@lysator.liu.se", false},
          {10, 5, "3des-cbc,aes128-cbc,aes192-cbc,aes256-cbc,aes128-ctr,aes192-ctr,aes256-ctr", true},
          {10, 5, "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com", true},
          {7, 4, "none", false},
          {10, 5, "none", false},
          {7, 4, "3des", false},
          {10, 5, "AES128-CTR", false},
          {10, 5, "aes*", false},
          {10, 5, "", false},
      },
      ciphers_valid);
}

TEST(Ciphers, PrefixesAndEmptyElements) {
  expect_checks(
      {
          {10, 5, "+3des-cbc", true},
          {10, 5, "+", false},
          {7, 4, "-*", false},
          {7, 5, "-*", true},
          {10, 5, "-*", true},
          {10, 5, "-,!foo", true},
          {8, 0, "^aes128-ctr", false},
          {8, 1, "^aes128-ctr", true},
          {7, 7, ",", true},
          {7, 8, ",", false},  // the list comes to nothing
          {10, 3, ",aes128-ctr", true},
          {10, 4, ",aes128-ctr", false},
          {10, 3, "+,", true},
          {10, 4, "+,", false},
          {10, 5, "aes128-ctr,,foo", true},
          {7, 7, "aes128-ctr,,!foo", true},
          {7, 8, "aes128-ctr,,!foo", false},
          {10, 5, "+aes128-ctr,,!foo", true},
      },
      ciphers_valid);
}

TEST(Macs, AreKnownByVersion) {
  expect_checks(
      {
          {7, 5, "hmac-ripemd160,hmac-ripemd160@openssh.com,hmac-ripemd160-etm@openssh.com", true},
          {7, 6, "hmac-ripemd160", false},
          {10, 5, "hmac-sha1,hmac-sha1-96,hmac-sha2-256,hmac-sha2-512,hmac-md5,hmac-md5-96", true},
          {10, 5, "hmac-sha1-etm@openssh.com,hmac-sha1-96-etm@openssh.com,hmac-sha2-256-etm@openssh.com", true},
          {10, 5, "hmac-sha2-512-etm@openssh.com,hmac-md5-etm@openssh.com,hmac-md5-96-etm@openssh.com", true},
          {10, 5, "umac-64@openssh.com,umac-128@openssh.com,umac-64-etm@openssh.com", true},
          {10, 5, "umac-128-etm@openssh.com", true},
          {10, 5, "hmac-*", false},
          {10, 5, "-hmac-*", true},
          {10, 5, "^hmac-md5", true},
          {10, 3, "+,", true},
          {10, 4, "+,", false},
          {9, 2, "hmac-sha3", false},
      },
      macs_valid);
}

TEST(KexAlgorithms, AreKnownByVersion) {
  expect_checks(
      {
          {7, 4, "diffie-hellman-group1-sha1,diffie-hellman-group14-sha1,diffie-hellman-group14-sha256", true},
          {7, 4, "diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,curve25519-sha256", true},
          {7, 4, "diffie-hellman-group-exchange-sha1,diffie-hellman-group-exchange-sha256", true},
          {10, 5, "ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,curve25519-sha256@libssh.org", true},
          {10, 5, "diffie-hellman-group1-sha1", true},
          {7, 9, "sntrup4591761x25519-sha512@tinyssh.org", false},
          {8, 0, "sntrup4591761x25519-sha512@tinyssh.org", true},
          {8, 5, "sntrup4591761x25519-sha512@tinyssh.org", false},
          {8, 4, "sntrup761x25519-sha512@openssh.com", false},
          {8, 5, "sntrup761x25519-sha512@openssh.com", true},
          {9, 8, "sntrup761x25519-sha512", false},
          {9, 9, "sntrup761x25519-sha512,mlkem768x25519-sha256", true},
          {10, 4, "mlkem768nistp256-sha256", false},
          {10, 5, "mlkem768nistp256-sha256", true},
          {10, 5, "ext-info-s", false},
          {10, 5, "curve25519-*", false},
          {10, 5, "gss-gex-sha1-", false},
          {9, 2, ",", false},
          {10, 5, "+,", true},
          {10, 5, ",curve25519-sha256", true},
      },
      kex_algorithms_valid);
}

TEST(KexAlgorithms, OfDebian) {
  const std::string sntrup = "sntrup761x25519-sha512";
  EXPECT_FALSE(kex_algorithms_valid(sntrup, debian_12("2")));
  EXPECT_FALSE(kex_algorithms_valid(sntrup, debian_12("2+deb12u3")));
  EXPECT_TRUE(kex_algorithms_valid(sntrup, debian_12("2+deb12u4")));
  EXPECT_TRUE(kex_algorithms_valid(sntrup, debian_12("2+deb12u10")));
  EXPECT_TRUE(kex_algorithms_valid(sntrup, {"OpenSSH_9.2p1", 9, 2, Vendor::debian}));
  EXPECT_FALSE(kex_algorithms_valid(sntrup, {"OpenSSH_9.2p1", 9, 2, Vendor::upstream}));
  EXPECT_TRUE(kex_algorithms_valid("gss-gex-sha1-,curve25519-sha256", debian_12("2+deb12u10")));
  EXPECT_TRUE(kex_algorithms_valid("+gss-group14-sha256-x", debian_12("2+deb12u10")));
  EXPECT_FALSE(kex_algorithms_valid("gss-gex-sha1-", debian_12("2+deb12u10")));  // the list comes to nothing
  EXPECT_FALSE(kex_algorithms_valid("gss-foo-,curve25519-sha256", debian_12("2+deb12u10")));
}

TEST(GssKexAlgorithms, AreNamesThatBeginAsTheMethodsDo) {
  for (const auto* argument :
       {"gss-gex-sha1-", "gss-group1-sha1-,gss-group14-sha1-", "gss-group14-sha256-toWM5Slw5Ew8Mqkay+al2g==",
        "gss-group16-sha512-,gss-nistp256-sha256-,gss-curve25519-sha256-", ",", "gss-gex-sha1-,,foo"}) {
    EXPECT_TRUE(gss_kex_algorithms_valid(argument)) << argument;
  }
  for (const auto* argument : {"", "gss-foo-", "gss-gex-sha1", "GSS-gex-sha1-", "+gss-gex-sha1-", "-gss-gex-sha1-",
                               "gss-*", "curve25519-sha256", "gss-gex-sha1-,curve25519-sha256"}) {
    EXPECT_FALSE(gss_kex_algorithms_valid(argument)) << argument;
  }
}

}  // namespace
}  // namespace sshaudit
