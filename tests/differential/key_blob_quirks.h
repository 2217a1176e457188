// SPDX-License-Identifier: MIT
// The base64 word of a key line, and what it holds, in other ways than ssh-keygen(1) writes it.
#pragma once

#include <string>

#include "differential/dice.h"

namespace sshaudit::differential {

// Another text for the same bytes, or for nearly the same.
std::string odd_base64(std::string base64, Dice& dice);

// base64 of the same key in another wire form, or of nearly the same.
std::string odd_blob(const std::string& base64, Dice& dice);

}  // namespace sshaudit::differential
