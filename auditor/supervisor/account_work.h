// SPDX-License-Identifier: MIT
// What is done for each account, and where. Accounts are positions, from 0; the rest is bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "gather/lookout.h"

namespace sshaudit {

// Asks the process that parses, and waits for its answer. Throws when it is gone.
using Ask = std::function<std::string(std::string_view question)>;

struct AccountWork {
  // In a process with the rights of the run: everything that is to be seen of an account. It
  // says where it is, and leaves out what was given up. `ask` is the same in every call of a process.
  std::function<std::string(std::size_t account, const Watch& watch, const Ask& ask)> observe;

  // In the same process, for accounts that it is handed together: puts them into the order in which they are best
  // looked at. May be empty.
  std::function<void(std::span<std::uint32_t> accounts)> arrange;

  // In a process without any rights, fed by the one above: what is to be said of that.
  std::function<std::string(std::size_t account, std::string_view observed)> judge;
  std::function<std::string(std::string_view question)> answer;

  // Where the home of an account is said to be: for accounts that need not be tried. In the supervisor.
  std::function<std::string_view(std::size_t account)> home;
};

}  // namespace sshaudit
