// SPDX-License-Identifier: MIT
// What the modules of an account stack answer to a key login. Each answer is that of Linux-PAM's own module; of others
// it is everything they may say.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "rules/pam_stack.h"
#include "rules/rule.h"
#include "sshaudit/evidence.h"

namespace sshaudit {

// Linux-PAM 1.6 counts days of password ageing differently; 1.7 looks up host names and numbers in access.conf.
enum class PamAge { before_1_6, from_1_6, unknown };
PamAge pam_age_of(const SshdVersion& version);

// The login that is asked about.
struct PamQuestion {
  const AccountEvidence& evidence;
  const Context& context;
  const HostState& host;
  std::int64_t today = 0;            // days since 1970
  std::optional<std::string> rhost;  // PAM_RHOST; nothing when any client is meant
  PamAge age = PamAge::unknown;
};
PamQuestion question_about(const AccountEvidence& evidence, const Context& context, std::int64_t today);

struct PamAnswer {
  PamCodes possible;
  PamCodes usual;      // the part of it that is to be expected
  std::string why;     // in words, of an answer other than success
  std::string unread;  // what could not be seen and would tell more
  std::size_t line = 0;
  std::string file;  // where the line is that decides; empty for none
};

PamAnswer certain(PamCode code, std::string why = {});
PamAnswer one_of(std::initializer_list<PamCode> codes, std::string why = {});
PamAnswer anything(std::string why = {});

// Of an entry that is a module.
PamAnswer answer_of(const PamEntry& entry, const PamQuestion& question);

// Whether the account is in a group of that name, as pam_modutil_user_in_group_nam_nam() sees it.
bool is_in_group(const PamQuestion& question, std::string_view group);

// The file that a module reads; null when it was not looked for.
const PamFile* file_of(const PamQuestion& question, const PamFileUse& use);

// The modules that have a file of their own here.
PamAnswer pam_unix(const PamEntry& entry, const PamQuestion& question);
PamAnswer pam_access(const PamEntry& entry, const PamQuestion& question);
PamAnswer pam_succeed_if(const PamEntry& entry, const PamQuestion& question);
PamAnswer pam_listfile(const PamEntry& entry, const PamQuestion& question);
PamAnswer pam_nologin(const PamEntry& entry, const PamQuestion& question);
PamAnswer pam_usertype(const PamEntry& entry, const PamQuestion& question);
PamAnswer pam_time(const PamEntry& entry, const PamQuestion& question);
PamAnswer pam_sepermit(const PamEntry& entry, const PamQuestion& question);
PamAnswer pam_shells(const PamEntry& entry, const PamQuestion& question);
PamAnswer pam_localuser(const PamEntry& entry, const PamQuestion& question);

}  // namespace sshaudit
