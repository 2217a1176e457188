// SPDX-License-Identifier: MIT
// From effective values to the settings that rules ask for, and how they compare with what `sshd -T` says (sshd(8),
// "extended test mode").
#pragma once

#include <string_view>
#include <vector>

#include "sshaudit/result.h"
#include "sshaudit/server.h"
#include "sshaudit/sshd_config.h"

namespace sshaudit {

Settings settings_of(const EffectiveConfig& config);
ConfigPlaces places_of(const EffectiveConfig& config);

// What sshd says of the keywords that we know, and where that is something else than we read.
struct CheckedConfig {
  EffectiveConfig settings;  // sshd's own where they differ
  std::vector<ConfigDifference> differences;
};

// `output` is all that `sshd -T` printed. An error when it is no such output.
Result<CheckedConfig> check_against_sshd(const EffectiveConfig& read, std::string_view output);

}  // namespace sshaudit
