// SPDX-License-Identifier: MIT
// A login with the installed sshd, and the lines that it leaves in syslog.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cases.h"
#include "log_capture.h"

namespace sshaudit::e2e {

struct Row {
  std::string title;
  std::function<void(Scene&)> make;
  std::string came;                 // LoginEnd::came
  std::vector<std::string> logged;  // {R} stands for what most lines begin with, {KEY} for the name of the first key
};

// The line as it has to be.
std::string filled(std::string text);

// Of sshd: the logger is its AuthorizedKeysCommand.
std::vector<std::string> by_command();

// Checks what came of the login, and all lines. `error` begins the one that sshaudit has to say of its own wiring.
void check(const Row& row, const std::vector<std::string>& options, bool on_pipe = false,
           const std::string& error = {});

}  // namespace sshaudit::e2e
