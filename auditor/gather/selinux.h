// SPDX-License-Identifier: MIT
// SELinux labels, where the host has SELinux and the build has libselinux.
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gather/path_resolver.h"
#include "sshaudit/file_environment.h"
#include "sshaudit/host_state.h"

namespace sshaudit {

// Where labels come from.
struct LabelSource {
  std::function<std::optional<std::string>(int fd)> read;  // of a descriptor that may be an O_PATH one
  std::function<std::optional<std::string>(const std::string& path, mode_t mode)> expected;  // by the policy
};

// That of this host; nothing when SELinux is off, or the build does without.
std::optional<LabelSource> label_source_of_host();

// The label of what was reached and of the directories above it, down from the one at `top` where that leads there,
// and otherwise of the file and its directory. What is in `labels` already is not looked at again.
void note_labels(const LabelSource& source, const Resolution& found, const std::string& top,
                 std::vector<FileLabel>& labels);

// What the policy in force says of homes.
void add_selinux_to(HostState& state);

}  // namespace sshaudit
