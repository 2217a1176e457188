// SPDX-License-Identifier: MIT
#include "parse/key_grammar.h"

#include "parse/config_keywords.h"

namespace sshaudit {

KeyGrammar key_grammar(const SshdVersion& version) { return {facts_of(version), version_number(version), {}, {}}; }

}  // namespace sshaudit
