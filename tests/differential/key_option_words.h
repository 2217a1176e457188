// SPDX-License-Identifier: MIT
// The options of sshd(8), "AUTHORIZED_KEYS FILE FORMAT", and what may or may not stand in them: one alternative a line.
#pragma once

#include <span>

namespace sshaudit::differential {

// An option with a value; the alternatives are what stands between the quotes. The last form has no good value.
struct OptionForm {
  const char* name;
  const char* good;
  const char* bad;  // mostly
};
std::span<const OptionForm> option_forms();

const char* good_flags();
const char* bad_flags();

}  // namespace sshaudit::differential
