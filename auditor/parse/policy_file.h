// SPDX-License-Identifier: MIT
// The tool's own configuration, in TOML.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "sshaudit/finding.h"
#include "sshaudit/policy.h"

namespace sshaudit {

inline constexpr std::array<std::string_view, 9> policy_keys = {"format", "fail-on",   "forecast", "jobs",  "deadline",
                                                                "users",  "automount", "color",    "waiver"};
inline constexpr std::array<std::string_view, 5> waiver_keys = {"rule", "account", "path", "reason", "until"};

// The first thing in the file that is not as it has to be.
struct PolicyFault {
  std::size_t line = 0;    // 1-based
  std::size_t column = 0;  // 1-based, in characters
  std::string what;        // may hold bytes of the file

  bool operator==(const PolicyFault&) const = default;
};

// `rules` is the catalogue: a waiver names one of them. All of the file is used, or none of it.
tl::expected<Policy, PolicyFault> parse_policy(std::string_view text, std::span<const RuleInfo* const> rules);

}  // namespace sshaudit
