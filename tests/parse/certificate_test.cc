// SPDX-License-Identifier: MIT
// Certificates as ssh-keygen of 9.2 has made and printed them (-L), and blobs that sshd does not take for one. No
// signature is looked at: sshd refuses the certificates here that are put together.
#include "parse/certificate.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "parse/certificate_builder.h"

namespace sshaudit {
namespace {

using namespace std::string_literals;
using Data = CertificateOption::Data;

const SampleKey& sample(std::string_view name) {
  const auto found = std::ranges::find(sample_keys, name, &SampleKey::name);
  return *found;
}

tl::expected<Certificate, BlobFault> parsed(const CertificateParts& parts) {
  return parse_certificate(certificate_blob(parts), {1024});
}

Certificate built(const CertificateParts& parts) { return parsed(parts).value_or(Certificate{}); }

TEST(Certificate, OfEveryTypeIsRead) {
  std::size_t seen = 0;
  for (const auto& one : sample_keys) {
    if (!one.name.ends_with("-cert")) continue;
    const auto plain = one.name.substr(0, one.name.size() - 5);
    const auto read = parse_certificate(sample_blob(one.name), {1024});
    ASSERT_TRUE(read.has_value()) << one.name;
    EXPECT_EQ(read->key.type, one.type);
    EXPECT_EQ(read->key.bits, one.bits);
    EXPECT_EQ(fingerprint_of(read->key), sample(plain).fingerprint);
    EXPECT_EQ(read->serial, 7U);
    EXPECT_TRUE(read->is_for_user);
    EXPECT_EQ(read->key_id, "id-" + std::string(plain));
    EXPECT_EQ(read->principals, std::vector{"alice"s});
    EXPECT_EQ(read->valid_after, 0U);
    EXPECT_EQ(read->valid_before, ~std::uint64_t{0});
    EXPECT_TRUE(read->critical_options.empty());
    ASSERT_EQ(read->extensions.size(), 5U);
    EXPECT_EQ(read->extensions[3], (CertificateOption{"permit-pty", "", Data::none}));
    EXPECT_EQ(fingerprint_of(read->authority), sample("ca").fingerprint);
    EXPECT_EQ(read->authority_wire, sample_blob("ca"));
    EXPECT_EQ(read->signature_algorithm, "ssh-ed25519");
    ++seen;
  }
  EXPECT_EQ(seen, 9U);
}

TEST(Certificate, KeepsWhatStandsInIt) {
  CertificateParts parts;
  parts.kind = 2;
  parts.serial = 0x0102030405060708;
  parts.key_id = "I D";
  parts.principals = wire_string("a") + wire_string("") + wire_string("b,c");
  parts.critical = wire_option("force-command", wire_string("ls")) + wire_option("x\0"s, "") + wire_option("y", "odd") +
                   wire_option("z", wire_string("1") + wire_string("2"));
  const auto read = built(parts);
  EXPECT_EQ(read.serial, 0x0102030405060708U);
  EXPECT_FALSE(read.is_for_user);
  EXPECT_EQ(read.key_id, "I D");
  EXPECT_EQ(read.principals, (std::vector{"a"s, ""s, "b,c"s}));
  EXPECT_EQ(read.valid_after, 100U);
  EXPECT_EQ(read.valid_before, 200U);
  const std::vector<CertificateOption> options = {
      {"force-command", "ls", Data::text}, {"x", "", Data::none}, {"y", "", Data::other}, {"z", "1", Data::surplus}};
  EXPECT_EQ(read.critical_options, options);
  EXPECT_TRUE(read.extensions.empty());
}

TEST(Certificate, NamesAnAlgorithmOfItsAuthority) {
  CertificateParts parts;
  parts.authority = sample_blob("rsa");
  for (const std::string name : {"ssh-rsa", "rsa-sha2-256", "rsa-sha2-512"}) {
    parts.signature = wire_string(name) + wire_string("s");
    EXPECT_EQ(built(parts).signature_algorithm, name);
  }
  for (const std::string name : {"ssh-ed25519", "ssh-rsa-cert-v01@openssh.com", "md5", ""}) {
    parts.signature = wire_string(name) + wire_string("s");
    EXPECT_FALSE(parsed(parts).has_value()) << name;
  }
}

TEST(Certificate, OfWhichAPartIsWrongIsNone) {
  const std::vector<void (*)(CertificateParts&)> changes = {
      [](auto& parts) { parts.kind = 0; },
      [](auto& parts) { parts.kind = 3; },
      [](auto& parts) { parts.key_id = "a\0b"s; },
      [](auto& parts) { parts.principals = wire_string("a\0b"s); },
      [](auto& parts) { parts.principals = "x"; },
      [](auto& parts) { parts.critical = wire_string("alone"); },
      [](auto& parts) { parts.extensions = "\0\0\0\4abc"s; },
      [](auto& parts) { parts.authority = sample_blob("ed-cert"); },
      [](auto& parts) { parts.authority = sample_blob("rsa767"); },
      [](auto& parts) { parts.signature = ""; },
      [](auto& parts) { parts.signature = wire_string("ssh-ed25519"); },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    CertificateParts parts;
    ASSERT_TRUE(parsed(parts).has_value());
    changes[i](parts);
    EXPECT_FALSE(parsed(parts).has_value()) << "change " << i;
  }
  EXPECT_FALSE(parse_certificate(sample_blob("ed"), {}).has_value());
  EXPECT_FALSE(parse_certificate(certificate_blob({}) + "x", {}).has_value());
}

TEST(Certificate, HasAtMost256Principals) {
  CertificateParts parts;
  parts.principals.clear();
  for (int i = 0; i < 256; ++i) parts.principals += wire_string("p");
  EXPECT_EQ(built(parts).principals.size(), 256U);
  parts.principals += wire_string("p");
  EXPECT_FALSE(parsed(parts).has_value());
}

TEST(Certificate, EveryBeginningOfOneIsNone) {
  const auto blob = sample_blob("rsa-cert");
  for (std::size_t size = 0; size < blob.size(); ++size) {
    ASSERT_FALSE(parse_certificate(std::string_view(blob).substr(0, size), {}).has_value()) << size;
  }
}

std::string line_of(std::string_view name) {
  return std::string(sample(name).type) + " " + std::string(sample(name).blob);
}

TEST(OfferedKey, IsTheFirstOfTheText) {
  const auto plain = parse_offered_key("# mine\n\n" + line_of("ed") + " me@home\r\n" + line_of("rsa") + "\n");
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(fingerprint_of(plain->key), sample("ed").fingerprint);
  EXPECT_EQ(plain->wire, sample_blob("ed"));
  EXPECT_EQ(plain->comment, "me@home");
  EXPECT_FALSE(plain->certificate.has_value());
  const auto certified = parse_offered_key(line_of("ec256-cert"));
  ASSERT_TRUE(certified.has_value() && certified->certificate.has_value());
  EXPECT_EQ(certified->key, certified->certificate->key);
  EXPECT_EQ(certified->wire, sample_blob("ec256-cert"));
  EXPECT_EQ(certified->certificate->key_id, "id-ec256");
  const auto with_options = parse_offered_key("no-pty,command=\"a b\" " + line_of("ed") + " c d ");
  ASSERT_TRUE(with_options.has_value());
  EXPECT_EQ(with_options->comment, "c d");
}

TEST(OfferedKey, OfEveryTypeAndLengthIsTaken) {
  for (const auto& one : sample_keys) EXPECT_TRUE(parse_offered_key(line_of(one.name)).has_value()) << one.name;
}

TEST(OfferedKey, OfOtherTextsIsSaidWhatTheyAre) {
  const auto secret = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU"s;
  const std::vector<std::pair<std::string, std::string_view>> texts = {
      {"", "there is no key in it"},
      {"# nothing\n\n", "there is no key in it"},
      {"-----BEGIN OPENSSH PRIVATE KEY-----\n" + secret + "\n",
       "it holds a private key; give the public key, which is in the .pub file"},
      {"\n  " + secret + "\n", "it holds a private key; give the public key, which is in the .pub file"},
      {"PuTTY-User-Key-File-3: ssh-ed25519\n",
       "it holds a private key; give the public key, which is in the .pub file"},
      {"---- BEGIN SSH2 PUBLIC KEY ----\n",
       "it is in the format of RFC 4716; ssh-keygen -i -f FILE prints it as a line"},
      {"-----BEGIN PUBLIC KEY-----\n", "it is in PEM format; ssh-keygen -i -m PKCS8 -f FILE prints it as a line"},
      {"\xEF\xBB\xBF" + line_of("ed"), "it begins with a byte order mark"},
      {"\xFF\xFEs\0s\0h\0"s, "it is in UTF-16"},
      {"hello world\n", "it is no public key: a line like \"ssh-ed25519 AAAA... COMMENT\" is"},
      {"command=\"x ssh-ed25519 AAAA\n", "it is no public key: a line like \"ssh-ed25519 AAAA... COMMENT\" is"},
      {line_of("ed").substr(0, 60), "the key is damaged or cut short"},
      {line_of("ed-cert").substr(0, 200), "the certificate is damaged or cut short"},
      {"ssh-rsa " + std::string(sample("ed").blob), "the key is damaged or cut short"},
  };
  for (const auto& [text, what] : texts) {
    const auto offered = parse_offered_key(text);
    ASSERT_FALSE(offered.has_value()) << text;
    EXPECT_EQ(offered.error().what, what);
    EXPECT_EQ(offered.error().what.find("b3Blb"), std::string::npos);
  }
}

TEST(OfferedKey, KeepsNoPrivateKeyThatStandsBehindIt) {
  const auto offered = parse_offered_key(line_of("ed") + " -----BEGIN OPENSSH PRIVATE KEY-----");
  ASSERT_TRUE(offered.has_value());
  EXPECT_EQ(offered->comment, "");
}

}  // namespace
}  // namespace sshaudit
