// SPDX-License-Identifier: MIT
// The record of a connection, which the logger keeps from one key to the next.
#pragma once

#include <optional>
#include <string_view>

#include "sshaudit/refusal.h"

namespace sshaudit {

// Lines "key TYPE FINGERPRINT BASE64" and "logged REASON"; others are passed over. A key that cannot be read is known
// by its fingerprint, if that is one of SHA-256.
ConnectionNotes parse_connection_notes(std::string_view text);

// "SHA256:..." as `ssh-keygen -l` prints it; nothing when it is no such fingerprint.
std::optional<OfferedKey> key_of_fingerprint(std::string_view text);

// The keys of SSH_AUTH_INFO_0 (sshd_config(5), ExposeAuthInfo): a line "publickey TYPE BASE64" for each that was
// accepted.
std::vector<OfferedKey> parse_auth_info(std::string_view text);

}  // namespace sshaudit
