// SPDX-License-Identifier: MIT
// The options of a key line (sshd(8)) by name, and which sshd knows them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sshaudit/authorized_key.h"

namespace sshaudit {

struct KeyFlag {
  std::string_view name;  // in lower case
  bool can_be_negated = true;
  bool KeyOptions::*target = nullptr;
  unsigned since = 0;  // a version_number()
};

enum class KeyValue { command, principals, from, expiry_time, environment, permitopen, permitlisten, tunnel };
struct KeyValueOption {
  std::string_view name;
  KeyValue value;
  unsigned since = 0;
};

// In the order in which sshd tries them.
std::span<const KeyFlag> key_flags();
std::span<const KeyValueOption> key_value_options();

// The option that was probably meant, with "no-" in front where `negated`; empty when none is near.
std::string nearest_key_option(std::string_view name, bool negated);

}  // namespace sshaudit
