// SPDX-License-Identifier: MIT
#include "supervisor/channel.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sshaudit {
namespace {

constexpr std::size_t worth_keeping = 192UL * 1024;  // of memory, for the next ones
constexpr std::size_t most_at_once = 64UL * 1024;    // what a pipe holds

}  // namespace

bool MessageWriter::add(std::string_view message, std::string_view rest) {
  if (message.size() + rest.size() > largest_message) return false;
  const auto size = static_cast<std::uint32_t>(message.size() + rest.size());
  buffer_.append(reinterpret_cast<const char*>(&size), sizeof size);
  buffer_.append(message).append(rest);
  return true;
}

bool MessageWriter::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const auto written = write(fd_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  buffer_.clear();
  if (buffer_.capacity() > worth_keeping) buffer_.shrink_to_fit();
  return true;
}

bool MessageReader::fill() {
  buffer_.erase(0, used_);
  used_ = 0;
  const auto before = buffer_.size();
  buffer_.resize(before + most_at_once);
  ssize_t size = 0;
  do {
    size = read(fd_, buffer_.data() + before, most_at_once);
  } while (size < 0 && errno == EINTR);
  buffer_.resize(before + static_cast<std::size_t>(size < 0 ? 0 : size));
  return size > 0 || (size < 0 && errno == EAGAIN);
}

std::optional<std::string_view> MessageReader::next() {
  std::uint32_t size = 0;
  const auto rest = std::string_view(buffer_).substr(used_);
  if (broken_ || rest.size() < sizeof size) return std::nullopt;
  std::memcpy(&size, rest.data(), sizeof size);
  broken_ = size > largest_;
  if (broken_ || rest.size() - sizeof size < size) return std::nullopt;
  used_ += sizeof size + size;
  return rest.substr(sizeof size, size);
}

std::optional<std::string_view> MessageReader::wait() {
  while (true) {
    if (const auto message = next()) return message;
    if (broken_ || !fill()) return std::nullopt;
  }
}

}  // namespace sshaudit
