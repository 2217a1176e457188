// SPDX-License-Identifier: MIT
// Keys in wire form. Fingerprints are those of ssh-keygen; which plain keys are taken follows sshkey_from_blob() of 9.2
// and 10.4, run on blobs like these. The kinds of faults are ours, and so is that a certificate counts as whole without
// a look at its signature: sshd refuses the changed one here.
#include "parse/key_blob.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "parse/base64.h"
#include "parse/key_dump.h"

namespace sshaudit {
namespace {

using namespace std::string_literals;

std::string string_of(std::string_view bytes) {
  std::string text;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) text += static_cast<char>((bytes.size() >> shift) & 0xFFU);
  return text.append(bytes);
}

std::string blob_of(std::string_view name) {
  std::string bytes;
  decode_base64(find_sample(name)->blob, bytes);
  return bytes;
}

// The parts of sample keys that tests put together again.
std::string ed25519_key() { return blob_of("ed").substr(blob_of("ed").size() - 32); }
std::string point(std::string_view name, std::size_t size) { return blob_of(name).substr(blob_of(name).size() - size); }
std::string point256() { return point("ec256", 65); }

std::string_view name_of(BlobFault fault) {
  constexpr std::array<std::string_view, 6> names = {"none",     "unknown_type", "incomplete",
                                                     "trailing", "malformed",    "too_short"};
  return names.at(static_cast<std::size_t>(fault));
}

// "KEY", or "! FAULT".
std::string meaning_of_blob(std::string_view blob, unsigned least_rsa = 1024) {
  const auto decoded = decode_key_blob(blob, {least_rsa});
  if (decoded.fault != BlobFault::none) return "! " + std::string(name_of(decoded.fault));
  return dump(decoded.key);
}

TEST(KeyBlob, OfEverySampleHasTheFingerprintThatSshKeygenPrints) {
  for (const auto& sample : sample_keys) {
    std::string bytes;
    ASSERT_EQ(decode_base64(sample.blob, bytes).fault, Base64Fault::none) << sample.name;
    const auto decoded = decode_key_blob(bytes, {});
    EXPECT_EQ(decoded.fault, BlobFault::none) << sample.name;
    EXPECT_EQ(decoded.name, sample.type);
    EXPECT_EQ(decoded.key.type, sample.type);
    EXPECT_EQ(decoded.key.bits, sample.bits) << sample.name;
    EXPECT_EQ(fingerprint_of(decoded.key), sample.fingerprint) << sample.name;
    EXPECT_EQ(decoded.key.is_certificate, sample.type.find("-cert-v01") != std::string_view::npos) << sample.name;
    EXPECT_EQ(decoded.key.is_security_key, sample.name.starts_with("sk")) << sample.name;
  }
}

TEST(KeyBlob, IsWrittenAgainAsItWas) {
  for (const auto& sample : sample_keys) {
    const auto blob = blob_of(sample.name);
    const auto decoded = decode_key_blob(blob, {});
    if (!decoded.key.is_certificate) {
      EXPECT_EQ(decoded.wire, blob) << sample.name;
    } else {
      const auto plain = sample.name.substr(0, sample.name.find('-'));
      EXPECT_EQ(decoded.wire, blob_of(plain)) << sample.name;
    }
  }
}

TEST(KeyBlob, ThatEndsTooEarlyIsNoKey) {
  for (const auto& sample : sample_keys) {
    const auto blob = blob_of(sample.name);
    for (const std::size_t size : {blob.size() - 1, blob.size() / 2, std::size_t{20}, std::size_t{5}, std::size_t{0}}) {
      EXPECT_NE(decode_key_blob(blob.substr(0, size), {}).fault, BlobFault::none) << sample.name << ' ' << size;
    }
    EXPECT_EQ(decode_key_blob(blob + '\0', {}).fault, BlobFault::trailing) << sample.name;
  }
}

struct BlobRow {
  std::string blob;
  std::string_view meaning;
};

void expect_rows(const std::vector<BlobRow>& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i)
    EXPECT_EQ(meaning_of_blob(rows[i].blob), rows[i].meaning) << "row " << i;
}

TEST(KeyBlob, OfEd25519HasThirtyTwoBytes) {
  const auto type = string_of("ssh-ed25519");
  const auto key = ed25519_key();
  expect_rows({
      {type + string_of(key), "ed"},
      {string_of("ssh-ed25519\0"s) + string_of(key), "ed"},
      {string_of("ssh-ed25519\0\0"s) + string_of(key), "! malformed"},
      {string_of("ssh\0ed25519"s) + string_of(key), "! malformed"},
      {type + string_of(key.substr(1)), "! malformed"},
      {type + string_of(key + "x"), "! malformed"},
      {type + string_of(""), "! malformed"},
      {type, "! incomplete"},
      {type + "\0\0\0"s, "! incomplete"},
      {type + "\xff\xff\xff\xff" + key, "! incomplete"},
      {type + string_of(key) + string_of(""), "! trailing"},
      {string_of("ssh-ed448") + string_of(key), "! unknown_type"},
      {string_of("SSH-ED25519") + string_of(key), "! unknown_type"},
      {string_of("") + string_of(key), "! unknown_type"},
      {"", "! incomplete"},
      {"\0\0\0"s, "! incomplete"},
      {"hello, world", "! incomplete"},
  });
  EXPECT_EQ(decode_key_blob(type + string_of(std::string(32, '\xff')), {}).fault, BlobFault::none) << "any 32 bytes do";
}

TEST(KeyBlob, OfMldsaHasOneString) {
  const auto type = string_of("ssh-mldsa44-ed25519@openssh.com");
  const auto key = blob_of("mldsa").substr(blob_of("mldsa").size() - 1344);
  expect_rows({
      {type + string_of(key), "mldsa"},
      {type + string_of(key.substr(1)), "! malformed"},
      {type + string_of(key + "x"), "! malformed"},
      {type + string_of(key.substr(0, 1312)) + string_of(key.substr(1312)), "! malformed"},
      {string_of("MLDSA44-ED25519") + string_of(key), "! unknown_type"},
  });
}

TEST(KeyBlob, OfASecurityKeyNamesItsApplication) {
  const auto type = string_of("sk-ssh-ed25519@openssh.com") + string_of(ed25519_key());
  const auto other = string_of("sk-ecdsa-sha2-nistp256@openssh.com");
  expect_rows({
      {type + string_of("ssh:"), "sked"},
      {type + string_of("ssh:\0"s), "sked"},
      {type + string_of("s\0h:"s), "! malformed"},
      {type, "! incomplete"},
      {type + string_of("ssh:") + "x", "! trailing"},
      {other + string_of("nistp256") + string_of(point256()) + string_of("ssh:"), "skec"},
      {other + string_of("nistp256") + string_of(point256()), "! incomplete"},
      {other + string_of("nistp384") + string_of(point("ec384", 97)) + string_of("ssh:"), "! malformed"},
  });
  EXPECT_EQ(decode_key_blob(type + string_of(""), {}).fault, BlobFault::none);
  EXPECT_NE(decode_key_blob(type + string_of("ssh:x"), {}).key.digest, decode_key_blob(blob_of("sked"), {}).key.digest);
}

TEST(KeyBlob, OfEcdsaHasAPointOnItsCurve) {
  const auto type = string_of("ecdsa-sha2-nistp256");
  const auto begin = type + string_of("nistp256");
  const auto key = point256();
  auto off_curve = key;
  off_curve.back() = static_cast<char>(off_curve.back() ^ 1);
  const char odd = static_cast<char>(key.back() & 1);
  expect_rows({
      {begin + string_of(key), "ec256"},
      {type + string_of("nistp256\0"s) + string_of(key), "ec256"},
      {type + string_of("NISTP256") + string_of(key), "! malformed"},
      {type + string_of("nistp384") + string_of(key), "! malformed"},
      {type + string_of("") + string_of(key), "! malformed"},
      {begin + string_of(off_curve), "! malformed"},
      {begin + string_of(key.substr(0, 64)), "! malformed"},
      {begin + string_of(key + '\0'), "! malformed"},
      {begin + string_of(""), "! malformed"},
      {begin + string_of("\0"s), "! malformed"},
      {begin + string_of('\x04' + std::string(64, '\0')), "! malformed"},
      {begin + string_of(std::string(1, static_cast<char>(2 + odd)) + key.substr(1, 32)), "! malformed"},
      {begin + string_of(std::string(1, static_cast<char>(6 + odd)) + key.substr(1)), "! malformed"},
      {begin + string_of(point("ec384", 97)), "! malformed"},
      {string_of("ecdsa-sha2-nistp384") + string_of("nistp384") + string_of(point("ec384", 97)), "ec384"},
      {string_of("ecdsa-sha2-nistp521") + string_of("nistp521") + string_of(point("ec521", 133)), "ec521"},
      {begin, "! incomplete"},
  });
}

std::string rsa(const std::string& exponent, const std::string& modulus) {
  return string_of("ssh-rsa") + string_of(exponent) + string_of(modulus);
}

TEST(KeyBlob, OfRsaMayHaveZerosInFront) {
  const std::string exponent = "\1\0\1"s;
  const auto modulus = blob_of("rsa").substr(blob_of("rsa").size() - 256);
  expect_rows({
      {rsa(exponent, '\0' + modulus), "rsa"},
      {rsa(exponent, "\0\0"s + modulus), "rsa"},
      {rsa("\0\0"s + exponent, "\0"s + modulus), "rsa"},
      {rsa(exponent, std::string(1700, '\0') + modulus), "rsa"},
      {rsa(exponent, std::string(1793, '\0') + modulus), "rsa"},
      {rsa(exponent, std::string(1794, '\0') + modulus), "! malformed"},
      {rsa(exponent, modulus), "! malformed"},
      {rsa("\x81", '\0' + modulus), "! malformed"},
      {string_of("ssh-rsa") + string_of(exponent), "! incomplete"},
      {rsa(exponent, '\0' + modulus) + "x", "! trailing"},
      {rsa(exponent, ""), "! too_short"},
      {rsa(exponent, "\0\0\0"s), "! too_short"},
      {rsa(exponent, "\1"), "! too_short"},
  });
  const auto padded = decode_key_blob(rsa(exponent, "\0\0"s + modulus), {});
  EXPECT_EQ(padded.wire, blob_of("rsa"));
}

TEST(KeyBlob, OfRsaHasASizeThatSshdTakes) {
  const std::string exponent = "\1\0\1"s;
  struct Row {
    std::string_view name;
    unsigned least;
    std::string_view meaning;
  };
  const std::vector<Row> rows = {
      {"rsa1024", 1024, "rsa1024"}, {"rsa1023", 1024, "! too_short"}, {"rsa1023", 768, "rsa1023"},
      {"rsa768", 768, "rsa768"},    {"rsa767", 768, "! too_short"},   {"rsa767", 0, "rsa767"},
  };
  for (const auto& row : rows) EXPECT_EQ(meaning_of_blob(blob_of(row.name), row.least), row.meaning) << row.name;
  const auto largest = rsa(exponent, '\0' + std::string(2048, '\xff'));
  EXPECT_EQ(decode_key_blob(largest, {1024}).fault, BlobFault::none);
  EXPECT_EQ(decode_key_blob(largest, {1024}).key.bits, 16384U);
  EXPECT_EQ(meaning_of_blob(rsa(exponent, "\0\0"s + std::string(2048, '\xff'))), "! malformed");
  EXPECT_EQ(meaning_of_blob(rsa(exponent, '\1' + std::string(2048, '\xff'))), "! malformed");
}

// Source: sshkey.c, sshkey_from_blob_internal: the name in the blob gives the type, and sshkey_to_blob writes another.
TEST(KeyBlob, WithTheNameOfASignatureIsThatKey) {
  const auto behind_type = blob_of("rsa").substr(11);
  const auto security_key = string_of("nistp256") + string_of(point256()) + string_of("ssh:");
  expect_rows({
      {string_of("rsa-sha2-256") + behind_type, "rsa"},
      {string_of("rsa-sha2-512") + behind_type, "rsa"},
      {string_of("webauthn-sk-ecdsa-sha2-nistp256@openssh.com") + security_key, "skec"},
  });
  EXPECT_EQ(decode_key_blob(string_of("rsa-sha2-512") + behind_type, {}).wire, blob_of("rsa"));
  EXPECT_EQ(decode_key_blob(string_of("rsa-sha2-512") + behind_type, {}).name, "rsa-sha2-512");
}

TEST(KeyBlob, OfACertificateIsJudgedAsAWhole) {
  const auto certificate = blob_of("ed-cert");
  const auto authority = certificate.find(string_of(blob_of("ca")));
  ASSERT_NE(authority, std::string::npos);
  auto signed_by_itself = certificate;
  signed_by_itself.replace(authority, string_of(blob_of("ca")).size(), string_of(certificate));
  auto of_no_kind = certificate;
  const auto kind = certificate.find("\0\0\0\1\0\0\0\5id-ed"s);
  ASSERT_NE(kind, std::string::npos);
  auto of_a_host = certificate;
  of_no_kind[kind + 3] = 3;
  of_a_host[kind + 3] = 2;
  expect_rows({
      {certificate, "ed-cert"},
      {signed_by_itself, "! malformed"},
      {of_no_kind, "! malformed"},
      {of_a_host, "ed-cert"},
      {certificate.substr(0, authority), "! incomplete"},
      {certificate + "x", "! trailing"},
  });
}

}  // namespace
}  // namespace sshaudit
