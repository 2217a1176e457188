// SPDX-License-Identifier: MIT
// The files that settings name and that sshd reads or runs, whoever logs in.
#pragma once

#include <vector>

#include "gather/config_files.h"
#include "parse/key_grammar.h"
#include "sshaudit/server.h"

namespace sshaudit {

std::vector<NamedFile> look_at_named_files(ConfigFiles& files, const Settings& settings, const ConfigPlaces& places,
                                           const KeyGrammar& grammar);

}  // namespace sshaudit
