// SPDX-License-Identifier: MIT
#include "parse/base64.h"

#include <openssl/evp.h>

#include <array>
#include <cstdint>

namespace sshaudit {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t no_digit = 0xFF;

constexpr std::array<std::uint8_t, 256> make_digits() {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(no_digit);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    digits.at(static_cast<unsigned char>(alphabet[i])) = static_cast<std::uint8_t>(i);
  }
  return digits;
}
constexpr auto digits = make_digits();

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::size_t skip_spaces(std::string_view text, std::size_t at) {
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}

// What follows the first "=": one more after one byte, white space, the end. `rest` are the bits that no byte took.
Base64Outcome check_padding(std::string_view text, std::size_t at, unsigned state, std::uint32_t rest) {
  const auto first = at++;
  if (state < 2) return {Base64Fault::bad_padding, first};
  if (state == 2) {
    at = skip_spaces(text, at);
    if (at == text.size()) return {Base64Fault::incomplete, at};
    if (text[at++] != '=') return {Base64Fault::bad_padding, at - 1};
  }
  at = skip_spaces(text, at);
  if (at != text.size()) return {Base64Fault::bad_padding, at};
  return {rest == 0 ? Base64Fault::none : Base64Fault::bad_padding, first};
}

}  // namespace

Base64Outcome decode_base64(std::string_view text, std::string& bytes) {
  bytes.clear();
  bytes.reserve(text.size() / 4 * 3 + 3);
  unsigned state = 0;      // digits since the last whole group
  std::uint32_t bits = 0;  // of them, those that no byte has taken
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (is_space(text[at])) continue;
    if (text[at] == '=') return check_padding(text, at, state, bits);
    const auto digit = digits[static_cast<unsigned char>(text[at])];
    if (digit == no_digit) return {Base64Fault::bad_character, at};
    bits = (bits << 6U) | digit;
    if (state > 0) {
      const unsigned left = 6 - 2 * state;
      bytes.push_back(static_cast<char>(bits >> left));
      bits &= (1U << left) - 1;
    }
    state = (state + 1) % 4;
  }
  return {state == 0 ? Base64Fault::none : Base64Fault::incomplete, text.size()};
}

std::string encode_base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const auto size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

}  // namespace sshaudit
