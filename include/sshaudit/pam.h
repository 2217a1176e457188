// SPDX-License-Identifier: MIT
// The account stack of a PAM service as libpam reads it, and what modules answer.
#pragma once

#include <sys/types.h>

#include <array>
#include <bitset>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "sshaudit/sshd_config.h"

namespace sshaudit {

// What libpam and its modules answer, by its number. Source: Linux-PAM, security/_pam_types.h.
enum class PamCode : std::uint8_t {
  success,
  open_err,
  symbol_err,
  service_err,
  system_err,
  buf_err,
  perm_denied,
  auth_err,
  cred_insufficient,
  authinfo_unavail,
  user_unknown,
  maxtries,
  new_authtok_reqd,
  acct_expired,
  session_err,
  cred_unavail,
  cred_expired,
  cred_err,
  no_module_data,
  conv_err,
  authtok_err,
  authtok_recover_err,
  authtok_lock_busy,
  authtok_disable_aging,
  try_again,
  ignore,
  abort,
  authtok_expired,
  module_unknown,
  bad_item,
  conv_again,
  incomplete,
};
inline constexpr std::size_t pam_code_count = 32;
using PamCodes = std::bitset<pam_code_count>;

// What libpam does with an answer: one of these, or, when positive, a jump over that many modules.
enum class PamAction : int { ignore = 0, ok = -1, done = -2, bad = -3, die = -4, reset = -5 };
using PamActions = std::array<PamAction, pam_code_count>;  // by PamCode

struct PamEntry {
  enum class Kind {
    module,
    must_fail,  // a line that libpam cannot use: it answers perm_denied
    substack,   // what follows on a higher level belongs to it
  };
  Kind kind = Kind::module;
  unsigned level = 0;  // of substacks
  PamActions actions{};
  std::string control;  // as written, without its brackets
  std::string module;   // as written; of a substack the name of the file
  std::vector<std::string> arguments;
  ConfigPlace place;
  std::string fault;         // of must_fail: what is wrong, in words
  bool is_missing = false;   // no module of that name is installed
  bool is_optional = false;  // "-account": not logged when it is missing

  bool operator==(const PamEntry&) const = default;
};

// What pam_acct_mgmt(3) runs through for one service.
struct PamStack {
  std::string service;            // in lower case, as libpam makes it
  std::vector<PamEntry> account;  // in order; of the service "other" where the service has none
  std::string fault;              // libpam gives up on the files and pam_start(3) fails; empty when it does not
  ConfigPlace fault_place;
  std::string unread;  // why nothing is known of the stack: a file that is there could not be read

  bool operator==(const PamStack&) const = default;
};

// A rule of access.conf(5).
struct AccessRule {
  bool allows = false;
  std::string users;    // lists as written
  std::string origins;  // likewise
  std::size_t line = 0;

  bool operator==(const AccessRule&) const = default;
};

// How a module reads a file that it is told of.
enum class PamReader {
  access,      // pam_access: rules
  list,        // pam_listfile: lines
  shells,      // pam_shells: lines
  names,       // pam_localuser: the names in passwd(5)
  login_defs,  // pam_usertype
  time,        // pam_time
  sepermit,    // pam_sepermit
  nologin,     // pam_nologin with file=
};

struct PamFileUse {
  PamReader reader = PamReader::list;
  std::string path;
  std::string separators;  // between the fields of a rule, for access

  auto operator<=>(const PamFileUse&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 misreads it
};

struct PamFile {
  int errnum = 0;  // why it cannot be read; ENOENT when it is not there
  bool is_link = false;
  mode_t mode = 0;                        // of what it leads to
  std::string text;                       // for those readers that need all of it
  std::unordered_set<std::string> lines;  // for list, shells and names
  std::vector<AccessRule> rules;          // for access
  std::size_t cut_line = 0;               // for access: a last line without a newline, which is not read; 0 for none

  bool operator==(const PamFile&) const = default;
};

// What one module said when it was asked by itself.
struct PamModuleRun {
  PamEntry entry;
  bool was_run = false;
  std::string skipped;  // why it was not run
  PamCode code = PamCode::success;
  std::vector<std::string> messages;  // to the user

  bool operator==(const PamModuleRun&) const = default;
};

}  // namespace sshaudit
