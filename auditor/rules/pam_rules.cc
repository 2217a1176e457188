// SPDX-License-Identifier: MIT
// What the account stack of sshd's PAM service does to keys, beside pam_unix.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "parse/pam_files.h"
#include "parse/pam_service.h"
#include "rules/account_rules.h"
#include "rules/account_state.h"
#include "rules/settings_rules.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

using Details = std::vector<Detail>;

// Which rule says what a module objects to.
enum class Kind { shadow, nologin, access, other };

Kind kind_of(const PamObjection& objection) {
  if (objection.entry->is_missing) return Kind::other;
  const auto name = module_name(objection.entry->module);
  if (name == "pam_nologin" && !objection.answer.file.empty()) return Kind::nologin;
  if (name == "pam_access") return Kind::access;
  if (!is_pam_unix(*objection.entry)) return Kind::other;
  constexpr std::array of_shadow = {PamCode::acct_expired, PamCode::authtok_expired, PamCode::authinfo_unavail};
  return std::ranges::find(of_shadow, objection.code) == of_shadow.end() ? Kind::other : Kind::shadow;
}

// The refusals of one kind, each as what `make` makes of it.
template <class Make>
Details refusals(const AccountState& state, Kind kind, Make make) {
  Details details;
  for (const auto& cause : state.verdict.causes) {
    if (kind_of(cause) != kind) continue;
    Detail detail = make(cause);
    detail.sshd_logs = denial_log(state.evidence);
    details.push_back(std::move(detail));
  }
  return details;
}

Details nologin_file(const AccountState& state, const Context&) {
  return refusals(state, Kind::nologin, [&](const PamObjection& cause) -> Detail {
    return {.path = cause.answer.file,
            .message = fmt::format("{}, and {} lets only root in", cause.answer.why, module_in_words(*cause.entry)),
            .expected = "no such file",
            .actual = "there",
            .remedy = {{}, "see why it is there: a start of the system that hangs leaves it behind"}};
  });
}

// sshd itself looks only at /etc/nologin. (OpenSSH session.c: do_nologin)
Details nologin_closes(const AccountState& state, const Context& context) {
  const auto& evidence = state.evidence;
  if (evidence.settings.use_pam || context.host == nullptr || evidence.account.uid == 0) return {};
  const auto file = std::ranges::find(context.host->nologin, "/etc/nologin", &NologinFile::path);
  if (file == context.host->nologin.end() || file->errnum != 0 || !matters(evidence)) return {};
  return {{.path = file->path,
           .message = "the key is accepted, but the session ends at once: /etc/nologin exists",
           .sshd_logs = fmt::format("User {} not allowed because /etc/nologin exists", evidence.account.name),
           .expected = "no such file",
           .actual = "there",
           .remedy = {{}, "see why it is there, and remove it"}}};
}

Details pam_access_refuses(const AccountState& state, const Context&) {
  return refusals(state, Kind::access, [&](const PamObjection& cause) -> Detail {
    const auto& answer = cause.answer;
    const auto name = shown(state.evidence.account.name);
    return {
        .path = answer.file.empty() ? cause.entry->place.file : answer.file,
        .message = fmt::format("{} refuses it: {}", module_in_words(*cause.entry), answer.why),
        .expected = "a rule that lets it in",
        .actual = std::string(pam_code_name(cause.code)),
        .remedy = {{}, fmt::format("nothing to do if this is meant; otherwise put \"+ : {} : ALL\" before it", name)},
        .line = answer.line};
  });
}

Details pam_module_refuses(const AccountState& state, const Context&) {
  return refusals(state, Kind::other, [&](const PamObjection& cause) -> Detail {
    const auto& why = cause.answer.why;
    return {.path = cause.entry->place.file,
            .message = fmt::format("{} refuses it{}{}", module_in_words(*cause.entry), why.empty() ? "" : ": ", why),
            .expected = "a module that lets it in",
            .actual = std::string(pam_code_name(cause.code)),
            .remedy = {{}, "see what the module is told there, and what it logs"},
            .line = cause.entry->place.line};
  });
}

// Every way through the stack ends in a refusal that no module stands for.
Details pam_stack_refuses(const AccountState& state, const Context&) {
  if (!state.verdict.refuses() || !state.verdict.causes.empty()) return {};
  return {{.path = "/etc/pam.d/" + state.stack->service,
           .message = fmt::format("the account stack of the PAM service {} lets nobody in: no module in it says yes",
                                  shown(state.stack->service)),
           .sshd_logs = denial_log(state.evidence),
           .expected = "a module that decides, such as pam_unix or pam_permit",
           .actual = "none",
           .remedy = {{}, "restore the file of the package"}}};
}

Details pam_stack_unusable(const AccountState& state, const Context&) {
  const auto* stack = state.stack;
  if (stack == nullptr || stack->fault.empty() || !stack->unread.empty()) return {};
  const auto where = stack->fault_place.file.empty() ? std::string() : place_in_words(stack->fault_place) + ": ";
  return {{.path = stack->fault_place.file,
           .message = fmt::format("libpam cannot use the files of the PAM service {}: {}{}", shown(stack->service),
                                  where, shown(stack->fault)),
           .sshd_logs = "PAM: initialisation failed",
           .expected = "files that libpam can use",
           .actual = shown(stack->fault),
           .remedy = {{}, "correct the file, or restore that of the package"},
           .line = stack->fault_place.line}};
}

// What cannot be told beforehand.
Details pam_may_refuse(const AccountState& state, const Context&) {
  Details details;
  for (const auto& doubt : state.verdict.doubts) {
    if (!doubt.answer.unread.empty()) continue;
    const auto& why = doubt.answer.why;
    details.push_back(
        {.path = doubt.entry->place.file,
         .message = fmt::format("{} may refuse it{}{}", module_in_words(*doubt.entry), why.empty() ? "" : ": ", why),
         .expected = "an answer that can be told beforehand",
         .actual = "depends on what is in no file here, or on the client",
         .remedy = {{}, "nothing to do if it logs in"},
         .line = doubt.entry->place.line});
  }
  return details;
}

Detail unseen(const std::string& what, const AccountEvidence& evidence) {
  return {.message = fmt::format("whether it may log in is not known: {} could not be read", what),
          .expected = "to be run by root",
          .actual = what + " could not be read",
          .remedy = {{}, evidence.by_root ? "see why it cannot be read" : "run sshaudit as root"}};
}

Details account_state_unseen(const AccountState& state, const Context& context) {
  const auto& evidence = state.evidence;
  if (!matters(evidence) || context.host == nullptr) return {};
  const bool needs_shadow = evidence.account.password == PasswordField::shadowed && !evidence.settings.use_pam;
  if (needs_shadow && !evidence.shadow_seen) return {unseen("its entry in shadow", evidence)};
  if (state.stack != nullptr && !state.stack->unread.empty()) return {unseen(state.stack->unread, evidence)};
  Details details;
  for (const auto& doubt : state.verdict.doubts) {
    if (!doubt.answer.unread.empty()) details.push_back(unseen(doubt.answer.unread, evidence));
  }
  return details;
}

constexpr std::string_view stack_why =
    "After the signature sshd asks the account stack of its PAM service, and ends the connection when that does not "
    "return success or a demand for a new password. (OpenSSH auth-pam.c: do_pam_account)";

using R = Rule<AccountState>;
constexpr auto of_account = Subject::account;
constexpr auto error = Severity::error;

const std::array rows = {
    R{{"account-state-unseen", of_account, Effect::unknown, Severity::notice,
       "What decides over the account could not be read.", "What was not seen is not judged: sshd may refuse.",
       "Run sshaudit as root.", LoginStep::pam},
      account_state_unseen},
    R{{"pam-stack-unusable", of_account, Effect::refuses, error, "libpam cannot use the files of sshd's PAM service.",
       "pam_start(3) fails, and sshd ends the connection. (Linux-PAM pam_handlers.c: _pam_init_handlers)",
       "Correct the file, or restore that of the package.", LoginStep::pam},
      pam_stack_unusable},
    R{{"pam-stack-refuses", of_account, Effect::refuses, error,
       "The account stack of sshd's PAM service lets nobody in.",
       "A stack in which no module says yes is a refusal. (Linux-PAM pam_dispatch.c: _pam_dispatch_aux)",
       "Restore the file of the package.", LoginStep::pam},
      pam_stack_refuses},
    R{{"nologin-file", of_account, Effect::refuses, error, "A nologin file keeps everybody but root out.",
       "pam_nologin is in the account stack. (Linux-PAM pam_nologin.c: perform_check)",
       "See why it is there: a start of the system that hangs leaves it behind.", LoginStep::pam},
      nologin_file},
    R{{"nologin-closes", of_account, Effect::closes, error, "/etc/nologin ends every session but root's.",
       "With UsePAM no sshd looks for it before it starts the session. (OpenSSH session.c: do_nologin)",
       "See why it is there, and remove it.", LoginStep::session},
      nologin_closes},
    R{{"pam-access-refuses", of_account, Effect::refuses, Severity::warning,
       "A rule of access.conf keeps the account out.", stack_why, "Nothing to do if this is meant.", LoginStep::pam},
      pam_access_refuses},
    R{{"pam-module-refuses", of_account, Effect::refuses, error, "A module of the account stack refuses the account.",
       stack_why, "See what the module is told, and what it logs.", LoginStep::pam},
      pam_module_refuses},
    R{{"pam-may-refuse", of_account, Effect::informs, Severity::notice,
       "A module of the account stack may refuse the account.",
       "Its answer depends on what is in no file of this host, or on the client.", "Nothing to do if it logs in.",
       LoginStep::pam},
      pam_may_refuse},
};

}  // namespace

std::span<const Rule<AccountState>> pam_rules() { return rows; }

}  // namespace sshaudit
