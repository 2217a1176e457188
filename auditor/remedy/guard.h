// SPDX-License-Identifier: MIT
// Whether making an account the owner of something would show it what it could not read before. Who owns a directory
// can rename what root left there to any name, such as that of a key file.
#pragma once

#include <string>

#include "gather/identity.h"
#include "parse/key_grammar.h"
#include "remedy/target.h"
#include "sshaudit/account.h"

namespace sshaudit {

// Why the target is not given to the account; empty when it may be. A home is what root made it, by the path in passwd.
// The thread is root, and is so afterwards.
std::string why_not_given(const Target& target, const Identity& account, bool is_home, const KeyGrammar& grammar,
                          FileIdentity& identity);

}  // namespace sshaudit
