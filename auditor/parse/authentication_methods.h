// SPDX-License-Identifier: MIT
// The lists of AuthenticationMethods (sshd_config(5)). Source: OpenSSH auth2.c, auth2_methods_valid.
#pragma once

#include <functional>
#include <string_view>

#include "sshaudit/server.h"

namespace sshaudit {

// "publickey,keyboard-interactive:pam": methods that sshd knows, with commas. Builds of distributions know GSSAPI.
bool is_method_list(std::string_view list, Vendor vendor);

// Whether each method of a list is switched on; "any" always is. `is_on` says whether a keyword is set to yes.
bool is_possible(std::string_view list, const std::function<bool(std::string_view keyword)>& is_on);

}  // namespace sshaudit
