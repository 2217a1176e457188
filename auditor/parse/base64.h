// SPDX-License-Identifier: MIT
// base64 as sshd decodes it (b64_pton of the C library): white space anywhere, padding only where it belongs.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sshaudit {

enum class Base64Fault {
  none,
  bad_character,  // at `position`
  incomplete,     // characters are missing at the end
  bad_padding,    // too much, in the wrong place, or with bits behind the last byte
};

// Decodes into `bytes`, which loses its content; with a fault it holds what came before.
struct Base64Outcome {
  Base64Fault fault = Base64Fault::none;
  std::size_t position = 0;  // of the character that is wrong
};
Base64Outcome decode_base64(std::string_view text, std::string& bytes);

// With padding.
std::string encode_base64(std::string_view bytes);

}  // namespace sshaudit
