// SPDX-License-Identifier: MIT
// One line of a key file (sshd(8), "AUTHORIZED_KEYS FILE FORMAT"), and what is wrong with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sshaudit/public_key.h"

namespace sshaudit {

// The options before the key, with the names of sshd(8). A line without options has these values.
struct KeyOptions {
  bool cert_authority = false;
  bool restricted = false;  // "restrict" was there; what it takes away is in the permissions
  bool agent_forwarding = true;
  bool port_forwarding = true;
  bool pty = true;
  bool user_rc = true;
  bool x11_forwarding = true;
  bool touch_required = true;  // only security keys ask for a touch
  bool verify_required = false;
  std::optional<std::string> command;
  std::optional<std::string> principals;
  std::vector<std::string> from;            // each has to admit the client; more than one only up to OpenSSH 7.6
  std::optional<std::int64_t> expiry_time;  // seconds since 1970; the earliest
  std::vector<std::string> environment;     // NAME=value; of one name only the first
  std::vector<std::string> permitlisten;
  std::vector<std::string> permitopen;
  std::optional<long> tunnel;  // a number, or any_tunnel

  static constexpr long any_tunnel = 0x7fffffff;

  bool operator==(const KeyOptions&) const = default;
};

// Why sshd passes over a line, or over a part of it.
enum class KeyLineFault {
  none,
  // the options
  option_unknown,
  option_newer,         // this sshd does not know it yet
  option_value,         // the value is wrong
  option_repeated,      // may stand once
  option_unquoted,      // the value is not in double quotes
  option_unterminated,  // a quote has no end
  option_blank,         // a blank between options
  curly_quotes,
  // the key
  type_missing,
  type_misspelt,
  type_mismatch,     // another type than the key's own
  type_unsupported,  // this sshd does not know the type
  separator,         // not one blank behind the type (up to OpenSSH 7.6)
  key_incomplete,
  key_malformed,
  key_too_short,  // RSA, for any configuration
  certificate,
  // several lines, or what is no line of the format
  keys_joined,     // a second key in what sshd takes for the comment; the first one counts
  key_wrapped,     // one key over several lines
  line_too_long,   // up to OpenSSH 7.7
  line_swallowed,  // by a NUL byte in the one before (up to OpenSSH 7.7)
  byte_order_mark,
  utf16,
  rfc4716,  // and PEM: other formats of public keys
  private_key,
  no_key,  // anything else
};

struct AuthorizedKey {
  std::size_t line = 0;       // 1-based
  std::size_t last_line = 0;  // the same unless what is wrong goes over several lines
  KeyOptions options;
  PublicKey key;        // what sshd reads; without a type when it reads no key, or ignores it for its options
  std::string comment;  // without the line's end
  std::string wire;     // the key in wire form (RFC 4253, 6.6), as sshd would write it; empty without one

  KeyLineFault fault = KeyLineFault::none;
  std::size_t column = 0;  // where it is, in bytes from 1; 0 where that says nothing
  std::string word;        // what is wrong: an option, a type, a value
  std::string better;      // what is right instead, or why it is wrong; empty when that is not known
  PublicKey meant;         // the key that was meant, where it can be told

  bool shows_private_key = false;  // the text of the line holds one: nothing of it may be repeated

  bool operator==(const AuthorizedKey&) const = default;
};

}  // namespace sshaudit
