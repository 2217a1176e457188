// SPDX-License-Identifier: MIT
// Asks the modules of an account stack what they say, one at a time, through libpam.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "sshaudit/pam.h"

namespace sshaudit {

struct PamLogin {
  std::string user;
  std::optional<std::string> from;  // PAM_RHOST; not set without
};

// Runs those modules that are known to change nothing, each alone in a stack of a service with the stack's name, in a
// process of its own that is killed at the deadline. The others are returned as skipped, with the reason. Only root
// gets the answers that sshd would get. Messages are at most 20 of 1000 bytes a module; they may hold any bytes.
std::vector<PamModuleRun> run_pam_modules(const PamStack& stack, const PamLogin& login,
                                          std::chrono::milliseconds deadline);

// Why a module of this name is not run; empty when it is.
std::string why_not_run(const PamEntry& entry);

// Whether libpam finds the module and can call its account part. It is called once, in a process and for a service of
// our own ("sshaudit").
bool pam_module_loads(const std::string& module);

}  // namespace sshaudit
