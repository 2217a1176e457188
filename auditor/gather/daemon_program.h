// SPDX-License-Identifier: MIT
// Which program a daemon is, beside what it was started with. Root only.
#pragma once

#include <string>

#include "gather/daemons.h"

namespace sshaudit {

// The path of the file that it runs, or ran from, where that has been replaced since.
std::string program_of(const Daemon& daemon);

// Whether it runs `program`, and would run it again when it starts itself anew by the name that it was started by.
bool runs_program(const Daemon& daemon, const std::string& program);

// The configuration file that its program goes by without -f: the one path to an sshd_config that is compiled into it.
// Empty when there is none, or more than one.
std::string compiled_in_config(const Daemon& daemon);

}  // namespace sshaudit
