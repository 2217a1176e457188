// SPDX-License-Identifier: MIT
// A plan as text, and as a shell script.
#pragma once

#include <string>
#include <vector>

#include "render/renderer.h"
#include "sshaudit/plan.h"

namespace sshaudit {

// One block for the account; empty when there is neither a change nor advice.
std::string render_plan(const Plan& plan, const TextStyle& style);

// Type, fingerprint, place and comment, as they are: not escaped.
std::string listed_key_in_words(const ListedKey& key);

// A script for a POSIX shell with stat(1) of GNU coreutils, which makes the changes with the guards that it can have:
// of what is opened, once, and is still what was judged. What takes more than a shell can do safely is in it as a
// comment.
std::string render_script(const std::vector<Plan>& plans);

}  // namespace sshaudit
