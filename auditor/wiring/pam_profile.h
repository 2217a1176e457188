// SPDX-License-Identifier: MIT
// What pam-auth-update(8) has made of /etc/pam.d, and which parts of a service come to a module.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sshaudit/sshd_config.h"

namespace sshaudit {

inline constexpr auto pam_module_name = "pam_sshaudit.so";
inline constexpr std::array pam_kinds = {"auth", "account", "session"};  // that the module has a part in

// The files that pam-auth-update keeps: /etc/pam.d/common-NAME, and what it has written last as /var/lib/pam/NAME.
inline constexpr std::array pam_profile_files = {"auth", "account", "password", "session", "session-noninteractive"};

// The first line of a common-NAME that pam-auth-update would not write as it is: it would leave the files alone, or
// could not put the line back later. `saved` is the text below /var/lib/pam. Nothing when there is none; a line of 0
// where the marks of its block are missing.
std::optional<std::size_t> foreign_pam_line(std::string_view name, std::string_view current, std::string_view saved);

// The first line of a module other than ours that is not as before, as `after` has it; a line that is gone, as `before`
// has it. Nothing when there is none. The length of a jump does not count, nor try_first_pass that has
// joined: such a module asks for a password itself when nobody has.
std::optional<std::string> changed_pam_line(std::string_view before, std::string_view after);

// A line of a service that names the module.
struct PamModuleLine {
  std::string kind;
  ConfigPlace place;

  bool operator==(const PamModuleLine&) const = default;
};

// Those that libpam comes to for the service file, through whatever it includes, in order. `read` gives the text of a
// file in /etc/pam.d, or nothing.
using PamFileReader = std::function<std::optional<std::string>(const std::string& path)>;
std::vector<PamModuleLine> pam_module_lines(const std::string& service, const PamFileReader& read);

}  // namespace sshaudit
