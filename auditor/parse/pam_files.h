// SPDX-License-Identifier: MIT
// Which files the modules of an account stack read, and what they take from them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sshaudit/pam.h"

namespace sshaudit {

inline constexpr std::string_view access_conf_path = "/etc/security/access.conf";

// "pam_unix", of "/lib/security/pam_unix.so": what libpam calls it in the log.
std::string module_name(std::string_view module);

// What stands behind "NAME=" in the last argument that begins so; nothing when none does.
std::optional<std::string> argument_of(const PamEntry& entry, std::string_view name);
bool has_argument(const PamEntry& entry, std::string_view word);

// The separators between fields that an entry of pam_access goes by.
std::string access_separators(const PamEntry& entry);

// The files that the entry reads. For pam_access with its usual file, those of access.d(5) are not among them.
std::vector<PamFileUse> files_read_by(const PamEntry& entry);

// Fills in what the reader takes from the text of a file.
void take_content(const PamFileUse& use, std::string text, PamFile& file);

}  // namespace sshaudit
