// SPDX-License-Identifier: MIT
// Runs the program that was built, as its user would.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "gather/subprocess.h"

namespace sshaudit {

inline ProgramOutput run_sshaudit(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), SSHAUDIT_PROGRAM);
  return run_program(arguments, std::chrono::minutes(5)).value();
}

}  // namespace sshaudit
