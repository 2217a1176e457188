// SPDX-License-Identifier: MIT
#include "parse/connection_notes.h"

#include <gtest/gtest.h>

#include "parse/key_blob.h"

namespace sshaudit {
namespace {

const std::string first = "AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g";
const std::string second = "AAAAC3NzaC1lZDI1NTE5AAAAICECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g";

std::string key(const std::string& base64) { return "key ssh-ed25519 SHA256:x " + base64 + "\n"; }

// Keys as fingerprints, "+" behind those that came twice, then the reasons.
std::string dump(const ConnectionNotes& notes) {
  std::string text;
  for (std::size_t i = 0; i < notes.keys.size(); ++i) {
    text += fingerprint_of(notes.keys[i].key).substr(0, 12) + (notes.is_signed[i] ? "+ " : " ");
  }
  for (const auto& one : notes.logged) text += "[" + one + "]";
  return text;
}

TEST(ConnectionNotes, ReadsKeysAndReasons) {
  const auto one = fingerprint_of(parse_connection_notes(key(first)).keys.at(0).key).substr(0, 12);
  const auto two = fingerprint_of(parse_connection_notes(key(second)).keys.at(0).key).substr(0, 12);
  struct Row {
    std::string text;
    std::string dump;
  };
  const std::vector<Row> rows = {
      {"", ""},
      {"\n\n", ""},
      {key(first), one + " "},
      {key(first) + key(second), one + " " + two + " "},
      {key(first) + key(second) + key(first), one + "+ " + two + " "},
      {"key ssh-ed25519 SHA256:x " + first, one + " "},
      {"logged home-writable /home/alice\n" + key(first), one + " [home-writable /home/alice]"},
      {"logged a b\nlogged a b\nlogged c \n", "[a b][c ]"},
      {"keys ssh-ed25519 SHA256:x " + first + "\nlog a\n" + std::string(5, '\0') + "\n", ""},
      {"key\nkey \nkey a\nkey a b\nkey a b c\n", ""},
      {"key ssh-rsa SHA256:x " + first + "\n", ""},
      {"key ssh-ed25519 SHA256:" + std::string(42, 'A') + "A -\n", "SHA256:AAAAA "},
      {"key ssh-ed25519 MD5:00:11 -\n", ""},
      {"key ssh-ed25519 SHA256:x -----BEGIN OPENSSH PRIVATE KEY-----\n", ""},
  };
  for (const auto& row : rows) EXPECT_EQ(dump(parse_connection_notes(row.text)), row.dump) << row.text;
}

TEST(ConnectionNotes, HoldsNoMoreThanSshdTakes) {
  std::string text;
  for (int i = 0; i < 300; ++i) {
    auto print = "SHA256:" + std::string(40, 'A');
    print += static_cast<char>('A' + i % 26);
    print += static_cast<char>('A' + i / 26);
    text += "key ssh-ed25519 " + print + "A -\n";
  }
  EXPECT_EQ(parse_connection_notes(text).keys.size(), 100U);
}

TEST(AuthInfo, HoldsTheKeysThatWereAccepted) {
  const auto count = [](const std::string& text) { return parse_auth_info(text).size(); };
  EXPECT_EQ(count(""), 0U);
  EXPECT_EQ(count("publickey ssh-ed25519 " + first + "\n"), 1U);
  EXPECT_EQ(count("publickey ssh-ed25519 " + first), 1U);
  EXPECT_EQ(count("password\npublickey ssh-ed25519 " + first + "\npublickey ssh-ed25519 " + second + "\n"), 2U);
  EXPECT_EQ(count("publickey\npublickey x\nhostbased ssh-ed25519 " + first + "\n"), 0U);
}

}  // namespace
}  // namespace sshaudit
