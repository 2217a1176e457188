// SPDX-License-Identifier: MIT
// Rows of the C library as values.
#pragma once

#include <grp.h>
#include <pwd.h>
#include <shadow.h>

#include <string>

#include "parse/account_row.h"
#include "sshaudit/account.h"

namespace sshaudit {

inline std::string text_of(const char* text) { return text == nullptr ? std::string() : std::string(text); }

inline Account account_of(const passwd& entry) {
  return {text_of(entry.pw_name),
          entry.pw_uid,
          entry.pw_gid,
          text_of(entry.pw_dir),
          text_of(entry.pw_shell),
          passwd_field(text_of(entry.pw_passwd))};
}

inline ShadowEntry shadow_of(const spwd& entry) {
  return {.password = shadow_field(text_of(entry.sp_pwdp)),
          .last_change = shadow_number(entry.sp_lstchg),
          .min = shadow_number(entry.sp_min),
          .max = shadow_number(entry.sp_max),
          .warn = shadow_number(entry.sp_warn),
          .inactive = shadow_number(entry.sp_inact),
          .expire = shadow_number(entry.sp_expire),
          .has_hash = has_hash(text_of(entry.sp_pwdp))};
}

inline Group group_of(const group& entry) {
  Group result{text_of(entry.gr_name), entry.gr_gid, {}};
  for (char** member = entry.gr_mem; member != nullptr && *member != nullptr; ++member) {
    result.members.emplace_back(*member);
  }
  return result;
}

}  // namespace sshaudit
