// SPDX-License-Identifier: MIT
// Work in a process of its own, which may hang instead of this one.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace sshaudit {

using SignOfLife = std::function<void()>;

// The bytes that `work` makes. Nothing when it fails, is silent for `seconds`, or takes 20 times as long altogether.
// The process is gone then, as far as it can be ended, and it does not outlive this one.
std::optional<std::string> made_apart(int seconds, const std::function<std::string(const SignOfLife&)>& work);

}  // namespace sshaudit
