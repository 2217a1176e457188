// SPDX-License-Identifier: MIT
#include "rules/pam_modules.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include "parse/pam_files.h"
#include "parse/pam_service.h"
#include "rules/pam_unix.h"

namespace sshaudit {
namespace {

using Ask = PamAnswer (*)(const PamEntry&, const PamQuestion&);

PamAnswer succeeds(const PamEntry&, const PamQuestion&) { return certain(PamCode::success); }
PamAnswer is_ignored(const PamEntry&, const PamQuestion&) { return certain(PamCode::ignore); }
PamAnswer denies(const PamEntry&, const PamQuestion&) { return certain(PamCode::auth_err, "it lets nobody in"); }
PamAnswer is_wrong_here(const PamEntry&, const PamQuestion&) {
  return certain(PamCode::service_err, "it has no account part");
}

// sshd's monitor is root. SELinux has a say of its own.
PamAnswer pam_rootok(const PamEntry&, const PamQuestion& question) {
  if (question.host.selinux) return one_of({PamCode::success, PamCode::auth_err});
  return certain(PamCode::success);
}

// Whether root, who runs sshd, is in the group decides.
PamAnswer pam_wheel(const PamEntry& entry, const PamQuestion& question) {
  if (has_argument(entry, "root_only") && question.evidence.account.uid != 0) return certain(PamCode::ignore);
  return one_of({PamCode::success, PamCode::ignore, PamCode::perm_denied, PamCode::auth_err, PamCode::service_err});
}

// The days since the last login are not read.
PamAnswer pam_lastlog(const PamEntry&, const PamQuestion& question) {
  if (question.evidence.account.uid == 0) return certain(PamCode::success);
  return one_of({PamCode::success, PamCode::ignore, PamCode::auth_err},
                "it may keep out who has not logged in for long");
}

PamAnswer pam_securetty(const PamEntry&, const PamQuestion& question) {
  if (question.evidence.account.uid != 0) return one_of({PamCode::success, PamCode::ignore});
  return one_of({PamCode::success, PamCode::ignore, PamCode::auth_err});
}

// In the account phase it clears the count of failures. A list of its own may be wrong.
PamAnswer pam_faillock(const PamEntry& entry, const PamQuestion&) {
  if (!argument_of(entry, "conf")) return certain(PamCode::success);
  return one_of({PamCode::success, PamCode::ignore, PamCode::service_err});
}

PamAnswer pam_tally(const PamEntry&, const PamQuestion&) { return one_of({PamCode::success, PamCode::ignore}); }

// acct=CODE, by its name.
PamAnswer pam_debug(const PamEntry& entry, const PamQuestion&) {
  constexpr std::string_view start = "acct=";
  for (const auto& argument : entry.arguments) {
    if (!argument.starts_with(start)) continue;
    const auto word = argument.substr(start.size());
    const auto code = pam_code_by_name(word);
    return certain(code.value_or(PamCode::success), "it says " + word);
  }
  return certain(PamCode::success);
}

// Who is in this host's own passwd is, as a rule, unknown to the directory.
PamAnswer of_directory(const PamEntry& entry, const PamQuestion& question) {
  auto answer = anything("a directory service decides");
  const auto* names = file_of(question, files_read_by(entry).front());
  const bool is_local = names != nullptr && names->lines.contains(question.evidence.account.name);
  if (!is_local) return answer;
  answer.usual = only(PamCode::user_unknown);
  return answer;
}

struct Known {
  std::string_view name;
  Ask ask;
};
constexpr std::array known = {
    Known{"pam_access", pam_access},
    Known{"pam_debug", pam_debug},
    Known{"pam_deny", denies},
    Known{"pam_env", is_wrong_here},
    Known{"pam_faillock", pam_faillock},
    Known{"pam_krb5", of_directory},
    Known{"pam_lastlog", pam_lastlog},
    Known{"pam_ldap", of_directory},
    Known{"pam_listfile", pam_listfile},
    Known{"pam_localuser", pam_localuser},
    Known{"pam_nologin", pam_nologin},
    Known{"pam_permit", succeeds},
    Known{"pam_rootok", pam_rootok},
    Known{"pam_securetty", pam_securetty},
    Known{"pam_sepermit", pam_sepermit},
    Known{"pam_shells", pam_shells},
    Known{"pam_sshaudit", is_ignored},
    Known{"pam_sss", of_directory},
    Known{"pam_succeed_if", pam_succeed_if},
    Known{"pam_tally", pam_tally},
    Known{"pam_tally2", pam_tally},
    Known{"pam_time", pam_time},
    Known{"pam_unix", pam_unix},
    Known{"pam_usertype", pam_usertype},
    Known{"pam_warn", is_ignored},
    Known{"pam_wheel", pam_wheel},
    Known{"pam_winbind", of_directory},
};

// Modules of Linux-PAM that have no account part at all.
constexpr std::array<std::string_view, 19> without_account = {
    "pam_faildelay", "pam_ftp",   "pam_group",     "pam_issue",     "pam_keyinit", "pam_limits",  "pam_mail",
    "pam_mkhomedir", "pam_motd",  "pam_namespace", "pam_pwhistory", "pam_rhosts",  "pam_selinux", "pam_setquota",
    "pam_timestamp", "pam_umask", "pam_xauth",     "pam_tty_audit", "pam_cap"};

unsigned number_of(const SshdVersion& version) {
  return static_cast<unsigned>(version.major) * 100 + static_cast<unsigned>(version.minor);
}

}  // namespace

// By the releases: Debian 12 and Ubuntu 24.04 have 1.5, Debian 13 has 1.7. RHEL 9 (1.5) and RHEL 10 (1.6) may have the
// same sshd.
PamAge pam_age_of(const SshdVersion& version) {
  constexpr unsigned debian_13 = 1000;
  constexpr unsigned rhel_10 = 909;
  if (version.major == 0 || version.vendor == Vendor::upstream) return PamAge::unknown;
  if (version.vendor == Vendor::rhel) return number_of(version) < rhel_10 ? PamAge::before_1_6 : PamAge::unknown;
  return number_of(version) < debian_13 ? PamAge::before_1_6 : PamAge::from_1_6;
}

PamQuestion question_about(const AccountEvidence& evidence, const Context& context, std::int64_t today) {
  static const HostState nothing;
  PamQuestion question{evidence, context, context.host == nullptr ? nothing : *context.host, today, {}, {}};
  const auto* connection = context.connection;
  if (connection != nullptr && connection->address)
    question.rhost = evidence.settings.use_dns ? connection->host.value_or(*connection->address) : connection->address;
  if (context.server != nullptr) question.age = pam_age_of(context.server->version);
  return question;
}

PamAnswer certain(PamCode code, std::string why) { return {only(code), only(code), std::move(why), {}, 0, {}}; }

PamAnswer one_of(std::initializer_list<PamCode> codes, std::string why) {
  return {any_of(codes), any_of(codes), std::move(why), {}, 0, {}};
}

PamAnswer anything(std::string why) {
  const auto all = PamCodes().set() & ~only(PamCode::incomplete);
  return {all, all, std::move(why), {}, 0, {}};
}

bool is_in_group(const PamQuestion& question, std::string_view group) {
  const auto& evidence = question.evidence;
  if (std::ranges::find(evidence.groups, group) != evidence.groups.end()) return true;
  const auto* found = question.context.accounts.group(group);
  if (found == nullptr) return false;
  const auto& supplementary = evidence.identity.supplementary;
  return found->gid == evidence.account.gid ||
         std::ranges::find(found->members, evidence.account.name) != found->members.end() ||
         std::ranges::find(supplementary, found->gid) != supplementary.end();
}

const PamFile* file_of(const PamQuestion& question, const PamFileUse& use) {
  const auto found = question.host.pam_files.find(use);
  return found == question.host.pam_files.end() ? nullptr : &found->second;
}

PamAnswer answer_of(const PamEntry& entry, const PamQuestion& question) {
  if (entry.is_missing) return certain(PamCode::module_unknown, "the module is not installed");
  const auto name = module_name(entry.module);
  const auto found = std::ranges::find(known, name, &Known::name);
  if (found != known.end()) return found->ask(entry, question);
  if (std::ranges::find(without_account, name) != without_account.end())
    return certain(PamCode::module_unknown, "the module has no account part");
  return anything("what it will say is not known");
}

}  // namespace sshaudit
