// SPDX-License-Identifier: MIT
// Messages over a pipe: the size of each in 4 bytes, as this machine has them, then its bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sshaudit {

constexpr std::size_t largest_message = 256UL * 1024 * 1024;  // all that is seen of an account
constexpr std::size_t largest_report = 64UL * 1024 * 1024;

class MessageWriter {
 public:
  explicit MessageWriter(int fd) : fd_(fd) {}

  // Keeps it. False when it is too large. The second part follows the first.
  bool add(std::string_view message, std::string_view rest = {});

  // The same, and writes when there are many bytes. False also when nobody reads any more.
  bool put(std::string_view message, std::string_view rest = {}) {
    return add(message, rest) && (!is_worth_writing() || flush());
  }
  bool flush();

  bool is_empty() const { return buffer_.empty(); }
  bool is_worth_writing() const { return buffer_.size() >= 48UL * 1024; }

 private:
  int fd_;
  std::string buffer_;
};

class MessageReader {
 public:
  explicit MessageReader(int fd, std::size_t largest = largest_message) : fd_(fd), largest_(largest) {}

  // Reads what is there: at least something, unless the descriptor does not block. False at the end of what is written,
  // and when what comes is no message.
  bool fill();

  // The next whole message that was read; it stays valid until the next fill().
  std::optional<std::string_view> next();

  // Blocks for the next one. Nothing at the end.
  std::optional<std::string_view> wait();

  bool is_broken() const { return broken_; }

 private:
  int fd_;
  std::size_t largest_;
  bool broken_ = false;
  std::string buffer_;
  std::size_t used_ = 0;  // bytes at the front that were given out
};

}  // namespace sshaudit
