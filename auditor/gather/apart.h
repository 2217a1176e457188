// SPDX-License-Identifier: MIT
// Work in a process of its own, which may hang instead of this one.
#pragma once

#include <functional>
#include <string>
#include <tl/expected.hpp>

namespace sshaudit {

using SignOfLife = std::function<void()>;

// The bytes that `work` makes. An errno when it is silent for `seconds` or takes 120 times as long altogether
// (ETIMEDOUT), when it fails (ECHILD), or cannot be started. The process is gone then, as far as it can be ended, and
// it does not outlive this one.
tl::expected<std::string, int> made_apart(int seconds, const std::function<std::string(const SignOfLife&)>& work);

}  // namespace sshaudit
