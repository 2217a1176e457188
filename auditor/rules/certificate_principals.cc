// SPDX-License-Identifier: MIT
// The steps that ask whom a certificate is for.
#include <fmt/format.h>

#include <algorithm>

#include "parse/key_option_values.h"
#include "rules/certificate_judge.h"
#include "rules/settings_rules.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

using Row = CertificateRow;

constexpr std::string_view no_principal = "Certificate does not contain an authorized principal";
constexpr std::string_view line_refuses = "Refused by certificate principals options";

// What is looked through, in words.
std::string sources_in_words(const AccountEvidence& evidence) {
  const auto& settings = evidence.settings;
  if (settings.authorized_principals_file.empty())
    return fmt::format("AuthorizedPrincipalsCommand{}", place_of(evidence, "authorizedprincipalscommand"));
  const auto& files = evidence.principals_files;
  const auto& name = files.empty() ? settings.authorized_principals_file : files.front().path;
  return fmt::format("{}{}", name, place_of(evidence, "authorizedprincipalsfile"));
}

std::string principals_in_words(const Certificate& certificate) {
  std::vector<std::string> names;
  for (const auto& principal : certificate.principals) names.push_back(shown(principal));
  return listed(names);
}

// Why a command lists none.
std::string command_in_words(const Settings& settings) {
  if (principals_command(settings) != PrincipalsCommand::fails) return {};
  return settings.authorized_principals_command_user.empty()
             ? "; AuthorizedPrincipalsCommand is not run without AuthorizedPrincipalsCommandUser"
             : "; AuthorizedPrincipalsCommand is no absolute path, so it is not run";
}

}  // namespace

// True when one is found, or may be.
bool CertificateJudge::find_principal(PrincipalSearch& search) {
  const auto& settings = evidence_.settings;
  if (!evidence_.principals_name_error.empty()) {
    return refuse(Row::wrong_principal,
                  fmt::format("sshd ends the connection: AuthorizedPrincipalsFile {}", evidence_.principals_name_error),
                  {.expected = "a name that sshd can expand",
                   .actual = evidence_.principals_name_error,
                   .note = "correct AuthorizedPrincipalsFile: %h, %u, %U and %% are what it takes"});
  }
  search = search_principals(certificate_, evidence_, context_);
  const bool runs_command = principals_command(settings) == PrincipalsCommand::runs;
  if (!search.found && search.unknown.empty() && runs_command) {
    search.unknown = fmt::format("AuthorizedPrincipalsCommand{} may print one of its principals",
                                 place_of(evidence_, "authorizedprincipalscommand"));
  }
  if (search.found || !search.unknown.empty()) return true;
  if (certificate_.principals.empty()) {
    return refuse(Row::no_principals, "it has no principals",
                  {.logs = logged(no_principal),
                   .expected = "a certificate with principals",
                   .actual = "none",
                   .note = "have a certificate signed for one of the principals that are listed: ssh-keygen -n"});
  }
  auto what = fmt::format("none of its principals ({}) is listed in {}", principals_in_words(certificate_),
                          sources_in_words(evidence_));
  for (const auto& file : search.passed_over) what += "; " + file;
  what += command_in_words(settings);
  return refuse(Row::wrong_principal, what,
                {.path = evidence_.principals_files.empty() ? std::string() : evidence_.principals_files.front().path,
                 .logs = logged(no_principal),
                 .expected = "a principal that is listed",
                 .actual = principals_in_words(certificate_),
                 .note = search.passed_over.empty() ? "add one of them there, a line each, if it is to be let in"
                                                    : "mend the file, so that sshd reads it"});
}

bool CertificateJudge::refuse_line(const ListedPrincipal& found, const std::string& what, std::string actual,
                                   std::string logs) {
  const auto place = fmt::format("{}:{}", found.path, found.line.line);
  return refuse(Row::principals_line_refuses,
                fmt::format("{} lists {}, but {}", place, shown(found.line.principal), what),
                {.path = found.path,
                 .logs = std::move(logs),
                 .expected = "a line that lets the certificate in",
                 .actual = std::move(actual),
                 .note = "change the options of that line, the first that has the principal",
                 .line = found.line.line});
}

bool CertificateJudge::check_principals_options(const ListedPrincipal& found) {
  const auto& options = found.line.options;
  const auto logs = logged(line_refuses);
  if (options.expiry_time && *options.expiry_time < context_.now) {
    const auto date = date_in_words(*options.expiry_time);
    return refuse_line(found, fmt::format("expired on {} (expiry-time)", date), fmt::format("expired on {}", date),
                       logs);
  }
  if (options.principals && !options.cert_authority)
    return refuse_line(found, "principals= refuses in such a file", "principals=", logs);
  if (options.cert_authority)
    return refuse_line(found, "cert-authority refuses in such a file", "cert-authority", logs);
  line_expiry_ = options.expiry_time;
  if (admits(options, evidence_, context_, &verdict_.conditions)) return true;
  const bool known = context_.connection != nullptr && context_.connection->address;
  const auto address = known ? *context_.connection->address : std::string("ADDRESS");
  const auto list = shown(options.from.front());
  return refuse_line(found, fmt::format("its from=\"{}\" does not match {}", list, known ? address : "any client"),
                     known ? fmt::format("not from {}", address) : "from= matches no client",
                     fmt::format("principals: Authentication tried for {} with correct key but not from a permitted "
                                 "host (host={}, ip={}, required={}).",
                                 evidence_.account.name, address, address, list));
}

void CertificateJudge::check_by_principals() {
  PrincipalSearch search;
  const bool is_listed = lists_principals(evidence_.settings);
  if (is_listed && !find_principal(search)) return;
  const auto name = is_listed ? std::nullopt : std::optional<std::string_view>(evidence_.account.name);
  if (!check_authority(name, true) || !check_options() || !check_source()) return;
  if (search.found) {
    if (is_old()) admits(search.found->line.options, evidence_, context_, &verdict_.conditions);
    if (!is_old() && !check_principals_options(*search.found)) return;
    if (!check_commands(search.found->line.options.command)) return;
  }
  if (!search.unknown.empty()) return leave_open(search.unknown, "ask the command what it prints, or look as root");
  verdict_.through =
      search.found ? fmt::format("{}:{}", search.found->path, search.found->line.line) : "the login name";
}

bool CertificateJudge::check_listed(const std::optional<std::string>& principals) {
  if (!principals) return true;
  const auto is_listed = has_listed_principal(certificate_, *principals, context_.facts);
  if (!is_listed) {
    leave_open("it depends on the package whether a principal with a comma counts as several (CVE-2026-35414)",
               "sign certificates without commas in principals");
  }
  if (is_listed.value_or(true)) return true;
  return refuse(Row::wrong_principal,
                fmt::format("it is for {}, and {} has principals=\"{}\"",
                            certificate_.principals.empty() ? "nobody" : principals_in_words(certificate_), place_,
                            shown(*principals)),
                {.logs = logged(no_principal),
                 .expected = shown(*principals),
                 .actual = certificate_.principals.empty() ? "none" : principals_in_words(certificate_),
                 .note = "have a certificate signed for one of these names, or add one of its own to principals="});
}

// From 7.7 on the certificate's options come first.
void CertificateJudge::check_by_line(const KeyOptions& options) {
  const auto name = options.principals ? std::nullopt : std::optional<std::string_view>(evidence_.account.name);
  admits(options, evidence_, context_, &verdict_.conditions);
  line_expiry_ = options.expiry_time;
  const auto for_somebody = [&] {
    return check_listed(options.principals) && check_authority(name, context_.facts.needs_principals);
  };
  const auto as_it_asks = [&] { return check_options() && check_source() && check_commands(options.command); };
  const bool good =
      is_old() ? for_somebody() && as_it_asks()
               : (certificate_.is_for_user || refuse_for(AuthorityFault::for_host)) && as_it_asks() && for_somebody();
  if (good && verdict_.result == StepResult::ok) verdict_.through = place_;
}

}  // namespace sshaudit
