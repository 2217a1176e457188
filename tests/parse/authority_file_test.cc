// SPDX-License-Identifier: MIT
// Files of authorities: which keys sshd comes to, where it stops, and what is behind.
#include "parse/authority_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "parse/key_blob.h"
#include "parse/sample_keys.h"

namespace sshaudit {
namespace {

std::string line_of(std::string_view name) {
  const auto found = std::ranges::find(sample_keys, name, &SampleKey::name);
  return std::string(found->type) + " " + std::string(found->blob) + "\n";
}

std::string name_of(const PublicKey& key) {
  for (const auto& sample : sample_keys) {
    if (fingerprint_of(key) == sample.fingerprint) return std::string(sample.name);
  }
  return "?";
}

// "LINE:KEY ...", "stops at LINE", and what is behind.
std::string dump(std::string_view text, int minor = 2, int major = 9) {
  const auto file = parse_authority_file(text, key_grammar({"", major, minor, Vendor::upstream}));
  std::string dumped;
  for (const auto& one : file.authorities) dumped += fmt::format("{}:{} ", one.line, name_of(one.key));
  if (file.faulty_line != 0) dumped += fmt::format("stops at {}", file.faulty_line);
  for (const auto& one : file.hidden) dumped += fmt::format(" ({}:{})", one.line, name_of(one.key));
  return dumped;
}

TEST(AuthorityFile, HoldsKeysAndComments) {
  EXPECT_EQ(dump(""), "");
  EXPECT_EQ(dump("# c\n\n \t\n" + line_of("ca") + "\t# d\n  " + line_of("rsa")), "4:ca 6:rsa ");
  EXPECT_EQ(dump("ssh-ed25519  \tAAAAC3NzaC1lZDI1NTE5AAAAIBIiF1Q+uWPKRNLmA4OIjswSf0EYbzusf6jb9v9DYjT/ x y\r\n"),
            "1:ca ");
  EXPECT_EQ(dump("rsa-sha2-512" + line_of("rsa").substr(7)), "1:rsa ");
}

TEST(AuthorityFile, EndsForSshdAtTheFirstLineThatItCannotRead) {
  EXPECT_EQ(dump(line_of("ed") + "rubbish\n" + line_of("ca")), "1:ed stops at 2 (3:ca)");
  EXPECT_EQ(dump("\r\n" + line_of("ca")), "stops at 1 (2:ca)");
  EXPECT_EQ(dump("cert-authority " + line_of("ca") + line_of("ed")), "stops at 1 (1:ca) (2:ed)");
  EXPECT_EQ(dump(line_of("ca") + "\r\n"), "1:ca stops at 2");
  EXPECT_EQ(dump("ssh-rsa " + line_of("ca").substr(12) + line_of("ed")), "stops at 1 (1:ca) (2:ed)");
  EXPECT_EQ(dump("cert-authority " + line_of("rsa767") + line_of("ed")), "stops at 1 (1:rsa767) (2:ed)");
}

TEST(AuthorityFile, CertificatesAreNoAuthorities) { EXPECT_EQ(dump(line_of("ed-cert") + line_of("ca")), "2:ca "); }

TEST(AuthorityFile, ShortKeysArePassedOverFrom79On) {
  EXPECT_EQ(dump(line_of("rsa767") + line_of("ca")), "2:ca ");
  EXPECT_EQ(dump(line_of("rsa1023") + line_of("ca"), 9, 7), "2:ca ");
  EXPECT_EQ(dump(line_of("rsa1023") + line_of("ca"), 8, 7), "stops at 1 (1:rsa1023) (2:ca)");
  EXPECT_EQ(dump(line_of("rsa1023") + line_of("ca"), 5, 7), "1:rsa1023 2:ca ");
}

TEST(AuthorityFile, TypesThatThisSshdDoesNotKnowEndIt) {
  EXPECT_EQ(dump(line_of("dsa") + line_of("ca"), 8, 9), "stops at 1 (1:dsa) (2:ca)");
  EXPECT_EQ(dump(line_of("dsa") + line_of("ca"), 7, 9), "1:dsa 2:ca ");
  EXPECT_EQ(dump(line_of("sked") + line_of("ca"), 1, 8), "stops at 1 (1:sked) (2:ca)");
}

}  // namespace
}  // namespace sshaudit
