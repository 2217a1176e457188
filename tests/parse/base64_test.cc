// SPDX-License-Identifier: MIT
// base64 in a key line. Which texts decode, and to which bytes, is what glibc's b64_pton() gave for these rows, but for
// the one with a NUL byte, which ends a text there. What is wrong with the others, and where, is ours.
#include "parse/base64.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace sshaudit {
namespace {

using namespace std::string_literals;

struct Base64Row {
  std::string text;
  std::string bytes;
  Base64Fault fault = Base64Fault::none;
  std::size_t position = 0;
};

const std::vector<Base64Row> rows = {
    {"", ""},
    {"QQ==", "A"},
    {"QUI=", "AB"},
    {"QUJD", "ABC"},
    {"QUJDRA==", "ABCD"},
    {"AAAA", "\0\0\0"s},
    {"+/+/", "\xfb\xff\xbf"},
    {"QUJ D", "ABC"},
    {" QUJD ", "ABC"},
    {"Q\tU\nJ\vD\f\r", "ABC"},
    {"QQ= =", "A"},
    {"QQ == ", "A"},
    {"QUI =\r\n", "AB"},
    {"Q", "", Base64Fault::incomplete, 1},
    {"QQ", "A", Base64Fault::incomplete, 2},
    {"QUI", "AB", Base64Fault::incomplete, 3},
    {"QUJDR", "ABC", Base64Fault::incomplete, 5},
    {"QQ=", "A", Base64Fault::incomplete, 3},
    {"QQ= ", "A", Base64Fault::incomplete, 4},
    {"=", "", Base64Fault::bad_padding, 0},
    {"====", "", Base64Fault::bad_padding, 0},
    {"Q===", "", Base64Fault::bad_padding, 1},
    {"QUJD=", "ABC", Base64Fault::bad_padding, 4},
    {"QUJD====", "ABC", Base64Fault::bad_padding, 4},
    {"QQ===", "A", Base64Fault::bad_padding, 4},
    {"QQ==x", "A", Base64Fault::bad_padding, 4},
    {"QQ=x", "A", Base64Fault::bad_padding, 3},
    {"QUI==", "AB", Base64Fault::bad_padding, 4},
    {"QUI=QUJD", "AB", Base64Fault::bad_padding, 4},
    {"QR==", "A", Base64Fault::bad_padding, 2},
    {"QUJ=", "AB", Base64Fault::bad_padding, 3},
    {"QUJD-", "ABC", Base64Fault::bad_character, 4},
    {"Q_JD", "", Base64Fault::bad_character, 1},
    {"QU.JD", "A", Base64Fault::bad_character, 2},
    {"\"QUJD\"", "", Base64Fault::bad_character, 0},
    {"QUJD\x80", "ABC", Base64Fault::bad_character, 4},
    {"QU\0JD"s, "A", Base64Fault::bad_character, 2},
};

TEST(Base64, IsDecodedAsSshdDoes) {
  for (const auto& row : rows) {
    std::string bytes = "left over";
    const auto outcome = decode_base64(row.text, bytes);
    EXPECT_EQ(outcome.fault, row.fault) << row.text;
    const bool is_wrong = row.fault != Base64Fault::none;
    EXPECT_EQ(is_wrong ? outcome.position : 0, row.position) << row.text;
    EXPECT_EQ(bytes, row.bytes) << row.text;
  }
}

TEST(Base64, IsWrittenWithPadding) {
  const std::vector<Base64Row> written = {
      {"", ""}, {"QQ==", "A"}, {"QUI=", "AB"}, {"QUJD", "ABC"}, {"+/+/", "\xfb\xff\xbf"}};
  for (const auto& row : written) EXPECT_EQ(encode_base64(row.bytes), row.text);
}

}  // namespace
}  // namespace sshaudit
