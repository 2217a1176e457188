// SPDX-License-Identifier: MIT
// One key, looked for among the lines of a source of keys.
#pragma once

#include "rules/key_file_rules.h"
#include "rules/key_sources.h"

namespace sshaudit {

// Adds to the verdict what the lines come to, as if sshd read them.
void search_lines(const KeyFileSubject& subject, const OfferedKey& offered, const Context& context,
                  SourceVerdict& verdict);

}  // namespace sshaudit
