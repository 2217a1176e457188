// SPDX-License-Identifier: MIT
// Where a public key has to go, and whether it could ever let anybody in. No input or output.
#pragma once

#include <string>
#include <string_view>

#include "rules/rule.h"
#include "sshaudit/evidence.h"
#include "sshaudit/plan.h"

namespace sshaudit {

// The line for the key file, from the text of a .pub file and options as authorized_keys has them. `why_not` says what
// is wrong with them; it repeats nothing of a private key.
struct NewKeyLine {
  std::string line;
  std::string why_not;
};
NewKeyLine new_key_line(std::string_view text, std::string_view options);

// The evidence has to be of somebody who wants to log in, with what RevokedKeys says of the key.
KeyAddition plan_key_addition(const AccountEvidence& evidence, const std::string& line, const Context& context);

}  // namespace sshaudit
