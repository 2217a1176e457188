// SPDX-License-Identifier: MIT
#include "differential/key_blob_quirks.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "parse/base64.h"

namespace sshaudit::differential {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

using Parts = std::vector<std::string>;  // strings of RFC 4251, section 5

Parts parts_of(std::string_view blob) {
  Parts parts;
  while (blob.size() >= 4) {
    std::uint32_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) size = size << 8U | static_cast<unsigned char>(blob[i]);
    parts.emplace_back(blob.substr(4, size));
    blob.remove_prefix(std::min<std::size_t>(blob.size(), 4UL + size));
  }
  return parts;
}

std::string wire_of(const Parts& parts) {
  std::string blob;
  for (const auto& part : parts) {
    const auto size = static_cast<std::uint32_t>(part.size());
    for (const unsigned shift : {24U, 16U, 8U, 0U}) blob += static_cast<char>(size >> shift & 0xffU);
    blob += part;
  }
  return blob;
}

// The first four are taken for the same key, by some.
std::string inner_name(const std::string& name, Dice& dice) {
  const std::string nul(1, '\0');
  const std::array<std::string, 22> names = {name + nul,
                                             "rsa-sha2-256",
                                             "rsa-sha2-512",
                                             "rsa-sha2-512" + nul,
                                             name + nul + nul,
                                             nul + name,
                                             name.substr(0, 3) + nul + name.substr(3),
                                             name.substr(1),
                                             name + "x",
                                             "",
                                             "RSA",
                                             "rsa",
                                             "ED25519",
                                             "Ed25519" + nul,
                                             "ECDSA",
                                             "DSA",
                                             "ED25519-SK",
                                             "ssh-rsa",
                                             "ssh-ed25519",
                                             "sk-" + name + "@openssh.com",
                                             name + "-cert-v01@openssh.com",
                                             "ecdsa-sha2-nistp384"};
  return names.at(dice.below(dice.chance(50) ? 4 : names.size()));
}

// A number of RFC 4251, a point, a name of a curve or a signature's key: whatever stands there.
void spoil_part(std::string& part, Dice& dice) {
  switch (dice.below(8)) {
    case 0:
      part.insert(0, 1, '\0');
      break;
    case 1:
      part.insert(0, 1 + dice.below(8), '\0');
      break;
    case 2:
      part.erase(0, 1);
      break;
    case 3:
      part.pop_back();
      break;
    case 4:
      part += '\0';
      break;
    case 5:
      part.insert(0, 1, '\x80');
      break;
    case 6:
      part.clear();
      break;
    default: {
      auto& byte = part[dice.below(part.size())];
      byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << dice.below(8)));
    }
  }
}

// Points of a curve with the y left out, or half left out (SEC 1, 2.3.3).
void compress(std::string& point, Dice& dice) {
  const auto half = point.size() / 2;
  const bool is_odd = (static_cast<unsigned char>(point.back()) & 1U) != 0;
  const bool hybrid = dice.chance(40);
  point[0] = static_cast<char>((hybrid ? 6 : 2) + (is_odd ? 1 : 0));
  if (!hybrid) point.resize(1 + half);
}

std::string cut_anywhere(const std::string& text, Dice& dice) {
  return text.substr(0, dice.chance(50) ? text.size() - 1 - dice.below(8) : 1 + dice.below(text.size() - 1));
}

// Bits behind the last byte, which nothing needs.
std::string with_bits_set(std::string text, Dice& dice) {
  const auto end = text.find('=');
  if (end == std::string::npos) return text + "A" + std::string(dice.below(4), '=');
  const auto value = alphabet.find(text[end - 1]);
  const std::size_t free_bits = text.size() - end == 2 ? 4 : 2;
  text[end - 1] = alphabet[value | (1 + dice.below((1UL << free_bits) - 1))];
  return text;
}

std::string with_padding(std::string text, Dice& dice) {
  switch (dice.below(5)) {
    case 0:
      return text + std::string(1 + dice.below(3), '=');
    case 1:
      return text.substr(0, text.find('='));
    case 2:
      return text.substr(0, text.size() - 1) + "=";
    case 3:
      return text.insert(dice.below(text.size()), "=");
    default:
      return text + "=" + text;
  }
}

}  // namespace

std::string odd_base64(std::string text, Dice& dice) {
  constexpr std::array pieces = {"\r", "\v", "\f", "\r\r",  "\xA0", "-", "_", ",",
                                 "\"", "\\", "'",  "&#43;", "%2B",  "*", "."};
  const auto at = dice.below(text.size() + 1);
  switch (dice.below(10)) {
    case 0:
    case 1:
      return cut_anywhere(text, dice);
    case 2:
      return with_padding(std::move(text), dice);
    case 3:
      return with_bits_set(std::move(text), dice);
    case 4:
    case 5:
    case 6:
      return text.insert(at, pieces.at(dice.chance(60) ? dice.below(4) : dice.below(pieces.size())));
    case 7:
      return text.insert(at, dice.chance(50) ? " " : "\t");
    case 8:
      return text.insert(text.size(), dice.chance(70) ? "\r" : "\f\v\r");
    default:
      text[dice.below(text.size())] = alphabet[dice.below(alphabet.size())];
      return text;
  }
}

std::string odd_blob(const std::string& base64, Dice& dice) {
  std::string blob;
  decode_base64(base64, blob);
  auto parts = parts_of(blob);
  const bool is_point = parts.size() == 3 && parts[0].starts_with("ecdsa");
  const auto way = dice.below(is_point ? 12 : 10);
  if (way < 3) parts[0] = inner_name(parts[0], dice);
  if (way >= 3 && way < 7) {
    const auto which = 1 + dice.below(parts.size() - 1);
    const bool only_zeros = parts[0] == "ssh-rsa" && dice.chance(50);
    if (only_zeros) parts[which].insert(0, 1 + dice.below(12), '\0');
    if (!only_zeros) spoil_part(parts[which], dice);
  }
  if (way == 7) std::swap(parts[1], parts.back());
  if (way == 8) parts.push_back(dice.chance(50) ? "" : "more");
  if (way >= 10) compress(parts.back(), dice);
  auto made = wire_of(parts);
  if (way == 9) made += std::string(1 + dice.below(3), static_cast<char>(dice.below(256)));
  return encode_base64(made);
}

}  // namespace sshaudit::differential
