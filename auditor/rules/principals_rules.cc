// SPDX-License-Identifier: MIT
// What keeps certificates out whoever offers one: the file of an account's principals, and that of the authorities.
// An account may have keys beside, so nothing here refuses it.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "parse/pattern.h"
#include "parse/principals_file.h"
#include "rules/account_rules.h"
#include "rules/certificate_rules.h"
#include "rules/key_file_rules.h"
#include "rules/remedies.h"
#include "rules/settings_rules.h"
#include "rules/strict_modes.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

using Details = std::vector<Detail>;

bool is_regular(const KeyFile& file) {
  return file.walk.end == WalkEnd::found && S_ISREG(file.walk.components.back().status.mode);
}

bool was_read(const KeyFile& file) { return is_regular(file) && file.open_errnum == 0 && !file.changed; }

// What the walk over a key file finds is said there.
bool is_said_of_key_file(const Fault& fault, const AccountEvidence& evidence) {
  return std::ranges::any_of(evidence.key_files, [&](const KeyFile& file) {
    if (holds_no_keys(file, evidence)) return false;
    const auto path = strict_modes_path(file, evidence);
    return std::ranges::any_of(path, [&](const auto* component) { return component->path == fault.component->path; });
  });
}

Detail walk_detail(const Fault& fault, const KeyFile& file, const AccountEvidence& evidence, const Context& context) {
  const auto& component = *fault.component;
  const auto& accounts = context.accounts;
  const auto what = fault.owner ? fmt::format("belongs to {}", owner_in_words(component.status.uid, accounts))
                                : writers_in_words(fault, accounts);
  return {.path = component.path,
          .message = fmt::format("{} is {}, {}{}: sshd passes over the principals in {}, so certificates are refused",
                                 component.path, mode_and_owner(component.status, accounts), what,
                                 by_link(file.walk, component.path), file.path),
          .sshd_logs = fault.first ? fmt::format("Authentication refused: bad ownership or modes for {} {}",
                                                 fault.place == Place::key_file ? "file" : "directory", component.path)
                                   : std::string(),
          .expected = "owned by root or the account, not writable by group or others",
          .actual = mode_and_owner(component.status, accounts),
          .remedy = fault.owner ? give_to_account(component, evidence, accounts)
                                : take_write_away(fault, evidence, accounts)};
}

Details principals_file_refused(const AccountEvidence& evidence, const Context& context) {
  Details details;
  ScanPosition position = 0;
  if (!evidence.settings.strict_modes) return details;
  for (const auto& file : evidence.principals_files) {
    if (!was_read(file) || file.key_lines == 0) continue;
    for (const auto& fault : strict_modes_faults(file, evidence, context, position)) {
      if (!is_said_of_key_file(fault, evidence)) details.push_back(walk_detail(fault, file, evidence, context));
    }
  }
  return details;
}

// auth2-pubkeyfile.c: auth_openfile. From 10.0 on the search for matches swallows what stops in a directory.
std::string open_log(const KeyFile& file, const AccountEvidence& evidence, const Context& context, int errnum) {
  const bool in_directory = file.walk.end == WalkEnd::not_searchable || file.walk.end == WalkEnd::not_directory;
  if (!context.facts.logs_open_failures || (context.facts.globs_key_files && in_directory)) return {};
  return fmt::format("Could not open user '{}' authorized principals '{}': {}", evidence.account.name, file.path,
                     errno_in_words(errnum));
}

// Why the account cannot read a file that is there; 0 when it can, or when that was not seen.
int why_unreadable(const KeyFile& file) {
  if (!file.hidden_exists || file.changed) return 0;
  if (file.walk.end == WalkEnd::not_searchable || file.walk.end == WalkEnd::not_directory) return file.walk.errnum;
  return file.open_errnum == EACCES || file.open_errnum == EPERM ? file.open_errnum : 0;
}

Details principals_file_unreadable(const AccountEvidence& evidence, const Context& context) {
  Details details;
  if (!evidence.as_user || !is_expected(evidence)) return details;
  for (const auto& file : evidence.principals_files) {
    const auto errnum = why_unreadable(file);
    if (errnum == 0 || file.walk.components.empty()) continue;
    const auto& last = file.walk.components.back();
    const auto& account = evidence.account.name;
    details.push_back(
        {.path = last.path,
         .message =
             fmt::format("{} is {}, and {} cannot read the principals in {}: {}; certificates are refused", last.path,
                         mode_and_owner(last.status, context.accounts), account, file.path, errno_in_words(errnum)),
         .sshd_logs = open_log(file, evidence, context, errnum),
         .expected = fmt::format("a file that {} can read", account),
         .actual = errno_in_words(errnum),
         .remedy = {{}, fmt::format("let {} read it: sshd opens it with the rights of the account", account)}});
  }
  return details;
}

// The first line with a fault and how many more there are.
struct FaultyLines {
  std::size_t first = 0;
  std::size_t count = 0;
  std::string what;

  void add(std::size_t line, std::string why) {
    if (++count > 1) return;
    first = line;
    what = std::move(why);
  }
  std::string more() const {
    return count < 2 ? std::string() : fmt::format(" (and {} more line{} like it)", count - 1, count == 2 ? "" : "s");
  }
};

template <class Why>
FaultyLines faulty_lines(const KeyFile& file, const Context& context, Why why) {
  FaultyLines found;
  if (!was_read(file)) return found;
  read_principals(file.text, context.grammar, [&](const PrincipalsLine& line) {
    auto what = why(line);
    if (!what.empty()) found.add(line.line, std::move(what));
  });
  return found;
}

Details principals_line_crlf(const AccountEvidence& evidence, const Context& context) {
  Details details;
  for (const auto& file : evidence.principals_files) {
    const auto found = faulty_lines(file, context, [](const PrincipalsLine& line) {
      return line.principal.ends_with('\r') ? std::string("a carriage return") : std::string();
    });
    if (found.count == 0) continue;
    details.push_back(
        {.path = file.path,
         .message = fmt::format("{}:{} ends with a carriage return, which sshd takes for a part of the principal{}: no "
                                "certificate has such a one",
                                file.path, found.first, found.more()),
         .expected = "lines that end with a line feed alone",
         .actual = "lines that end with CR LF",
         .remedy = {{}, "take the carriage returns out, with dos2unix or an editor"},
         .line = found.first});
  }
  return details;
}

std::string why_line_is_dead(const PrincipalsLine& line, bool strict) {
  if (line.fault) {
    const auto why = line.fault->better.empty() ? "it is no option" : line.fault->better;
    return fmt::format("is passed over: what stands before the last blank are options, and \"{}\" is wrong ({})",
                       shown(line.fault->word), shown(why));
  }
  if (strict && line.options.cert_authority) return "lets nobody in: cert-authority has no place there";
  if (strict && line.options.principals) return "lets nobody in: principals= has no place there";
  const bool by_tab = line.has_options && line.principal.find_first_of("\t\"") != std::string::npos;
  return by_tab ? "lets nobody in: a tab stands before the principal, and the last blank in the options ends them" : "";
}

Details principals_line_options(const AccountEvidence& evidence, const Context& context) {
  Details details;
  const bool strict = context.facts.strict_options;
  for (const auto& file : evidence.principals_files) {
    const auto found =
        faulty_lines(file, context, [&](const PrincipalsLine& line) { return why_line_is_dead(line, strict); });
    if (found.count == 0) continue;
    details.push_back({.path = file.path,
                       .message = fmt::format("{}:{} {}{}", file.path, found.first, found.what, found.more()),
                       .expected = "options without a fault, a blank, and one principal",
                       .actual = found.what,
                       .remedy = {{}, "correct the line; a principal cannot have blanks in it"},
                       .line = found.first});
  }
  return details;
}

// From 10.1 on the certificate stands before it.
constexpr std::string_view refusal_log = "Certificate does not contain an authorized principal";

Details principals_file_none_in_match(const AccountEvidence& evidence, const Context& context) {
  const auto& settings = evidence.settings;
  const bool is_file = std::ranges::any_of(evidence.principals_files,
                                           [](const KeyFile& file) { return file.walk.end != WalkEnd::missing; });
  if (settings.trusted_user_ca_keys.empty() || lower_case(settings.authorized_principals_file) != "none" || is_file ||
      settings.authorized_principals_command.starts_with('/'))
    return {};
  const auto path = evidence.account.home + "/" + settings.authorized_principals_file;
  return {{.path = {},
           .message = fmt::format("every certificate is refused: AuthorizedPrincipalsFile none{} is the name of a file "
                                  "in a Match block, {}, and there is none",
                                  place_of(evidence, "authorizedprincipalsfile"), path),
           .sshd_logs = context.grammar.version < 1001 ? std::string(refusal_log) : std::string(),
           .expected = "no AuthorizedPrincipalsFile, or one that is there",
           .actual = "none",
           .remedy = {{},
                      "set AuthorizedPrincipalsFile in the Match blocks that want one, and nowhere else; nothing to "
                      "do if certificates are meant to be refused"}}};
}

Details authority_file_stops(const Server& server, const Context&) {
  Details details;
  for (const auto& file : server.named_files) {
    if (file.keyword != "trustedusercakeys" || file.faulty_line == 0 || file.hidden_keys == 0) continue;
    details.push_back(
        {.path = file.path,
         .message = fmt::format("{}:{} is no key, and sshd reads TrustedUserCAKeys ({}) no further: {} from there on "
                                "{} not trusted",
                                file.path, file.faulty_line, place_in_words(file.place),
                                file.hidden_keys == 1 ? "a key" : fmt::format("{} keys", file.hidden_keys),
                                file.hidden_keys == 1 ? "is" : "are"),
         .expected = "keys without options, one a line, and comments that begin with #",
         .actual = fmt::format("line {} is no key", file.faulty_line),
         .remedy = {{}, "correct or remove that line; an empty line with a carriage return is one, too"},
         .line = file.faulty_line});
  }
  return details;
}

Details principals_command_none(const Server& server, const Context&) {
  const auto& settings = server.settings;
  if (settings.trusted_user_ca_keys.empty() || lower_case(settings.authorized_principals_command) != "none") return {};
  const bool has_file = !settings.authorized_principals_file.empty();
  return {{.path = {},
           .message = fmt::format("AuthorizedPrincipalsCommand none is no command that sshd can run: certificates are "
                                  "refused{}",
                                  has_file ? " unless AuthorizedPrincipalsFile lists a principal" : ""),
           .sshd_logs = "No user for AuthorizedPrincipalsCommand specified, skipping",
           .expected = "no AuthorizedPrincipalsCommand",
           .actual = "none",
           .remedy = {{}, "remove the line"}}};
}

using R = Rule<AccountEvidence>;
using S = Rule<Server>;
constexpr auto informs = Effect::informs;
constexpr auto error = Severity::error;
constexpr auto of_account = Subject::account;
constexpr auto step = LoginStep::trusted_ca;
constexpr std::string_view reading_why =
    "A comment may begin anywhere; blanks at the end are cut, a carriage return is not; what stands before the last "
    "blank are options. (OpenSSH auth2-pubkeyfile.c: auth_process_principals, auth_check_principals_line)";

const std::array account_rows = {
    R{{"principals-file-refused", of_account, informs, error, "sshd passes over the principals of an account.",
       "AuthorizedPrincipalsFile is walked like a key file with StrictModes (sshd_config(5)): it and the directories "
       "up "
       "to the home or to \"/\" belong to root or the account, and nobody else may write. (OpenSSH misc.c: safe_path)",
       "Take the write permission away: chmod go-w PATH", step},
      principals_file_refused},
    R{{"principals-file-unreadable", of_account, informs, error, "An account cannot read its principals.",
       "sshd opens AuthorizedPrincipalsFile with the rights of the account. (OpenSSH auth2-pubkey.c: "
       "match_principals_file)",
       "Let the account read it: chmod a+r FILE", step},
      principals_file_unreadable},
    R{{"principals-line-crlf", of_account, informs, error, "A line with a principal ends with a carriage return.",
       reading_why, "Take the carriage returns out.", step},
      principals_line_crlf},
    R{{"principals-line-options", of_account, informs, error, "A line with a principal lets nobody in for its options.",
       reading_why, "Correct the options.", step},
      principals_line_options},
    R{{"principals-file-none-in-match", of_account, informs, Severity::warning,
       "AuthorizedPrincipalsFile none in a Match block refuses certificates.",
       "Only outside of Match blocks it means that there is none; inside it is a file of that name in the home. "
       "(OpenSSH "
       "servconf.c: fill_default_server_options)",
       "Set it in the Match blocks that want one only.", step},
      principals_file_none_in_match},
};

const std::array server_rows = {
    S{{"authority-file-stops", Subject::server, informs, error, "sshd does not read TrustedUserCAKeys to its end.",
       "It stops at the first line that it cannot read, and logs nothing of it. (OpenSSH authfile.c: sshkey_in_file)",
       "Correct or remove the line.", step},
      authority_file_stops},
    S{{"principals-command-none", Subject::server, informs, error,
       "AuthorizedPrincipalsCommand none refuses certificates.",
       "It is not understood as no command. (OpenSSH servconf.c: fill_default_server_options; auth2-pubkey.c: "
       "user_cert_trusted_ca)",
       "Remove the line.", step},
      principals_command_none},
};

}  // namespace

std::span<const Rule<AccountEvidence>> principals_rules() { return account_rows; }
std::span<const Rule<Server>> authority_file_rules() { return server_rows; }

}  // namespace sshaudit
