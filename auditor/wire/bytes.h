// SPDX-License-Identifier: MIT
// Values as bytes between two processes of one program. Numbers take 1 to 10 bytes (7 bits each, low ones first),
// strings and lists have their size in front.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace sshaudit {

class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out) {}

  void number(std::uint64_t value) {
    constexpr std::size_t most = 10;
    std::array<char, most> digits;  // NOLINT(cppcoreguidelines-pro-type-member-init): there are very many numbers
    std::size_t count = 0;
    for (; value >= 0x80; value >>= 7U) digits[count++] = static_cast<char>(value | 0x80);
    digits[count++] = static_cast<char>(value);
    out_.append(digits.data(), count);
  }

  void bytes(std::string_view text) {
    number(text.size());
    out_.append(text);
  }

  void raw(std::string_view text) { out_.append(text); }

 private:
  std::string& out_;
};

// What comes from a process that may be somebody else's by now: nothing is believed. After the first fault everything
// is empty, and ok() is false.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes), room_(8 * bytes.size() + 64UL * 1024) {}

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) return fail();
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
      if (byte < 0x80) return value;
    }
    return fail();
  }

  std::string_view raw(std::uint64_t size) {
    if (size > rest_.size()) {
      fail();
      return {};
    }
    const auto text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }

  std::string_view bytes() { return raw(number()); }

  // How many elements of `size` bytes in memory follow. A list cannot have more of them than there are bytes, nor take
  // up many times the memory of the message.
  std::size_t count(std::size_t size) {
    const auto count = number();
    if (count > rest_.size() || count > room_ / size) return static_cast<std::size_t>(fail());
    room_ -= count * size;
    return static_cast<std::size_t>(count);
  }

  std::uint64_t fail() {
    ok_ = false;
    rest_ = {};
    return 0;
  }

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  std::size_t room_;
  bool ok_ = true;
};

}  // namespace sshaudit
